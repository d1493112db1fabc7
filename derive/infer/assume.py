"""What a document takes for granted, as declarations with the evidence for each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sympy import Symbol

from derive.containers import read_text
from derive.containers.block import BlockKind, Document
from derive.document import Reader, read_blocks
from derive.facts import Fact, Kind
from derive.infer.fit import Fitted, Fitter, Known
from derive.infer.gather import Formula, Gathered, functions, gather, head_key
from derive.infer.local import Local, local_letters, settled_letters, told_apart
from derive.infer.means import barred, means
from derive.infer.properties import errors, independent, properties, random_symbols
from derive.infer.readable import functions_of, is_undeclared
from derive.infer.samples import equations, sampled
from derive.infer.shapes import OPEN, AnyShape, Open
from derive.infer.sizes import named, size_letters
from derive.infer.typography import Sort, stem
from derive.infer.variables import Variables, densities, variables
from derive.infer.words import Said, said
from derive.infer.writing import declaration
from derive.names import FAMILY
from derive.options import Options
from derive.predefined import Granted, Place
from derive.scope import Scope
from derive.shape import Dim
from derive.syntax import Derivative, Group, Name, Node, Num, Product, Scripted, Terms, below
from derive.verdict import Assumed


@dataclass(frozen=True, slots=True)
class Inferred:
    """What was inferred about a document.

    Attributes
    ----------
    assumed : tuple of Assumed
        The symbols.
    random : mapping of str to int
        Symbols that are random variables, or sums with one, with the line that says so.
    misfits : tuple of int
        Lines that do not fit what was inferred.
    definitions : tuple of (int or None, int)
        Where equations define symbols: the cell and the offset of the sign.
    lines : int
        Lines with displayed relations.
    invented : frozenset of str
        Names of sizes to which the document gives none.
    variables : frozenset of str
        Symbols that are differentiated by.
    densities : frozenset of str
        Heads that stand for another function with every list of arguments.
    unannounced : frozenset of (int or None, int)
        Those of the definitions of which nothing says that they hold before they are written.
    independent : frozenset of str
        Families whose members are said to be independent.
    local : tuple of Local
        What is assumed of arguments of functions in the chains of one function.
    conventions : frozenset of str
        Symbols whose value is taken from words that authors do not all use in the same sense.
    """

    assumed: tuple[Assumed, ...] = ()
    random: Mapping[str, int] = field(default_factory=dict)
    misfits: tuple[int, ...] = ()
    definitions: tuple[Place, ...] = ()
    lines: int = 0
    invented: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    densities: frozenset[str] = frozenset()
    unannounced: frozenset[Place] = frozenset()
    independent: frozenset[str] = frozenset()
    local: tuple[Local, ...] = ()
    conventions: frozenset[str] = frozenset()

    def text(self) -> str:
        """Return the declarations as a preamble that can be edited and given back."""
        shown = [each for each in self.assumed if not each.defined]
        width = max((len(each.latex) for each in shown), default=0)
        lines = [
            f"${each.latex}${' ' * (width - len(each.latex))}  <!-- {_comment(each.evidence)} -->" for each in shown
        ]
        lines += [f"<!-- {_comment((f'{each.assumed.latex}', *each.assumed.evidence))} -->" for each in self.local]
        return "\n\n".join(lines) + ("\n" if lines else "")

    def granted(self) -> Granted:
        """Return what the reader of the document takes for granted."""
        if not self.assumed:
            random = frozenset(self.random)
            return Granted(random=random, densities=self.densities, independent=self.independent)
        preamble = read_text("inferred.md", "\n\n".join(f"${each.latex}$" for each in self.assumed))
        misfits = frozenset(self.misfits) if len(self.misfits) <= max(1, self.lines // 8) else None
        defined = frozenset(each.key for each in self.assumed if each.defined)
        guessed = frozenset(each.key for each in self.assumed if not each.latex.endswith(r"\mathbb{N}"))
        return Granted(
            preamble,
            frozenset(self.random),
            self.definitions,
            guessed,
            misfits,
            self.invented,
            defined,
            self.densities,
            self.unannounced,
            self.independent,
            {place: each.assumed.latex for each in self.local for place in each.places},
            self.conventions,
        )


def inferred(document: Document, preamble: Document | None, options: Options) -> Inferred:
    """Return what a document takes for granted; nothing where everything is declared.

    Parameters
    ----------
    document : Document
        The document.
    preamble : Document or None
        What is declared already.
    options : Options
        Conventions.
    """
    read = read_blocks(document, preamble, options)
    declared = as_declared(document)
    if not _is_open(read) and not (
        declared.densities and _is_open(read_blocks(document, preamble, options, declared.granted()))
    ):
        return declared
    given = read_blocks(replace(document, blocks=()), preamble, options).scope
    gathered = gather(document.blocks, document.macros)
    found = _Inference(document, read, given, gathered).result()
    letters = local_letters(gathered, found.random) if found.misfits else []
    if not letters:
        return found
    apart = _Inference(document, read, given, told_apart(gathered, letters)).result()
    if len(apart.misfits) >= len(found.misfits):
        return found
    assumed, local = settled_letters(apart.assumed, letters)
    return replace(apart, assumed=tuple(assumed), local=local)


def as_declared(document: Document) -> Inferred:
    """Return what is said of a document of which nothing is inferred: how densities are read, and what is random."""
    text = " ".join(block.excerpt.text for block in document.blocks if block.kind is not BlockKind.TEXT)
    has_moments = _AVERAGED.search(text) is not None
    if not has_moments and not _APPLIED.search(text):
        return Inferred()
    gathered = gather(document.blocks, document.macros)
    random: dict[str, int] = {}
    alone: frozenset[str] = frozenset()
    if has_moments:
        found = variables(gathered, gathered.letters)
        random = random_symbols(gathered, found)
        words = said(gathered, document.macros)
        for each in words:
            if each.random:
                random.setdefault(found.key(each.symbol)[0], each.line)
        alone = independent(gathered, found, words)
    return Inferred(random=random, densities=densities(gathered) & _LETTERS, independent=alone)


_LETTERS = frozenset({"p", "q", "P"})
_AVERAGED = re.compile(r"langle|[EV⟨]|[Vv]ar|[Cc]ov")
"""What an expectation, a variance or a covariance is written with."""
_APPLIED = re.compile(r"[pqP]\s*(\\left\s*)?[(\[]")


def _is_open(read: Reader) -> bool:
    """Whether a relation of the document cannot be read because a symbol is not declared."""
    roles = ("claim", "conclusion", "assumption", "up-to")
    return any(is_undeclared(item) for item in read.items if item.problem is not None or item.role in roles)


def _comment(evidence: tuple[str, ...]) -> str:
    """Return evidence as it can stand in a comment: the maths in it is not read, and nothing ends the comment."""
    return "; ".join(evidence).replace("$", "").replace("--", "–")


_SQUARE = frozenset(
    {
        Fact.SYMMETRIC,
        Fact.SEMIDEFINITE,
        Fact.DEFINITE,
        Fact.ORTHOGONAL,
        Fact.DIAGONAL,
        Fact.INVERTIBLE,
    }
)
"""Properties of square matrices only."""


class _Inference:
    def __init__(self, document: Document, read: Reader, given: Scope, gathered: Gathered) -> None:
        self.scope = read.scope
        self.unread = [item for item in read.items if is_undeclared(item)]
        self.given = given
        self.macros = {**document.macros}
        self.gathered = gathered
        self.gathered.heads.update(functions_of(given))
        letters: dict[str, Node | None] = dict(self.gathered.letters)
        letters.update(dict.fromkeys((letter for letter in self.scope.ranges if letter not in letters), None))
        self.letters = letters
        self.variables: Variables = variables(self.gathered, letters)
        self.words = said(self.gathered, self.macros)
        self.labels = self._labels()
        self.evidence: dict[str, list[str]] = {}
        self.facts: dict[str, set[Fact]] = {}

    def _fit(self, families: frozenset[str]) -> tuple[Known, Fitted]:
        self.variables = variables(self.gathered, self.letters, families)
        self.evidence, self.facts = {}, {}
        known = self._known()
        return known, Fitter(self.gathered, self.variables, known, dict(self.scope.ranges)).fit()

    def _best(self) -> tuple[Known, Fitted]:
        """Return the best fit; a letter with an index may be an entry of it or a member of a family."""
        chosen: frozenset[str] = frozenset()
        _, fitted = self._fit(chosen)
        ambiguous = self.variables.ambiguous if fitted.misfits else []
        tries = [frozenset(ambiguous), *(frozenset({base}) for base in ambiguous)] if len(ambiguous) > 1 else []
        for families in tries or [frozenset({base}) for base in ambiguous]:
            wanted = chosen | families
            if wanted == chosen:
                continue
            made = self._fit(wanted)
            if made[1].cost < fitted.cost - 1e-9:
                fitted, chosen = made[1], wanted
            if not fitted.misfits:
                break
        return self._fit(chosen)

    def result(self) -> Inferred:
        known, fitted = self._best()
        self._properties(fitted)
        random = self._random()
        names = named(fitted, self.variables, {*self.variables.keys, *self.scope.declarations})
        defined = self._equations(random)
        assumed = [
            made
            for key in self.variables.keys
            if key in fitted.sorts
            and not self._is_given(key)
            and (made := self._assumed(key, fitted, names, random, key in defined))
        ]
        assumed += [
            Assumed(size, rf"{size} \in \mathbb{{N}}", ("it is used as a size",), self.variables.first[size].line)
            for size in sorted(known.sizes)
            if size in self.variables.first and size not in self.scope.declarations
        ]
        assumed += [
            Assumed(head, rf"{head} : \mathbb{{R}} \to \mathbb{{R}}", (f"line {line}: its argument is a number",), line)
            for head, line in self._functions(fitted).items()
        ]
        assumed += [
            Assumed(
                key, rf"{key} \in \mathbb{{R}}", (f"line {formula.line}: by its use",), formula.line, key in defined
            )
            for key, formula in self.variables.applied.items()
            if key not in self.scope.declarations and key not in self.scope.names and not self._is_given(key)
        ]
        assumed += self._late()
        assumed = self._with_means(assumed, fitted, names, {*defined, *random})
        samples = dict(self._samples(fitted, names, {*defined, *random}))
        assumed = [*(each for each in assumed if each.key not in samples), *samples.values()]
        misfits = tuple(sorted({formula.line for formula in fitted.misfits}))
        variables = frozenset(self.variables.key(symbol)[0] for symbol in self._differentiated())
        invented = frozenset(symbol.name for symbol in names.values())
        lines = len({formula.line for formula in self.gathered.formulas if formula.displayed and formula.relation})
        return Inferred(
            tuple(assumed),
            random,
            misfits,
            tuple(defined.values()),
            lines,
            invented,
            variables,
            self.variables.densities,
            frozenset(self._unannounced(defined)),
            independent(self.gathered, self.variables, self.words),
            conventions=frozenset(samples),
        )

    def _late(self) -> Iterator[Assumed]:
        """Yield the declarations of what the document declares behind its first use."""
        used = {
            self.variables.key(symbol)[0]: item.scope
            for item in reversed(self.unread)
            for side in (item.left, item.right)
            if side is not None
            for symbol in self.variables.symbols(side)
        }
        for key, scope in sorted(used.items(), key=lambda each: each[0]):
            found, first = self.scope.declarations.get(key), self.variables.first.get(key)
            if key in scope.declarations or key in scope.names or first is None or found is None:
                continue
            if found.kind in (Kind.SCALAR, Kind.ARRAY):
                latex = declaration(key, found.shape, found.facts, found.ranges, self.variables)
                yield Assumed(key, latex, ("the document declares it behind its first use",), first.line)

    def _samples(
        self, fitted: Fitted, names: Mapping[Dim, Symbol], stated: Container[str]
    ) -> Iterator[tuple[str, Assumed]]:
        """Yield the equations of sample variances and covariances that the document only names."""

        def is_free(symbol: Name | Scripted) -> bool:
            key = self.variables.key(symbol)[0]
            squared = not isinstance(symbol, Scripted) or symbol.power is None or self._only_squared(symbol)
            return squared and key not in stated and not self._is_given(key) and key not in self.scope.declarations

        return equations(sampled(self.gathered, self.macros), fitted, self.variables, names, is_free)

    def _with_means(
        self, assumed: list[Assumed], fitted: Fitted, names: Mapping[Dim, Symbol], stated: Container[str]
    ) -> list[Assumed]:
        """Return the declarations, in which sample means have equations if the document gives them none."""
        declared = {each.key for each in assumed}
        found = {
            key: equation
            for key, equation in means(self.words, fitted, self.variables, names)
            if key not in stated
            and key in declared
            and not {barred(key), f"{barred(key)}{FAMILY}"} & self.given.names.keys()
        }
        return [*(each for each in assumed if each.key not in found), *found.values()]

    def _unannounced(self, defined: Mapping[str, Place]) -> Iterator[Place]:
        """Yield the definitions of plain letters that no word announces: before them, the letter may be anything."""
        announced = {formula.place for formula in self.gathered.formulas if formula.announced}
        for key, place in defined.items():
            if place not in announced and stem(key) == key and "_{" not in key and "(" not in key:
                yield place

    def _is_given(self, key: str) -> bool:
        """Whether a symbol is defined by what comes before the document, by itself or as a function."""
        names = self.given.names
        return key in names or key.partition("(")[0] in names or key.removesuffix(FAMILY) in self.labels

    def _labels(self) -> set[str]:
        """Return the letters that are only labels in the brackets of given functions, as the z of ``r(z_{nk})``."""
        heads = {d.key for d in self.given.definitions.values() if "label" in d.separators}
        nodes = [node for side, _ in self.gathered.nodes() for node in below(side)]
        all_of = Counter(node.key for node in nodes if isinstance(node, Name))
        inside: Counter[str] = Counter()
        for node in nodes:
            for head, group in zip(node.items, node.items[1:], strict=False) if isinstance(node, Product) else ():
                if isinstance(head, Name) and head.key in heads and isinstance(group, Group):
                    inside.update(each.key for each in below(group) if isinstance(each, Name))
        return {key for key, count in inside.items() if count == all_of[key]}

    # -- what is known -----------------------------------------------------------------------------------------

    def _known(self) -> Known:
        known = Known()
        sizes = set(size_letters(self.gathered, self.words))
        for key, found in self.scope.declarations.items():
            if found.kind is Kind.SIZE:
                sizes.add(key)
                continue
            shape: AnyShape = found.shape if found.kind is Kind.ARRAY else None
            known.shapes[key] = OPEN if found.kind in (Kind.FUNCTION, Kind.CURVE) else shape
            if found.ranges:
                known.ranges[key] = found.ranges
        for key in self.given.names:
            known.shapes.setdefault(key, OPEN)
        for each in self.words:
            self._say(each, known)
        arrays = {key for key, sort in known.sorts.items() if sort is not Sort.SCALAR} | set(known.shapes)
        known.sizes = frozenset(sizes - arrays)
        for size in known.sizes:
            known.shapes.setdefault(size, None)
        return known

    def _say(self, each: Said, known: Known) -> None:
        key, _ = self.variables.key(each.symbol)
        place = f"line {each.line}: “{each.words}”"
        if each.sort is not None and key not in known.shapes:
            (known.likely if each.weak else known.sorts).setdefault(key, each.sort)
        if each.dims is not None:
            known.dims.setdefault(key, each.dims)
        if each.square or each.facts & _SQUARE:
            known.square.add(key)
        self.facts.setdefault(key, set()).update(each.facts)
        self.evidence.setdefault(key, []).append(place)

    def _random(self) -> dict[str, int]:
        found = random_symbols(self.gathered, self.variables)
        for each in self.words:
            if each.random:
                found.setdefault(self.variables.key(each.symbol)[0], each.line)
        for key, line in errors(self.gathered, self.variables):
            if key not in found and key not in self.scope.declarations and not self._is_given(key):
                found[key] = line
                self.evidence.setdefault(key, []).append(f"line {line}: a random error, by its letter and its place")
        return found

    def _properties(self, fitted: Fitted) -> None:
        def is_scalar(key: str) -> bool:
            return fitted.shapes.plain(fitted.shapes.known.get(key, None)) is None

        for key, fact, words, line in properties(self.gathered, self.variables, is_scalar):
            self.facts.setdefault(key, set()).add(fact)
            self.evidence.setdefault(key, []).append(f"line {line}: {words}")

    # -- what the document defines itself ----------------------------------------------------------------------

    def _equations(self, random: dict[str, int]) -> dict[str, Place]:
        """Return where the symbols are defined that nothing declares: at the first equation that gives their value.

        What is differentiated by is an unknown and defined by no equation; what has a distribution, or is equal to an
        expression of what has one, is stated by its first equation (and put into ``random``).
        """
        free = {self.variables.key(symbol)[0] for symbol in self._differentiated()}
        found: dict[str, Place] = {}
        rests: dict[str, set[str]] = {}
        for formula in self.gathered.formulas:
            key = self._stated(formula)
            solved = free | self._in_condition(formula)
            if key is None or key in found or key in free or key in self.scope.declarations:
                free = solved
                continue
            free = solved
            if key in random:
                continue
            if any(self._has_noise(side, random) for side in formula.sides[1:] if side is not None):
                random[key] = formula.line
                continue
            used = self._values(formula, rests)
            if key not in used:  # a value that rests on the symbol itself is none
                found[key] = formula.place
                rests = {other: before | used if key in before else before for other, before in rests.items()}
                rests[key] = used
        return found

    def _values(self, formula: Formula, rests: Mapping[str, set[str]]) -> set[str]:
        """Return the symbols that the value in an equation rests on, through the definitions so far."""
        sides = [side for side in formula.sides[1:2] if side is not None]
        used = {self.variables.key(symbol)[0] for side in sides for symbol in self.variables.symbols(side)}
        used |= {key for side in sides for key in self.variables.applications(side)}
        return used.union(*(rests[key] for key in used if key in rests))

    def _functions(self, fitted: Fitted) -> dict[str, int]:
        """Return the letters that stand for unknown functions of a number: with a prime, or differentiated."""
        found: dict[str, int] = {}
        defined = self.gathered.heads
        for side, formula in self.gathered.nodes():
            for head, group in functions(side):
                key = head.base.key if isinstance(head, Scripted) and isinstance(head.base, Name) else head_key(head)
                if key is None or key in (*defined, *found, *self.scope.declarations, "\\sigma"):
                    continue
                if key in self.variables.special:
                    continue
                if key not in self.scope.names and fitted.shapes.shape(group) is None:
                    found[key] = formula.line
        return found

    def _differentiated(self) -> Iterator[Name | Scripted]:
        for side, _ in self.gathered.nodes():
            for node in below(side):
                if isinstance(node, Derivative):
                    yield from (symbol for each in node.wrt for symbol in self.variables.symbols(each))

    def _in_condition(self, formula: Formula) -> set[str]:
        """Return the symbols of a condition: what ends in ``= 0`` is solved for them from there on."""
        last = formula.sides[-1]
        if not (formula.displayed and isinstance(last, Num) and last.value == 0):
            return set()
        return {self.variables.key(symbol)[0] for side in formula.sides[:-1] for symbol in self.variables.symbols(side)}

    def _stated(self, formula: Formula) -> str | None:
        """Return the key of the symbol whose value an equation gives."""
        left = formula.sides[0]
        if formula.relation not in ("equal", "define") or len(formula.sides) < 2 or formula.sides[1] is None:
            return None
        if isinstance(left, Product):
            found = list(self.variables.applications(left)) if len(left.items) == 2 else []
            others = [key for side in formula.sides[1:] for key in self.variables.applications(side)]
            return found[0] if len(found) == 1 and found[0] not in others else None
        if isinstance(left, Scripted):
            squared = isinstance(left.power, Num) and left.power.value == 2
            if left.transposed or left.primes or not isinstance(left.base, Name):
                return None
            if left.power is not None and not (squared and self._only_squared(left)):
                return None
        elif not isinstance(left, Name):
            return None
        if not any(True for _ in self.variables.symbols(left)):
            return None
        key = self.variables.key(left)[0]
        used = {self.variables.key(symbol)[0] for side in formula.sides[1:] for symbol in self.variables.symbols(side)}
        return None if key in used else key

    def _only_squared(self, left: Scripted) -> bool:
        """Whether a symbol occurs in even powers only, so that its square is what is defined."""
        key = self.variables.key(left)[0]
        for side, _ in self.gathered.nodes():
            for symbol in self.variables.symbols(side):
                if self.variables.key(symbol)[0] == key:
                    power = symbol.power if isinstance(symbol, Scripted) else None
                    if not (isinstance(power, Num) and power.value % 2 == 0):
                        return False
        return True

    def _has_noise(self, side: Node, random: Mapping[str, int]) -> bool:
        """Whether a term of a sum is a random symbol by itself, as in ``X \\beta + \\varepsilon``."""
        return isinstance(side, Terms) and any(
            isinstance(item, Name | Scripted)
            and any(self.variables.key(symbol)[0] in random for symbol in self.variables.symbols(item))
            for _, item in side.items
        )

    # -- declarations ------------------------------------------------------------------------------------------

    def _assumed(
        self,
        key: str,
        fitted: Fitted,
        names: Mapping[Dim, Symbol],
        random: Mapping[str, int],
        is_defined: bool,
    ) -> Assumed | None:
        shape = fitted.shapes.plain(fitted.shapes.known[key])
        if isinstance(shape, Open):
            return None
        filled = None if shape is None else tuple(_filled(dim, names) for dim in shape)
        ranges = tuple(_filled(fitted.shapes.sizes.resolve(dim), names) for dim in fitted.shapes.ranges.get(key, ()))
        latex = declaration(key, filled, frozenset(self.facts.get(key, ())), ranges, self.variables)
        first = self.variables.first[key].line
        return Assumed(key, latex, tuple(self._reasons(key, shape, random)), first, is_defined)

    def _reasons(self, key: str, shape: AnyShape, random: Mapping[str, int]) -> Iterator[str]:
        given = list(dict.fromkeys(self.evidence.get(key, [])))
        yield from given[:3]
        if key in random and not any("random" in each for each in given):
            yield f"line {random[key]}: it has a distribution"
        if not given:
            use = self.variables.first[key].line
            yield f"line {use}: by its use" if shape is not None else f"line {use}: taken as a number"


def _filled(dim: Dim, names: Mapping[Dim, Symbol]) -> Dim:
    return dim.xreplace({unknown: names[unknown] for unknown in dim.free_symbols if unknown in names})
