"""Passes: functions from program to program, each of which keeps the value.

`optimised` applies them in their order; each is a module of its own.
"""

from __future__ import annotations

from numeric.passes.association import associated
from numeric.passes.axes import by_entries, renamed
from numeric.passes.centring import centred
from numeric.passes.contraction import contracted
from numeric.passes.definite import factored
from numeric.passes.distribution import distributed
from numeric.passes.exponentials import as_fractions
from numeric.passes.linear import hoisted, structured
from numeric.passes.logarithms import in_logarithms
from numeric.passes.maxima import shifted
from numeric.passes.norms import rescaled
from numeric.passes.squares import completed
from numeric.passes.subtraction import subtracted
from numeric.passes.upright import upright
from numeric.program import Node, Program


def _again(node: Node) -> Node:
    """Return a node in which polynomials in sigmoids that have only now been found are multiplied out, too."""
    opened = distributed(node)
    return node if opened == node else in_logarithms(opened)


STAGES = (
    renamed,
    by_entries,
    structured,
    completed,
    centred,
    as_fractions,
    subtracted,
    rescaled,
    distributed,
    in_logarithms,
    _again,
    structured,
    hoisted,
    upright,
    shifted,
)
"""The passes that look at one result at a time, in order."""


def optimised(program: Program) -> Program:
    """Return a program that computes the same, stably and without needless work."""
    outputs = list(program.outputs)
    for stage in STAGES:
        outputs = [stage(node) for node in outputs]
    return with_outputs(program, tuple(contracted(associated(node)) for node in factored(*outputs)))


def literal(program: Program) -> Program:
    """Return a program that can be written, without any other pass: what the formula says, word for word."""
    return program.map(associated)


def with_outputs(program: Program, outputs: tuple[Node, ...]) -> Program:
    """Return a program with other results."""
    return Program(program.arguments, outputs, program.axes)
