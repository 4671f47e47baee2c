"""Tables in and out, as CSV, spreadsheets and zip files; nothing here knows an exam."""
