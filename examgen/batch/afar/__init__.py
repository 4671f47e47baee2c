"""Classes that lie in a store of objects, and what they have handed in there."""
