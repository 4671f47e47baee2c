"""What zip files with handouts are called."""

import hashlib
from collections import Counter
from collections.abc import Sequence

from examgen.exams.folders.files import folder_name

SUFFIX = ".zip"
EVERYBODY, NO_GROUP = "all", "no-group"
"""What the file is called where there are no groups, and the one of students who are in none of them."""

_DIGITS = 8


def zip_names(groups: Sequence[str]) -> dict[str, str]:
    """The file of each group, whatever it is called; empty for students who are in none.

    Names that differ in capitals only would be one file on some systems; such ones all get digits of their hash.
    """
    wanted = dict.fromkeys(groups)
    if wanted.keys() <= {""}:
        return dict.fromkeys(wanted, f"{EVERYBODY}{SUFFIX}")
    slugs = {group: folder_name(group) if group else NO_GROUP for group in wanted}
    taken = Counter(slug.lower() for slug in slugs.values())
    return {
        group: f"{_apart(slug, group) if taken[slug.lower()] > 1 else slug}{SUFFIX}" for group, slug in slugs.items()
    }


def _apart(slug: str, group: str) -> str:
    # No name has this sign by itself.
    return f"{slug}~{hashlib.sha256(group.encode()).hexdigest()[:_DIGITS]}"
