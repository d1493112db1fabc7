"""What a document takes for granted, as declarations with the evidence for each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from dataclasses import replace

from sympy import Symbol

from derive.containers.block import BlockKind, Document
from derive.document import Reader, read_blocks
from derive.facts import Fact, Kind
from derive.infer.bracketed import bracketed
from derive.infer.called import called
from derive.infer.equations import Equations
from derive.infer.fit import Fitted, Fitter, Known
from derive.infer.gather import Gathered, gather
from derive.infer.inferred import Inferred
from derive.infer.local import local_letters, settled_letters, told_apart
from derive.infer.means import barred, means
from derive.infer.notations import covariances, spelled
from derive.infer.properties import errors, independent, properties, random_symbols, siblings
from derive.infer.readable import functions_of, is_undeclared
from derive.infer.rescue import doubtful
from derive.infer.rivals import MOST, Fit, alone, evidence, rivals
from derive.infer.samples import sample_equations, sampled
from derive.infer.shapes import OPEN, AnyShape, Open
from derive.infer.sizes import named, shaping, size_letters
from derive.infer.telling import tellings
from derive.infer.typography import Sort
from derive.infer.variables import Variables, densities, variables
from derive.infer.wording import Wording, wording
from derive.infer.words import SQUARE, Said, said
from derive.infer.writing import declaration
from derive.names import FAMILY
from derive.options import Options
from derive.scope import Scope
from derive.shape import Dim
from derive.syntax import Group, Name, Node, Product, Scripted, below
from derive.verdict import Assumed


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
    return settled_letters(apart, letters) if len(apart.misfits) < len(found.misfits) else found


def as_declared(document: Document) -> Inferred:
    """Return what is said of a document of which nothing is inferred: how densities are read, and what is random."""
    text = " ".join(block.excerpt.text for block in document.blocks if block.kind is not BlockKind.TEXT)
    has_moments = _AVERAGED.search(text) is not None
    if not has_moments and not _APPLIED.search(text):
        return Inferred()
    gathered = gather(document.blocks, document.macros)
    random: dict[str, int] = {}
    alone: frozenset[str] = frozenset()
    words = Wording()
    if has_moments:
        found = variables(gathered, gathered.letters)
        random = random_symbols(gathered, found)
        prose = said(gathered, document.macros)
        for each in prose:
            if each.random:
                random.setdefault(found.key(each.symbol)[0], each.line)
        alone = independent(gathered, found, prose)
        words = Wording(tuple(tellings(gathered, document.macros, found, random)))
    letters = densities(gathered) & _LETTERS
    return Inferred(tuple(words.assumed), random, densities=letters, independent=alone, wording=words)


_LETTERS = frozenset({"p", "q", "P"})
_AVERAGED = re.compile(r"langle|[EV⟨]|[Vv]ar|[Cc]ov")
"""What an expectation, a variance or a covariance is written with."""
_APPLIED = re.compile(r"[pqP]\s*(\\left\s*)?[(\[]")


def _is_open(read: Reader) -> bool:
    """Whether a relation of the document cannot be read because a symbol is not declared."""
    roles = ("claim", "conclusion", "assumption", "up-to")
    return any(is_undeclared(item) for item in read.items if item.problem is not None or item.role in roles)


class _Inference:
    def __init__(self, document: Document, read: Reader, given: Scope, gathered: Gathered) -> None:
        self.scope = read.scope
        self.unread = [item for item in read.items if is_undeclared(item)]
        self.given = given
        self.macros = {**document.macros}
        self.gathered = replace(gathered, formulas=list(gathered.formulas), heads=set(gathered.heads))
        self.gathered.heads.update(functions_of(given))
        notation = covariances(self.gathered, self.scope.declarations)
        spelled(self.gathered, notation[0])
        letters: dict[str, Node | None] = dict(self.gathered.letters)
        letters.update(dict.fromkeys((letter for letter in self.scope.ranges if letter not in letters), None))
        self.letters = letters
        self.variables: Variables = variables(self.gathered, letters)
        self.words = [*said(self.gathered, self.macros), *bracketed(self.gathered, self.macros)]
        self.labels: set[str] = set()
        self.evidence: dict[str, list[str]] = {}
        self.facts: dict[str, set[Fact]] = {}
        self.implied: dict[str, set[Fact]] = {}
        self.because: dict[str, int] = {}
        self.wording = wording(
            self.gathered,
            self.macros,
            self.variables,
            self.words,
            {*self._random(), *given.laws},
            {*self.scope.names, *self.scope.declarations},
            notation,
        )
        self.gathered.formulas += self.wording.formulas
        self.labels = self._labels()

    def _fit(self, families: frozenset[str]) -> Fit:
        self.variables = variables(self.gathered, self.letters, families)
        self.evidence, self.facts = {}, {}
        known = self._known()
        fitter = Fitter(self.gathered, self.variables, known, dict(self.scope.ranges))
        return Fit(families, fitter, fitter.fit())

    def _fits(self) -> list[Fit]:
        """Return how the document can be read, the best fit first.

        A letter with an index may be an entry of it or a member of a family.
        """
        found = [self._fit(frozenset())]
        ambiguous = self.variables.ambiguous
        tries = [frozenset(ambiguous), *(frozenset({base}) for base in ambiguous)] if len(ambiguous) > 1 else []
        chosen = found[0]
        for families in tries or [frozenset({base}) for base in ambiguous]:
            if chosen.families | families == chosen.families or (not chosen.fitted.misfits and families in tries[1:]):
                continue
            made = self._fit(chosen.families | families)
            found.append(made)
            if made.fitted.cost < chosen.fitted.cost - 1e-9:
                chosen = made
        rest = [made for made in found if made is not chosen and made.is_near(chosen)]
        return [chosen, *rest]

    def result(self) -> Inferred:
        """Return what is inferred, with the other readings that fit the document as well."""
        best, *others = self._fits()
        made = [self._inferred(other) for other in [*others, *rivals(best)][:MOST]]
        return replace(self._inferred(best), others=tuple(made))

    def _inferred(self, fit: Fit) -> Inferred:
        self.variables = fit.fitter.variables
        self.evidence, self.facts = {}, {}
        known, fitted = self._known(), fit.fitted
        spoken = evidence(fit)
        self.because = {key: each.formulas[0].line for each in reversed(spoken) for key in each.keys}
        equations = Equations(self.gathered, self.variables, self.scope)
        self._properties(fitted)
        random = self._random()
        names = named(fitted, self.variables, {*self.variables.keys, *self.scope.declarations})
        defined = equations.values(random, shaping(fitted, self.variables))
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
            for head, line in equations.functions(fitted).items()
        ]
        assumed += [
            Assumed(
                key, rf"{key} \in \mathbb{{R}}", (f"line {formula.line}: by its use",), formula.line, key in defined
            )
            for key, formula in self.variables.applied.items()
            if key not in self.scope.declarations and key not in self.scope.names and not self._is_given(key)
        ]
        assumed += self._late()
        said = {each.key for each in self.wording.assumed}
        assumed = [*(each for each in assumed if each.key not in said), *self.wording.assumed]
        assumed = self._with_means(assumed, fitted, names, {*defined, *random})
        samples = dict(self._samples(equations, fitted, names, {*defined, *random}))
        assumed = [*(each for each in assumed if each.key not in samples), *samples.values()]
        misfits = tuple(sorted({formula.line for formula in fitted.misfits}))
        variables = equations.differentiated()
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
            frozenset(equations.unannounced(defined)),
            independent(self.gathered, self.variables, self.words),
            self._told(),
            called(self.gathered, self.variables),
            alone(fit, spoken),
            conventions=frozenset(samples),
            measured=frozenset(key for key in known.dims if fitted.sorts.get(key) is known.sorts.get(key, OPEN)),
            wording=self.wording,
            doubtful=doubtful(fit),
            described=frozenset(self.variables.key(each.symbol)[0] for each in self.words if each.more),
        )

    def _told(self) -> dict[str, tuple[tuple[int, frozenset[Fact]], ...]]:
        """Return the properties that words give to symbols and no distribution does, with the lines of the words."""
        found: dict[str, tuple[tuple[int, frozenset[Fact]], ...]] = {}
        for each in self.words:
            key, _ = self.variables.key(each.symbol)
            facts = each.facts - self.implied.get(key, set())
            if facts:
                found[key] = (*found.get(key, ()), (each.line, facts))
        return found

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
        self, equations: Equations, fitted: Fitted, names: Mapping[Dim, Symbol], stated: Container[str]
    ) -> Iterator[tuple[str, Assumed]]:
        """Yield the equations of sample variances and covariances that the document only names."""

        def is_free(symbol: Name | Scripted) -> bool:
            key = self.variables.key(symbol)[0]
            squared = not isinstance(symbol, Scripted) or symbol.power is None or equations.only_squared(symbol)
            return squared and key not in stated and not self._is_given(key) and key not in self.scope.declarations

        return sample_equations(sampled(self.gathered, self.macros), fitted, self.variables, names, is_free)

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
        if each.square or each.facts & SQUARE:
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
        for key in siblings(found, self.gathered, self.variables):
            if key not in self.scope.declarations and not self._is_given(key):
                found[key] = self.variables.first[key].line
        return found

    def _properties(self, fitted: Fitted) -> None:
        def is_scalar(key: str) -> bool:
            return fitted.shapes.plain(fitted.shapes.known.get(key, None)) is None

        for key, fact, words, line in properties(self.gathered, self.variables, is_scalar):
            self.facts.setdefault(key, set()).add(fact)
            self.implied.setdefault(key, set()).add(fact)
            self.evidence.setdefault(key, []).append(f"line {line}: {words}")

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
            use = self.because.get(key, self.variables.first[key].line)
            words = "by its use" if shape is not None else "taken as a number"
            yield f"line {use}: {words}" + ", which is what fits" * (key in self.because)


def _filled(dim: Dim, names: Mapping[Dim, Symbol]) -> Dim:
    return dim.xreplace({unknown: names[unknown] for unknown in dim.free_symbols if unknown in names})
