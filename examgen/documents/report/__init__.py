"""The report on a class that was marked, for its teacher: one web page, and the same on paper."""
