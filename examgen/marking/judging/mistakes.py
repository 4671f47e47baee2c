"""What a named misconception got wrong, as a sentence of results.csv; `result_rows` and `typed_answers` call it."""

from examgen.core.misconceptions.table import MISCONCEPTIONS
from examgen.exams.wording.sentences import AND, OR, Wording


def mistakes_text(label: str, wording: Wording, sentence: str = "looks", *, is_turned: bool = False) -> str:
    """What the misconceptions of a label got wrong, in a sentence: `|` stands between those that fit equally well, `+`
    between those that were made at once. Empty where it names none; `sentence` is a name of `SENTENCES`, and papers
    that tell derivatives with the other sign are `is_turned`."""
    rows = [[MISCONCEPTIONS[name] for name in way.split("+") if name in MISCONCEPTIONS] for way in label.split("|")]
    ways = [[(is_turned and row.mistake_turned) or row.mistake for row in way] for way in rows]
    said = [wording.joined(AND, map(wording.say, mistakes)) for mistakes in ways if mistakes]
    return wording.tell(sentence, mistakes=wording.joined(OR, said)) if said else ""
