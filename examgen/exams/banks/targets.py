"""Targets are such as a loss is made for: told before any paper is drawn; `families` calls it."""

from pathlib import Path

import numpy as np

from examgen.core.exercise import Exercise
from examgen.core.graph import Role
from examgen.core.rules.activations import ACTIVATIONS
from examgen.core.rules.losses import LOSSES, Loss
from examgen.errors import BankError
from examgen.exams.banks.bank_models import Family
from examgen.exams.banks.bank_values import Matrix


def check_targets(path: Path, family: Family, shape: Exercise) -> None:
    """Targets are such as the loss is made for."""
    for name in shape.graph.rule_names(Role.LOSS):
        if levels := _levels(shape, LOSSES[name]):
            _check_levels(path, family, LOSSES[name], levels)
        elif LOSSES[name].outputs:
            _check_probabilities(path, family, LOSSES[name])


def _levels(shape: Exercise, loss: Loss) -> tuple[float, ...]:
    """The only values of targets, where there are but few: those of the loss, or those of outputs that jump."""
    *_, last = (one for one in shape.graph.derived if one.role is Role.ACTIVATION and one.step == 1)
    assert last.rule is not None
    return loss.targets or ACTIVATIONS[last.rule.name].levels


def _check_levels(path: Path, family: Family, loss: Loss, levels: tuple[float, ...]) -> None:
    where = "fixed" if "y" in family.fixed else "values"
    if where == "fixed":
        found = np.array(floats(family.fixed["y"]), dtype=float)
    else:
        numbers, scale = family.values["y"].grid()
        found = np.array([0, 1] if family.values["y"].one_hot else numbers) / scale
    if not np.isin(found, levels).all():
        allowed = " or ".join(f"{level:g}" for level in levels)
        raise BankError(f"{path}: {where}.y: targets of {loss.name} are {allowed} here")


def _check_probabilities(path: Path, family: Family, loss: Loss) -> None:
    """Targets of the cross-entropies are probabilities; where softmax goes with them, a row adds up to 1."""
    rule = f"targets of {loss.name} are from 0 to 1"
    where = "fixed" if "y" in family.fixed else "values"
    if "y" in family.fixed:
        y = np.array(floats(family.fixed["y"]), dtype=float)
        is_good, sums = bool(((y >= 0) & (y <= 1)).all()), y.sum(axis=-1)
    else:
        allowed = family.values["y"]
        numbers, scale = allowed.grid()
        is_good = allowed.one_hot or 0 <= min(numbers) <= max(numbers) <= scale
        sums = np.array(1.0 if allowed.one_hot else np.nan)
    if not is_good:
        raise BankError(f"{path}: {where}.y: {rule}")
    if loss.targets_add_up and not np.allclose(sums, 1):
        raise BankError(f"{path}: {where}.y: {rule}, each row with the sum 1: one_hot")


def floats(value: Matrix) -> object:
    """Numbers as banks write them, for NumPy."""
    return [floats(part) for part in value] if isinstance(value, tuple) else float(value)
