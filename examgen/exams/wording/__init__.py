"""Words and sentences of papers and marks by language, and what texts may hold."""
