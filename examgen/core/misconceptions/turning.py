"""Misconceptions of exercises of which some derivatives have the other sign; called by `patches`.

They are those of the exercise as it is, with rules for the signs.
"""

from dataclasses import dataclass, replace

from examgen.core.graph import Change, ComputationGraph
from examgen.core.misconceptions.versions import MistakenRule, Version
from examgen.core.rules.rule import Rule
from examgen.core.turned import Shapes, Signs, TurnedRule, computation, for_signs, sign_handed_on, signs_around


@dataclass(frozen=True, slots=True)
class TurnedMistake(MistakenRule):
    """A rule of somebody who is mistaken, for other signs.

    Attributes:
        plain: the rule for derivatives as they are.
    """

    plain: Rule | None = None


def plain_graph(graph: ComputationGraph) -> ComputationGraph:
    """The graph by whose turning this one was made, which may be that of a misconception."""
    changes: dict[str, Change] = {}
    for quantity in graph.derived:
        if isinstance(quantity.rule, TurnedRule | TurnedMistake):
            changes[quantity.name] = (quantity.rule.plain, None)
    return graph.rewired(changes)


def turned_version(version: Version, graph: ComputationGraph, kinds: frozenset[str]) -> Version:
    """A version of a misconception with its rules made for the signs.

    Args:
        version: by the plain graph.
        graph: the turned one that it strikes, which may be that of another misconception.
        kinds: of derivatives that have the other sign.
    """
    changes: dict[str, Change] = {}
    for name, (rule, inputs) in version.changes.items():
        own = graph[name].rule
        # Without another rule its own stays, made for what it reads now.
        plain = rule or (own.plain if isinstance(own, TurnedRule | TurnedMistake) else own)
        assert plain is not None
        reads = graph[name].inputs if inputs is None else inputs
        signs = signs_around(graph, graph[name].rewired(plain, reads), kinds)
        shapes = tuple(graph[source].shape for source in reads)
        changes[name] = (plain if min(signs) > 0 else _for_signs(plain, signs, shapes), reads)
    return replace(version, changes=changes)


def _for_signs(rule: Rule, signs: Signs, shapes: Shapes) -> Rule:
    if not isinstance(rule, MistakenRule):
        return for_signs(rule, signs, shapes)
    if sign_handed_on(rule, signs, shapes) == signs[0]:
        return rule
    changes = None if rule.changes is None else _for_signs(rule.changes, signs, shapes)
    # What is done to the result of a right rule is a factor, or an exchange of entries: it hands signs on.
    return TurnedMistake(
        f"turned {rule.name}", rule.signature, computation(rule, signs, shapes), rule.latex, spelling=rule.spelling,
        changes=changes, change=rule.change, respelled=rule.respelled, plain=rule,
    )  # fmt: skip
