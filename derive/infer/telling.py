"""What the words of a document say of the moments of its random symbols, as equations with their evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from derive.infer.gather import Formula, Gathered
from derive.infer.moments import MomentReader, SaidMoment, Symbol
from derive.infer.variables import Variables
from derive.names import FAMILY
from derive.opaque import operator_of, written
from derive.scope import GivenMoment
from derive.syntax import Group, Name, Node, Num, Product, Scripted, below, with_parts
from derive.told import Told, Where
from derive.verdict import Assumed


@dataclass(frozen=True, slots=True)
class Telling:
    """A moment in words, with how it is reported, the equation that it is, and the random symbols in that."""

    told: Told
    assumed: Assumed
    formula: Formula
    symbols: tuple[str, ...]


def tellings(
    gathered: Gathered, macros: Mapping[str, Any], variables: Variables, random: Collection[str]
) -> list[Telling]:
    """Return the moments that the words of a document give.

    What has a distribution has its moments; what the document itself says in an equation stands; where words say two
    different things of one moment, nothing is known of it, unless the symbol is introduced anew in between.

    Parameters
    ----------
    gathered : Gathered
        The document.
    macros : mapping
        Its macros.
    variables : Variables
        Its symbols.
    random : collection of str
        Those that are random.
    """
    reader = MomentReader(gathered, macros)
    distributed = {
        variables.key(node)[0]
        for statement, _ in gathered.statements
        for node in statement.variables
        if isinstance(node, Name) or (isinstance(node, Scripted) and isinstance(node.base, Name))
    }
    found = []
    for said in reader.read():
        keys = [_key(symbol, said, variables) for symbol in said.symbols]
        if all(key is not None and key in random and key not in distributed for key in keys):
            made = _telling(said, [key for key in keys if key is not None], variables)
            if made is not None and not _is_stated(made, gathered):
                found.append(made)
    anew = [(variables.key(symbol)[0], place) for symbol, place in reader.introduced()]
    return list(_settled([_until(each, anew) for each in found]))


def _key(symbol: Symbol, said: SaidMoment, variables: Variables) -> str | None:
    """Return the key of a symbol; None for a single member of a family."""
    key = variables.key(symbol)[0]
    return key if key.endswith(FAMILY) is said.dotted else None


def _telling(said: SaidMoment, keys: list[str], variables: Variables) -> Telling | None:
    symbols, value = said.symbols, said.value
    if any(isinstance(node, Name) and operator_of(node.key) is not None for node in below(value)):
        return None  # “with mean E(X)” says nothing
    letters: tuple[str, ...] = ()
    if said.operator == "Cov" and len(keys) == 2:
        if keys[0] == keys[1] or said.dotted:
            return None
        if keys[0] > keys[1]:
            keys, symbols = keys[::-1], symbols[::-1]
            if not isinstance(value, Num):
                value, said = _flipped(value), replace(said, latex=f"({said.latex})^\\top")
    if said.dotted:
        letter = _letter(keys[0], variables)
        if letter is None:
            return None
        letters, changed = (letter,), _indexed(value, letter)
        symbols = tuple(_indexed(symbol, letter) for symbol in symbols)
        said = replace(said, latex=written(changed) if changed is not value else said.latex)
        value = changed
    names = ",".join(key.removesuffix(FAMILY) for key in keys)
    key = f"\\mathrm{{{said.operator}}}({names})" + (FAMILY if said.dotted else "")
    latex = f"\\mathrm{{{said.operator}}}({', '.join(map(written, symbols))}) = {said.latex}"
    evidence = f"line {said.line}: “{said.words}”"
    moment = GivenMoment(value, letters, f"{latex}, as line {said.line} says")
    pair = frozenset(keys) if said.independent else frozenset[str]()
    told = Told(key, moment, said.place, None, pair, tuple(keys), said.last)
    application = Product(
        symbols[0].span,
        (
            Name(symbols[0].span, f"\\mathrm{{{said.operator}}}"),
            Group(symbols[0].span, "(", symbols, (",",) * (len(symbols) - 1)),
        ),
        ("", ""),
    )
    formula = Formula((application, value), "equal", said.line, False, ((None, -1),), exponents=((), ()))
    return Telling(told, Assumed(key, latex, (evidence,), said.line), formula, tuple(keys))


def _flipped(value: Node) -> Scripted:
    """Return the transpose of a value."""
    if isinstance(value, Scripted) and value.power is None:
        return replace(value, transposed=not value.transposed)
    return Scripted(value.span, value if isinstance(value, Name) else Group(value.span, "(", (value,)), transposed=True)


def _letter(key: str, variables: Variables) -> str | None:
    """Return an index letter of a family of one index."""
    use = variables.uses.get(key.removesuffix(FAMILY))
    found = [] if use is None else [letters[0] for letters in use.indexed.get(1, ()) if letters[0].isalpha()]
    return found[0] if found else None


def _indexed(node: Any, letter: str) -> Any:
    """Return a formula with an index letter in the place of the index of the first member, as in ``\\mu_1``."""
    if isinstance(node, Scripted) and len(node.sub) == 1 and isinstance(node.sub[0], Num) and node.sub[0].value == 1:
        return replace(node, sub=(Name(node.span, letter),), sub_text=letter)
    return with_parts(node, lambda part: _indexed(part, letter))


def _is_stated(made: Telling, gathered: Gathered) -> bool:
    """Whether an equation of the document gives the moment another value."""
    left, right = made.formula.sides
    for formula in gathered.formulas:
        first, *others = formula.sides
        if formula.relation not in ("equal", "define") or not isinstance(first, Product) or not others:
            continue
        value = others[0]
        if written(first) == written(left) and _is_plain(value) and written(value) != written(right):
            return True
    return False


def _is_plain(node: Node | None) -> bool:
    """Whether a side is a symbol or a number by itself, perhaps with a power."""
    base = node.base if isinstance(node, Scripted) else node
    return isinstance(base, Name | Num)


def _until(made: Telling, anew: Sequence[tuple[str, Where]]) -> Telling:
    """Return a moment that ends where one of its symbols is introduced anew."""
    ends = [place for key, place in anew if key in made.symbols and place > made.told.start]
    return replace(made, told=replace(made.told, end=min(ends))) if ends else made


def _settled(found: Sequence[Telling]) -> Iterator[Telling]:
    """Yield the moments of which nothing else is said while they hold."""
    for each in found:
        rivals = [other for other in found if other.told.key == each.told.key and _overlap(each.told, other.told)]
        agree = all(written(other.told.moment.value) == written(each.told.moment.value) for other in rivals)
        if agree and all(found.index(each) <= found.index(other) for other in rivals):
            yield each


def _overlap(one: Told, other: Told) -> bool:
    return (other.end is None or one.start < other.end) and (one.end is None or other.start < one.end)
