"""What banks/README.md tells an author to type and to write works as it stands there, and leaves nothing out."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from examgen.core.circuits.definitions import OPERATIONS
from examgen.core.products import OPERATIONS as PRODUCTS
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES
from examgen.exams.banks.bank_schema import bank_schema
from examgen.exams.banks.building import Student, draw_variants, load_exam
from examgen.exams.naming.notation import NOTATIONS
from tests.bank_files import mistakes_in
from tests.command_line import run

GUIDE = (Path(__file__).parents[2] / "banks" / "README.md").read_text(encoding="utf-8")
BANKS = re.findall(r"```toml\n(.*?)```", GUIDE, re.DOTALL)
TITLES = [re.findall(r'title = "(.*)"', bank)[0] for bank in BANKS]


@pytest.mark.parametrize("bank", BANKS, ids=TITLES)
def test_every_bank_of_the_guide_makes_papers(bank: str, tmp_path: Path) -> None:
    """Each block is a whole file: editors find nothing wrong in it, and papers can be drawn from it."""
    assert mistakes_in(bank) == []
    (tmp_path / "bank.toml").write_text(bank, encoding="utf-8")
    loaded = load_exam(str(tmp_path / "bank.toml"), 1)
    variants = draw_variants(loaded, [Student("ada"), Student("emmy")])
    assert [set(variant.questions) for variant in variants] == [{one.id for one in loaded.exam.questions}] * 2


def test_the_commands_of_the_guide_work_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As typed into one shell, in an empty folder, without a screen: from nothing to a checked question and a paper."""
    monkeypatch.chdir(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    told = ""
    for line in "".join(re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)).splitlines():
        command, *arguments = shlex.split(line, comments=True)
        if command == "examgen":
            told += run(*arguments)
        elif command == "export":
            monkeypatch.setenv(*arguments[0].split("=", 1))
        else:
            subprocess.run([command, *arguments], check=True)
    assert "All is well." in told
    assert "In my-banks\n  ours " in told
    for name in ("mine", "ours"):
        assert (tmp_path / "output" / f"{name}-1" / "questions.pdf").read_bytes().startswith(b"%PDF")


def test_the_guide_names_every_key_and_every_name() -> None:
    """Whoever adds a key, an activation, a loss, an operation or a notation adds it to the guide."""
    named = set(re.findall(r"\w[\w-]*", " ".join([*re.findall(r"`([^`\n]+)`", GUIDE), *BANKS])))
    schema = bank_schema()
    keys = {key for table in (schema, *schema["definitions"].values()) for key in table.get("properties", ())}
    operations = {one.name for one in OPERATIONS.values()}
    wanted = keys | operations | {*PRODUCTS, *ACTIVATIONS, *LOSSES, *NOTATIONS}
    assert sorted(wanted - named) == []
