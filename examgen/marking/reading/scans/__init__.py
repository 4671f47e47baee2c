"""Scanned or photographed bubble pages -> answers, each with how sure it is and what is doubtful about it."""
