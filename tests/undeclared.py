"""Documents without their declarations, and what is answered with and without them."""

import re

from derive import checking
from derive.containers import read_text
from derive.infer import inferred
from derive.infer.gather import gather
from derive.infer.variables import variables

CONTRADICTIONS = ({"proved", "holds"}, {"refuted", "malformed"})

_BRACES = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_SCRIPT = rf"(?:[_^](?:{_BRACES}|\w))"
_SET = rf"\\(?:mathbb|mathrm|mathcal){_BRACES}{_SCRIPT}*(?:\(\w\))?"
_MEMBER = re.compile(rf"\s*\\in\s*{_SET}")
_FUNCTION = re.compile(rf"\s*:\s*{_SET}\s*\\to\s*{_SET}")


def stripped(text):
    r"""Return a text without the sets its symbols are said to be in; what it says in words stays.

    >>> stripped(r"the matrix $X \in \mathbb{R}^{n \times p}$ and $f : \mathbb{R} \to \mathbb{R}$")
    'the matrix $X$ and $f$'
    """
    return _FUNCTION.sub("", _MEMBER.sub("", text))


def answers(name, text, preamble=None, infer=True):
    """Return the judgement of every relation of a text by its place."""
    first = read_text("preamble.md", preamble) if preamble is not None else None
    options = checking.Options(infer=infer, repair=False)
    reader = checking.read_relations(read_text(name, text), first, options)
    reports = [checking.judge_relation(reader, index) for index in range(len(reader.relations))]
    return {(report.cell, report.line, report.relation): report for report in checking.settle(reader, reports)}


def contradict(one, other):
    """Whether one verdict says that a relation is right and the other that it is wrong."""
    right, wrong = CONTRADICTIONS
    return (one in right and other in wrong) or (one in wrong and other in right)


def infer(text, preamble=None):
    """Return what is inferred about a text."""
    first = read_text("preamble.md", preamble) if preamble is not None else None
    return inferred(read_text("text.md", text), first, checking.Options())


def declared(text, preamble=None):
    """Return the declarations that are inferred, by their symbols."""
    return {each.key: each.latex for each in infer(text, preamble).assumed}


def gathered(text):
    """Return the formulas of a text with its symbols."""
    found = gather(read_text("text.md", text).blocks, {})
    return found, variables(found, found.letters)


def verdict(text, at=-1):
    """Return the verdict on one relation of a text, the last one by default."""
    return list(answers("text.md", text).values())[at].judgement.verdict.value
