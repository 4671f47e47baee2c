"""Question folders for PrairieLearn: they draw, show and mark as its documentation asks for, with our marking."""

from pathlib import Path

import pytest

from examgen.errors import ExamgenError
from examgen.exams.banks.bank_files import find_bank
from examgen.exams.exam import Variant as Paper
from examgen.exams.keys.solved_papers import papers
from examgen.exchange.exporting import ExportOptions, export
from examgen.exchange.prairielearn.running import Question
from tests.classroom.pupils import Pupil, work_out
from tests.exchange_keys import made_key
from tests.prairielearn_server import Variant, check_info


def folders(tmp_path: Path, exam: str, **options: str | None) -> list[Path]:
    """The exported questions of an exam."""
    key = made_key(tmp_path / "exam", exam, ("ada",), **options)  # type: ignore[arg-type]
    said = export("prairielearn", key.folder.parent)
    assert said.place == tmp_path / "exam" / "exchange" / "prairielearn"
    assert (said.place / "README.md").is_file()
    found = sorted((said.place / "questions").iterdir())
    assert said.count == len(found)
    return found


def paper_of(variant: Variant) -> tuple[Question, Paper]:
    """The question behind a variant, and its numbers."""
    question = Question.in_folder(str(variant.folder))
    return question, question.paper(variant.data)


def right(variant: Variant) -> dict[str, str | list[str]]:
    """What is right in each box, to the digits that are asked."""
    question, paper = paper_of(variant)
    fields = {field.name: field for one, _ in papers(question.exam, paper) for field in one.fields}
    found: dict[str, str | list[str]] = {}
    for element in variant.elements:
        answer = variant.data["correct_answers"][element.name]
        if element.tag == "pl-checkbox":
            found[element.name] = [one["key"] for one in answer]
        elif element.tag == "pl-multiple-choice":
            found[element.name] = answer["key"]
        elif element.tag == "pl-number-input":
            decimals = fields[element.name].digits.decimals
            found[element.name] = f"{answer:.{decimals}f}" if decimals is not None else f"{answer:.6g}"
        else:
            found[element.name] = answer
    return found


@pytest.mark.parametrize(
    ("exam", "notation", "language"),
    [("midterm", None, "en"), ("formulas", "nielsen", "de"), ("minibatch", "row", "fr"), ("circuit", None, "hi")],
)
def test_right_answers_have_full_marks(tmp_path: Path, exam: str, notation: str | None, language: str) -> None:
    """Numbers, formulas, shapes and choices; the elements of PrairieLearn agree where they can mark."""
    uuids = set()
    for folder in folders(tmp_path, exam, notation=notation, language=language):
        uuids.add(check_info(folder)["uuid"])
        variant = Variant(folder, 17)
        data = variant.submit(right(variant))
        assert not data["format_errors"]
        assert data["score"] == 1
        assert {part["score"] for part in data["partial_scores"].values()} == {1}
        assert set(data["partial_scores"]) == {element.name for element in variant.elements}
        # What is told apart by PrairieLearn itself is right there, too: the tolerance is in the element.
        numbers = {element.name for element in variant.elements if element.tag != "pl-string-input"}
        assert {variant.by_elements[name] for name in numbers} == {1}
        assert "<math>" in variant.page
        assert data["feedback"]["examgen"] in variant.shown
        nothing = variant.submit({})
        assert nothing["score"] == 0
    assert len(uuids) == len(list((tmp_path / "exam" / "exchange" / "prairielearn" / "questions").iterdir()))


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of one question."""
    [folder] = folders(tmp_path_factory.mktemp("prairielearn"), "question2")
    return folder


def worked(variant: Variant, **how: object) -> dict[str, str | list[str]]:
    """What a simulated student writes."""
    question, paper = paper_of(variant)
    [sheet] = work_out(question.exam, [Pupil("ada", paper, **how)], 1)  # type: ignore[arg-type]
    names = [field.name for one, _ in papers(question.exam, paper) for field in one.fields]
    return dict(zip(names, sheet.texts, strict=True))


def test_one_slip_costs_one_entry(question: Path) -> None:
    """All that follows from it is right, with full marks."""
    variant = Variant(question, 4)
    data = variant.submit(worked(variant, slips=True))
    lost = [name for name, part in data["partial_scores"].items() if part["score"] < 1]
    assert len(lost) == 1
    most = sum(part["weight"] for part in data["partial_scores"].values())
    assert data["score"] == pytest.approx(1 - data["partial_scores"][lost[0]]["weight"] / most, abs=0.01)


def test_a_misconception_is_named_beside_its_entries(question: Path) -> None:
    """In the feedback of the boxes where it shows, as plain text."""
    variant = Variant(question, 4)
    data = variant.submit(worked(variant, belief="no-slope"))
    told = [part["feedback"] for part in data["partial_scores"].values() if "feedback" in part and part["score"] < 1]
    assert told
    assert any("the derivative of the activation was left out" in text for text in told)
    assert not any("<" in text for text in told)
    assert 0 < data["score"] < 1


def test_a_variant_is_the_same_for_its_seed(question: Path) -> None:
    """And another one for another seed; numbers come back from the parameters, not from the seed."""
    one, again, other = Variant(question, 7), Variant(question, 7), Variant(question, 8)
    assert one.data == again.data
    assert one.data["params"] != other.data["params"]
    moved = one.data | {"variant_seed": 8}
    one.data = moved
    assert one.submit(right(again))["score"] == 1


def test_what_is_no_number_is_invalid_and_blank_is_not(question: Path) -> None:
    """As PrairieLearn has it: nothing is marked, and no attempt is lost."""
    variant = Variant(question, 7)
    answers = right(variant)
    name = next(iter(answers))
    assert variant.submit({**answers, name: "n/a"})["format_errors"] == {name: "invalid"}
    data = variant.submit({**answers, name: ""})
    assert data["partial_scores"][name]["score"] == 0
    assert 0 < data["score"] < 1


def test_own_banks_travel_with_the_question(tmp_path: Path) -> None:
    """Also an exam of families that lie beside it; one that lies elsewhere is told."""
    bank = tmp_path / "banks" / "own.toml"
    bank.parent.mkdir()
    (bank.parent / "chain.toml").write_bytes(find_bank("scalar-chain").read_bytes())
    bank.write_text('format = 1\ntitle = "Own"\n[[questions]]\nfamily = "chain.toml"\n', encoding="utf-8")
    key = made_key(tmp_path / "exam", str(bank))
    said = export("prairielearn", key.folder.parent, ExportOptions(exam=str(bank)))
    [folder] = (said.place / "questions").iterdir()
    bank.unlink()
    (bank.parent / "chain.toml").unlink()
    variant = Variant(folder, 1)
    assert variant.submit(right(variant))["score"] == 1
    with pytest.raises(ExamgenError, match="leave --variants out"):
        export("prairielearn", key.folder.parent, ExportOptions(variants=3))
