"""Published rules of other systems for one number, restated from their sources to be compared with.

Each compares an answer with the reference and knows nothing of the student's other answers. Called by the benchmark.
`shown` is the answer as written; `digits` is what the author asks for.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from examgen.exams.digits import Digits

Rule = Callable[[str, float, Digits], bool]
"""Whether an answer, as written, is accepted for a reference at the asked digits."""


def prairielearn_relabs(shown: str, reference: float, _digits: Digits) -> bool:
    """Within 1% and 1e-8 of the reference: the defaults of pl-number-input, comparison="relabs".

    Source: PrairieLearn, pl-number-input (rtol 1e-2, atol 1e-8) and grading_utils.is_correct_scalar_ra, which asks
    numpy.allclose: |s - r| <= atol + rtol |r|.
    """
    return abs(float(shown) - reference) <= 1e-8 + 1e-2 * abs(reference)


def prairielearn_sigfig(shown: str, reference: float, digits: Digits) -> bool:
    """0.51 units of the last of so many significant figures; 2 by default, here as many as decimals are asked.

    Source: PrairieLearn, grading_utils.is_correct_scalar_sf, both bounds excluded; a reference of 0 has digits - 1
    decimals.
    """
    leading = 0 if reference == 0 else math.floor(math.log10(abs(reference)))
    return abs(float(shown) - reference) < 0.51 * 10.0 ** (leading - max(digits.count, 1) + 1)


def prairielearn_decdig(shown: str, reference: float, digits: Digits) -> bool:
    """0.51 units of the last of so many decimals; 2 by default, here as asked.

    Source: PrairieLearn, grading_utils.is_correct_scalar_dd, both bounds excluded.
    """
    return abs(float(shown) - reference) < 0.51 * 10.0**-digits.count


def prairielearn_defaults(shown: str, reference: float, _digits: Digits) -> bool:
    """The significant figures of a question that leaves digits="2" alone. Source: as `prairielearn_sigfig`."""
    return prairielearn_sigfig(shown, reference, Digits(decimals=2))


def numbas_precision(shown: str, reference: float, digits: Digits) -> bool:
    """Equal after rounding the reference to the digits of the answer, at least the asked ones.

    Source: Numbas, marking_scripts/numberentry.jme: minvalue and maxvalue, both the reference, are rounded to
    max(precision, written digits) decimals or significant figures; the answer must not lie outside. Its second rule,
    that so many digits are written, is left out: it takes marks from short answers only.
    """
    written = len(shown.partition(".")[2])
    if digits.unit == "decimals":
        places = max(digits.count, written)
    else:
        figures = max(digits.count, len(shown.lstrip("-0.").replace(".", "")))
        places = figures - 1 - (math.floor(math.log10(abs(reference))) if reference else 0)
    return abs(float(shown) - _half_up(reference, places)) < 0.25 * 10.0**-places


def stack_dec_places(shown: str, reference: float, digits: Digits) -> bool:
    """Equal after rounding both to the asked decimals or significant figures.

    Source: STACK, doc/en/Authoring/Answer_tests_numerical.md, NumDecPlaces and NumSigFigs. That exactly so many digits
    must be written is left out: it takes marks from students who write more.
    """
    places = digits.count
    if digits.unit == "significant_figures":
        places = digits.count - 1 - (math.floor(math.log10(abs(reference))) if reference else 0)
    return abs(_half_up(float(shown), places) - _half_up(reference, places)) < 0.5 * 10.0**-places


def webwork_relative(shown: str, reference: float, _digits: Digits) -> bool:
    """Within 0.1% of the reference; near a reference of 0, within 1e-12.

    Source: WeBWorK, ansEvalDefaults of its configuration (numRelPercentTolDefault 0.1, numZeroLevelDefault 1e-14,
    numZeroLevelTolDefault 1e-12), bound excluded.
    """
    if abs(reference) <= 1e-14:
        return abs(float(shown) - reference) < 1e-12
    return abs(float(shown) - reference) < 1e-3 * abs(reference)


def r_exams_num_to_tol(shown: str, reference: float, _digits: Digits) -> bool:
    """Within the larger of 0.01 and 0.02% of the reference, the latter rounded to 2 decimals.

    Source: R/exams, num_to_tol(x, reltol = 0.0002, min = 0.01, digits = 2), the tolerance of numeric answers.
    """
    return abs(float(shown) - reference) <= max(0.01, round(2e-4 * abs(reference), 2)) + 1e-12


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "PrairieLearn relabs 1%": prairielearn_relabs,
        "PrairieLearn sigfig 2": prairielearn_defaults,
        "PrairieLearn sigfig as asked": prairielearn_sigfig,
        "PrairieLearn decdig as asked": prairielearn_decdig,
        "Numbas precision": numbas_precision,
        "STACK decimal places": stack_dec_places,
        "WeBWorK relative 0.1%": webwork_relative,
        "R/exams num_to_tol": r_exams_num_to_tol,
    }
)
"""All rules by name."""


def _half_up(value: float, places: int) -> float:
    power = 10.0 ** abs(places)
    units = abs(value) * power if places >= 0 else abs(value) / power
    whole = math.floor(units + 0.5 + 1e-9)
    return math.copysign(whole / power if places >= 0 else whole * power, value)
