"""Feedback as PDF: layouts that students share, and what is put into them."""
