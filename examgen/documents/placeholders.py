"""What stands on a page for what is put in later: alternative texts, drawings, pages of notes, and the student of a web
sheet.

Part of each is drawn anew by every process, and gone again before a page is kept, so that no text of a bank, a theme or
a class list can be taken for one.
"""

import re
import secrets

_OWN = secrets.token_hex(8)

OPEN = f"/ExamgenOpen{_OWN}"
"""The key of a drawing that is left open; its value is the number of the image."""

NOTES = f"@@notes {_OWN}@@"
"""The bookmark of the page that `note_pages` takes away or fills."""

OPEN_ENTRY = re.compile(rf"{OPEN} (\d+)".encode())
ALT = re.compile(rf"\(@@alt (\d+) {_OWN}@@\)".encode())
PERSON = re.compile(f"@@person ([0-9]+) {_OWN}@@")
GAP = re.compile(rf"/ExamgenGap(\d+)x{_OWN}\b".encode())


def alt_mark(number: int) -> str:
    """What stands for the alternative text of an image until it is known."""
    return f"@@alt {number} {_OWN}@@"


def person_mark(which: int) -> str:
    """What stands for the id, the name, the code or a number of a student's web sheet; it needs no escaping."""
    return f"@@person {which} {_OWN}@@"


def gap_name(place: int) -> str:
    """The name that makes the object which it stands in the gap of this place; in its stead is what is missing."""
    return f"/ExamgenGap{place}x{_OWN}"
