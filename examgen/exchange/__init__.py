"""Exams and marks in the formats of other platforms: Moodle, Canvas, Gradescope, and what reads QTI."""
