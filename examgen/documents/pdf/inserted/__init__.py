"""Pages that are written anew for each student, without a layout engine."""
