"""Questions as platforms ask them: texts, boxes with values and tolerances, and a module for each format."""
