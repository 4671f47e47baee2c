"""Papers for one student or a whole class: exams and documents put together, and written to disk."""
