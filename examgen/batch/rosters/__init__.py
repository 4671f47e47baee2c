"""Class lists as people have them: tables of any make, from any course system, into students."""
