"""Banks and exam files, TOML as authors write it, into exams with the sources of their numbers."""
