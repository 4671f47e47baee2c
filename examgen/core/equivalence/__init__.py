"""Whether a formula is right: it is tried at random numbers beside the graph, and beside those of misconceptions."""
