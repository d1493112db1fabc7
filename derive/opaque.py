r"""Applications that are known by their arguments as a whole: ``p(y \mid \beta)``, ``\mathrm{KL}[P \| Q]``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from derive.syntax import Fraction_, Group, Name, Node, NormBars, Num, Product, Scripted, Terms, is_symbol, with_parts

_MOMENTS = {
    "\\mathrm{E}": "E",
    "\\mathbb{E}": "E",
    "\\mathrm{Var}": "Var",
    "\\mathrm{var}": "Var",
    "\\mathbb{V}": "Var",
    "\\mathrm{Cov}": "Cov",
    "\\mathrm{cov}": "Cov",
}
"""Operators on random symbols, however they are written."""
BY_NAME = frozenset(
    r"p q P \mathrm{p} \mathrm{P} \mathrm{Pr} \mathrm{KL} \mathrm{h} \mathrm{H} \mathrm{I} \hat{\mathrm{I}} "
    r"\mathrm{Corr} \mathrm{corr}".split()
) | frozenset(_MOMENTS)
"""Heads that stand for another quantity with every list of arguments: densities, divergences, entropies, moments."""
NUMBERS = BY_NAME - frozenset(_MOMENTS)
"""Those of them that are numbers."""


MARK = "#"
"""Stands in the keys of values that nothing gives, before what tells them apart."""
_ROMAN = frozenset("LL MLL LME cvLME LBF LLR ELBO AIC AICc BIC DIC RSS TSS ESS MSE LGF".split())
"""Names in roman type that stand for numbers: log-likelihoods, criteria, sums of squares."""


def is_moment(key: str) -> bool:
    """Whether the key of a declaration is that of a value that is declared only where nothing gives it.

    Moments are, and applications of unknown functions.

    Examples
    --------
    >>> is_moment("\\\\mathrm{E}(X)"), is_moment("X")
    (True, False)
    """
    return key.startswith(_MOMENT_KEYS) or MARK in key


def unknown_applications(names: Iterable[str]) -> frozenset[str]:
    r"""Return those of some keys that are applications of unknown functions.

    Examples
    --------
    >>> sorted(unknown_applications(["\\mathrm{E}(X)", "x", "\\mathrm{MLL}(m)#12(m)"]))
    ['\\mathrm{MLL}(m)#12(m)']
    """
    return frozenset(key for key in names if MARK in key and not key.startswith(("def:", *_MOMENT_KEYS)))


_MOMENT_KEYS = tuple(f"\\mathrm{{{name}}}{mark}" for name in ("E", "Var", "Cov") for mark in ("(", "_{"))


def depends_on(key: str, names: Iterable[str]) -> bool:
    r"""Whether a key is that of a density whose arguments are among some names: it depends on their values.

    Examples
    --------
    >>> depends_on("q(x,z)", ["x"]), depends_on("q(z)", ["x"]), depends_on(r"\mathrm{E}(x)", ["x"])
    (True, False, False)
    """
    head, bracket, arguments = key.partition("(")
    return bool(bracket) and head in _DENSITIES and any(name in arguments for name in names)


_DENSITIES = frozenset(r"p q P f \mathrm{p} \mathrm{q} \mathrm{P} \mathrm{f}".split())


def under(key: str, density: str) -> str:
    """Return the key of a moment under a density of its own.

    Examples
    --------
    >>> under("\\\\mathrm{E}(x)", "q(x)")
    '\\\\mathrm{E}_{q(x)}(x)'
    """
    return key.replace("}(", f"}}_{{{density}}}(", 1) if density else key


def operator_of(key: str) -> str | None:
    """Return the operator that a name is, however it is written: ``"E"``, ``"Var"`` or ``"Cov"``.

    Examples
    --------
    >>> operator_of("\\\\mathbb{E}"), operator_of("X")
    ('E', None)
    """
    return _MOMENTS.get(key)


def conditioned(key: str, condition: Sequence[str]) -> str:
    r"""Return the key of a moment under a condition.

    Examples
    --------
    >>> conditioned(r"\mathrm{E}(X)", ["Y", "Z"])
    '\\mathrm{E}(X|Y,Z)'
    """
    if not condition:
        return key
    whole, mark, number = key.partition("#")
    return f"{whole.removesuffix(')')}|{','.join(condition)}){mark}{number}"


def split_condition(group: Group) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """Return what stands before and behind the bar in a bracket; all of it stands before if there is none."""
    at = group.separators.index("|") + 1 if "|" in group.separators else len(group.items)
    return group.items[:at], group.items[at:]


def is_operator(head: Node) -> bool:
    """Whether a head is that of moments, as E and Var are."""
    name = head.base if isinstance(head, Scripted) else head
    return isinstance(name, Name) and name.key in _MOMENTS


def moment_head(head: Node, group: Group) -> str | None:
    """Return the operator that a head before a bracket is: ``"E"``, ``"Var"`` or ``"Cov"``; None if it is none."""
    name = head.base if isinstance(head, Scripted) else head
    if not isinstance(name, Name) or group.kind not in ("(", "[", "\\{"):
        return None
    if isinstance(head, Scripted) and (head.power is not None or head.transposed or head.primes):
        return None
    operator = _MOMENTS.get(name.key)
    if operator is None or set(group.separators) - {",", "|"} or group.separators.count("|") > 1:
        return None
    count = len(split_condition(group)[0])
    return operator if count == 1 or (operator == "Cov" and count == 2) else None


def whole_key(head: Node, group: Group) -> str | None:
    """Return the key of an application that is no function of its arguments, or None.

    Densities are told apart by the names of their arguments: ``p(x)`` and ``p(y)`` are two functions. So is what is
    applied to anything but symbols, as ``\\mathrm{LL}(\\beta, \\sigma^2)``.
    """
    operator = moment_head(head, group)
    if operator is not None and not isinstance(head, Scripted):
        inner = "".join(written(item) + mark for item, mark in zip(group.items, (*group.separators, ""), strict=True))
        return f"\\mathrm{{{operator}}}({inner})"
    name = head.base if isinstance(head, Scripted) else head
    if not isinstance(name, Name) or (isinstance(head, Scripted) and (head.power is not None or head.transposed)):
        return None
    plain = all(is_symbol(item) for item in group.items)
    if plain and name.key not in BY_NAME:
        return None
    if not plain and len(group.items) == 1 and not name.key.startswith(("\\mathrm{", "\\hat{\\mathrm{")):
        return None  # a letter before a bracket is a factor
    marks = [*group.separators, ""]
    inner = "".join(written(item) + mark for item, mark in zip(group.items, marks, strict=True))
    return f"{written(head)}({inner})"


def is_number_by_name(head: Node, group: Group) -> bool:
    """Whether an application of an undeclared head is a number whatever stands in its bracket, by its name.

    Divergences, entropies and information criteria are, and distribution functions ``\\mathrm{F}(x; v, w)``; a letter
    before one expression may be a factor, and ``\\mathrm{I}(\\theta)`` or ``\\mathrm{F}(\\theta)`` a matrix.
    """
    base = head.base if isinstance(head, Scripted) else head
    if not isinstance(base, Name) or group.kind not in ("(", "["):
        return False
    if isinstance(head, Scripted) and (head.power is not None or head.transposed or head.primes):
        return False
    name = base.key.replace("\\hat{", "").replace("\\mathrm{", "").rstrip("}")
    if base.key in ("\\hat{I}", "\\hat{\\mathrm{I}}", "\\mathrm{I}"):
        return len(group.items) > 1
    if base.key == "\\mathrm{F}":
        return bool({";", "|"} & set(group.separators))
    if base.key in ("p", "q", "P"):
        return "|" in group.separators
    return base.key in NUMBERS or (name != base.key and name in _ROMAN)


@dataclass(frozen=True, slots=True)
class Members:
    """An application with indices in its arguments, as one of a family.

    ``key`` is that of the family; ``indices`` stand in the arguments, each first at ``bases`` (with its position).
    """

    key: str
    indices: tuple[Node, ...]
    bases: tuple[tuple[str, int], ...]


def as_members(head: Node, group: Group, is_index: Callable[[str, Node], bool]) -> Members | None:
    """Return an application as a member of a family; None if no index stands in its arguments.

    Examples
    --------
    >>> from derive.source import Span
    >>> at = Span(0, 1)
    >>> p, y, i = Name(at, "p"), Name(at, "y"), Name(at, "i")
    >>> as_members(p, Group(at, "(", (Scripted(at, y, (i,), "i"),)), lambda base, item: True).key
    'p(y_{·1})'
    """
    found: dict[str, tuple[Node, str, int]] = {}

    def numbered(node: Any) -> Any:
        if not (isinstance(node, Scripted) and isinstance(node.base, Name) and node.sub):
            return with_parts(node, numbered)
        base = node.base.key
        if not all(is_index(base, item) for item in node.sub):
            return node
        for position, item in enumerate(node.sub):
            found.setdefault(written(item), (item, base, position))
        order = list(found)
        text = ",".join(f"·{order.index(written(item)) + 1}" for item in node.sub)
        return replace(node, sub_text=text)

    items = tuple(numbered(item) for item in group.items)
    if not found:
        return None
    places = tuple(found.values())
    key = f"{written(head)}{written(replace(group, items=items))}"
    return Members(key, tuple(item for item, _, _ in places), tuple((base, at) for _, base, at in places))


def shown(node: Any) -> str:
    """Return a formula as a reader would write it, for a name; unlike `written`, it may be the same for two trees.

    Examples
    --------
    >>> from derive.source import Span
    >>> a, b = Name(Span(0, 1), "a"), Name(Span(1, 2), "b")
    >>> shown(Group(Span(0, 4), "(", (Product(Span(0, 2), (a, b), ("", "/")),)))
    '(a/b)'
    """
    match node:
        case Group():
            marks = [*node.separators, ""]
            return "(" + "".join(shown(item) + mark for item, mark in zip(node.items, marks, strict=True)) + ")"
        case Terms():
            return "".join(("+" if sign > 0 else "-") + shown(item) for sign, item in node.items).removeprefix("+")
        case Product():
            pairs = zip(node.operators, node.items, strict=True)
            return "".join(f"{mark or ' '}{shown(item)}" for mark, item in pairs).strip().replace(" (", "(")
        case Fraction_():
            return f"{shown(node.numerator)}/{shown(node.denominator)}"
        case Scripted():
            plain = written(replace(node, base=Name(node.span, ""), power=None))
            power = "" if node.power is None else f"^{{{shown(node.power)}}}"
            return shown(node.base) + plain + power
        case Name() | Num():
            return written(node)
    return "…"


def written(node: Any) -> str:
    """Return a text by which equal trees are known, however they were spaced.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from derive.source import Span
    >>> written(Scripted(Span(0, 3), Name(Span(0, 1), "x"), power=Num(Span(2, 3), Fraction(2))))
    'x^{2}'
    """
    match node:
        case Name():
            return node.key
        case Num():
            return str(node.value)
        case Scripted():
            text = written(node.base) + (f"_{{{node.sub_text}}}" if node.sub else "")
            text += f"^{{({written(node.above)})}}" if node.above is not None else ""
            text += f"^{{{written(node.power)}}}" if node.power is not None else ""
            return text + "^T" * node.transposed + "'" * node.primes
        case Group():
            marks = [*node.separators, ""]
            return "(" + "".join(written(item) + mark for item, mark in zip(node.items, marks, strict=True)) + ")"
        case NormBars():
            return f"|{written(node.inner)}|"
        case Node():
            inner = ",".join(written(getattr(node, entry.name)) for entry in fields(node) if entry.name != "span")
            return f"{type(node).__name__}[{inner}]"
        case tuple():
            return ",".join(written(item) for item in node)
    return str(node)
