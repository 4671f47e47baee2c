"""Much work done by many: on one core, on all of this machine, or on a cluster. Knows nothing of exams."""
