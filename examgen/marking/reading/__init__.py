"""From what a class hands in to answers, each of a student and a field of the key."""
