"""Whether answers are work on this paper, and what follow-through is therefore paid."""
