"""Evidence about sheets, for a person to read: it never changes a mark."""
