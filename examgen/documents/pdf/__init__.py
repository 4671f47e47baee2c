"""Pages laid out once and stamped for each student."""
