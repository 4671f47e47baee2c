"""Students answer an exported quiz, and the platform exports what they answered, as Moodle and Canvas do.

Moodle: `html_to_text` of the question's text with a line for each box, and `part 1: …; part 2: …` of a cloze question
(mod/quiz/report/responses, question/type/multianswer/question.php). Canvas: a column for each question, headed by its
number and its text without tags (quiz_statistics/student_analysis.rb).
"""

import csv
import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tests.canvas_reader import Quiz
from tests.moodle_reader import Question


@dataclass(frozen=True)
class Sat:
    """One attempt.

    Attributes:
        given, family, mail, number: of the student.
        answers: by question's name, what was typed into each box; letters of a choice.
        state: in the platform's words.
        is_open: whether it was not handed in.
        attempt: its number.
    """

    given: str
    family: str
    mail: str
    number: str
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    state: str = "Finished"
    is_open: bool = False
    attempt: int = 1


@dataclass(frozen=True)
class Language:
    """What Moodle calls the columns of its table, and the parts of a cloze question."""

    head: tuple[str, ...]
    grade: str
    question: str
    response: str
    part: str
    delimiter: str = ","


ENGLISH = Language(
    ("Last name", "First name", "ID number", "Email address", "Status", "Started", "Completed", "Duration"),
    "Grade/10.00",
    "Question",
    "Response",
    "part {}: {}",
)
GERMAN = Language(
    ("Nachname", "Vorname", "ID-Nummer", "E-Mail-Adresse", "Status", "Begonnen", "Beendet", "Dauer"),
    "Bewertung/10,00",
    "Frage",
    "Antwort",
    "Teil {}: {}",
    ";",
)
FRENCH = replace(
    GERMAN,
    head=(
        "Nom de famille",
        "Prénom",
        "Numéro d’identification",
        "Adresse de courriel",
        "État",
        "Commencé",
        "Terminé",
        "Durée",
    ),
    grade="Note/10,00",
    question="Question",
    response="Réponse",
    part="partie {} : {}",
)
SPANISH = replace(
    GERMAN,
    head=(
        "Apellido(s)",
        "Nombre",
        "Número de ID",
        "Dirección de correo",
        "Estado",
        "Comenzado",
        "Completado",
        "Duración",
    ),
    grade="Calificación/10,00",
    question="Pregunta",
    response="Respuesta",
    part="parte {}: {}",
)
HINDI = replace(
    ENGLISH,
    head=("उपनाम", "पहला नाम", "आईडी", "ईमेल पता", "स्थिति", "शुरू", "पूर्ण", "अवधि"),
    grade="ग्रेड/10.00",
    question="प्रश्न",
    response="उत्तर",
)


def moodle_table(
    quiz: Sequence[Question], sat: Sequence[Sat], language: Language = ENGLISH, *, with_text: bool = True
) -> str:
    """The table that Moodle exports, as text."""
    slots = list(dict.fromkeys(question.category for question in quiz))
    header = [*language.head, language.grade]
    for place in range(1, len(slots) + 1):
        header += [f"{language.question} {place}"] * with_text + [f"{language.response} {place}"]
    lines = [header, *(_moodle_row(quiz, slots, one, language, with_text=with_text) for one in sat)]
    return _table(lines, language.delimiter)


def _moodle_row(
    quiz: Sequence[Question], slots: Sequence[str], sat: Sat, language: Language, *, with_text: bool
) -> list[str]:
    is_there = bool(sat.answers)
    ended = "-" if sat.is_open or not is_there else "28 November 2026 2:05 PM"
    state = sat.state if is_there else "-"
    started = "28 November 2026 1:10 PM" if is_there else "-"
    row = [sat.family, sat.given, sat.number, sat.mail, state, started, ended, "55 mins" if is_there else "-", "-"]
    for slot in slots:
        asked = next((one for one in quiz if one.category == slot and one.name in sat.answers), None)
        text, response = ("-", "-") if asked is None else _summaries(asked, sat.answers[asked.name], language)
        row += [text] * with_text + [response]
    return row


def _summaries(question: Question, answers: Sequence[str], language: Language) -> tuple[str, str]:
    text = to_text(question.text)
    for place, box in enumerate(question.boxes, start=1):
        options = "; ".join(to_text(answer.text) for answer in box.answers)
        text = text.replace(f"{{#{place}}}", f"{{{options}}}" if box.kind.startswith("MULTI") else "_____")
    told = [
        "; ".join(to_text(option.text) for option in box.answers if to_text(option.text)[1] in answer.split(","))
        if box.kind.upper().startswith("MULTI") and answer
        else answer
        for box, answer in zip(question.boxes, answers, strict=True)
    ]
    if question.kind != "cloze":
        return text, told[0].strip() or "-"
    parts = "; ".join(language.part.format(place, answer) for place, answer in enumerate(told, start=1))
    return text, parts.strip() if any(told) else "-"


def canvas_table(quizzes: Sequence[Quiz], sat: Sequence[Sat], *, attempts: bool = True) -> str:
    """The student analysis of quizzes that are one quiz in Canvas, as text; answers are by title of the quiz."""
    asked = [question for quiz in quizzes for question in quiz.questions]
    head = ["name", "id", "sis_id", "section", "section_id", "section_sis_id", "submitted"] + ["attempt"] * attempts
    columns = [
        cell for place, one in enumerate(asked, 1001) for cell in (f"{place}: {_stripped(one.text)}", one.points)
    ]
    lines: list[list[object]] = [[*head, *columns, "n correct", "n incorrect", "score"]]
    for number, one in enumerate(sat, 501):
        row: list[object] = [
            f"{one.given} {one.family}",
            number,
            one.number,
            "Room 1",
            7,
            "",
            "2026-11-28 14:05:00 UTC",
        ]
        row += [one.attempt] * attempts
        for quiz in quizzes:
            answers = iter(one.answers.get(quiz.title, ()))
            for question in quiz.questions:
                if quiz.title not in one.answers:
                    row += ["", ""]
                elif question.kind == "text_only_question":
                    row += ["", 0]
                else:
                    row += [_chosen(question.options, next(answers)), 0]
        lines.append([*row, 0, 0, 0])
    return _table(lines, ",")


def _chosen(options: Sequence[str], answer: str) -> str:
    if not options or not answer:
        return answer
    told = (_stripped(option) for option in options if _stripped(option)[1] in answer.split(","))
    return ",".join(one.replace(",", "\\,") for one in told)


def _stripped(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup)).strip()


def to_text(markup: str) -> str:
    """As Moodle makes text of HTML: tags are left out, blocks begin a line, and bold letters become capitals."""
    text = re.sub(r"<b>(.*?)</b>", lambda found: found[1].upper(), markup, flags=re.DOTALL)
    text = re.sub(r"</?(p|table|tbody|tr|h4)>", "\n", text)
    return re.sub(r"\n{2,}", "\n\n", html.unescape(re.sub(r"<[^>]*>", "", text))).strip()


def _table(lines: Sequence[Sequence[object]], delimiter: str) -> str:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\n").writerows(lines)
    return made.getvalue()
