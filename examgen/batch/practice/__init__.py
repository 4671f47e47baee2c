"""The practice page: the marker's tables as a page's script takes them, and numbers to practise with."""
