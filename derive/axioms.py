"""TRUSTED: rules of the catalogue as equations between terms, and their instances.

A rule is read as a document would be. Its letters stand for terms of their shape, its sizes for sizes, its functions
for functions, its families for terms in which an index may occur; in a rule of differentials, every letter whose
differential the rule names may vary, and the others have to be constant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from derive.declarations import declare
from derive.encode import Encoder
from derive.facts import Kind
from derive.relations import Chain, chains
from derive.rules import CATALOGUE
from derive.rules.rule import Rule
from derive.scope import Scope
from derive.source import Excerpt
from derive.statement import Reading, Statement, parse_side, state
from derive.term import ONE, Size, Term, replace_index, size, size_product, size_sum, size_term


class RuleMisused(ValueError):
    """Values that do not fit the letters of a rule; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Instance:
    """An equation between terms, true where the conditions hold: (letter, condition, value)."""

    lhs: Term
    rhs: Term
    conditions: tuple[tuple[str, str, Term], ...]


@dataclass(frozen=True, slots=True)
class Family:
    """A term in which indices may occur, as the value of a family."""

    indices: tuple[Term, ...]
    body: Term


@dataclass(frozen=True, slots=True)
class Axiom:
    """A rule as an equation between terms, with the kind of each letter."""

    name: str
    lhs: Term
    rhs: Term
    letters: Mapping[str, Term]
    families: Mapping[str, tuple[Term, tuple[Size, ...]]]
    functions: frozenset[str]
    indices: Mapping[str, Term]
    facts: Mapping[str, frozenset[str]]
    varying: frozenset[str]
    same_domain: bool

    def instance(self, given: Mapping[str, Any]) -> Instance:
        """Return the rule with its letters replaced.

        Raises
        ------
        RuleMisused
            If a letter has no value, or one that does not fit.
        """
        return _instance(self.name, tuple(sorted(given.items(), key=lambda item: item[0])))


@lru_cache(maxsize=20_000)
def _instance(name: str, given: tuple[tuple[str, Any], ...]) -> Instance:
    return _Filling(axiom(name), dict(given)).instance()


class _Filling:
    """One replacement of letters; values cannot mention the names it gives to bound indices."""

    def __init__(self, rule: Axiom, given: Mapping[str, Any]) -> None:
        self.rule = rule
        self.given = given
        self.sizes: dict[str, Size] = {}

    def instance(self) -> Instance:
        self._fit()
        conditions = []
        variables = self.given.get("@")
        for letter, facts in self.rule.facts.items():
            if letter in self.rule.letters:
                conditions += [(letter, fact, self.given[letter]) for fact in sorted(facts - {"natural"})]
                if "natural" in facts:
                    conditions.append((letter, "natural", self.given[letter]))
        if self.rule.varying:
            if not (isinstance(variables, Term) and variables.op == "var"):
                raise RuleMisused(f"{self.rule.name} needs to be told what varies")
            self._check_constants(variables)
        try:
            return Instance(self.fill(self.rule.lhs), self.fill(self.rule.rhs), tuple(conditions))
        except (KeyError, ValueError) as problem:
            raise RuleMisused(f"{self.rule.name}: {problem}") from problem

    def _check_constants(self, variables: Term) -> None:
        names = {_core(variable) for variable in variables.args[::2]}
        for letter in self.rule.letters:
            value = self.given[letter]
            if letter not in self.rule.varying and names & value.names:
                raise RuleMisused(f"{self.rule.name} needs {letter} to be constant, found {value}")

    def _fit(self) -> None:
        late: list[tuple[Size, Size]] = []
        for letter, pattern in self.rule.letters.items():
            value = self.given.get(letter)
            if not isinstance(value, Term):
                raise RuleMisused(f"{self.rule.name} needs a value for {letter}")
            self._foreign(value)
            self._shape(letter, pattern, value, late)
            if "natural" in self.rule.facts.get(letter, ()) and (bound := size_of(value)) is not None:
                self.sizes[letter] = bound  # a natural number may be the bound of a sum
        for letter, (pattern, ranges) in self.rule.families.items():
            family = self.given.get(letter)
            if not (isinstance(family, Family) and len(family.indices) == len(ranges)):
                raise RuleMisused(f"{self.rule.name} needs a family for {letter}")
            self._foreign(family.body)
            self._shape(letter, pattern, family.body, late)
            for index, upper in zip(family.indices, ranges, strict=True):
                if index.op != "ix" or index.args[1] != ONE:
                    raise RuleMisused(f"{self.rule.name} needs an index from 1 for {letter}")
                late.append((upper, index.args[2]))
        for name, pattern in self.rule.indices.items():
            value = self.given.get(name)
            if not (isinstance(value, Term) and value.op == "ix" and value.args[1] == ONE):
                raise RuleMisused(f"{self.rule.name} needs an index for {name}")
            late.append((pattern.args[2], value.args[2]))
        for name, value in self.given.items():
            if name not in self.rule.indices and isinstance(value, Term) and value.op == "ix" and value.args[1] == ONE:
                self.sizes.setdefault(name, value.args[2])
        for pattern_size, found in late:
            if len(pattern_size) == 1 and pattern_size[0][1] == 1 and len(pattern_size[0][0]) == 1:
                self.sizes.setdefault(pattern_size[0][0][0], found)
        for pattern_size, found in late:
            if self.size(pattern_size) != found:
                raise RuleMisused(f"{self.rule.name}: sizes do not fit")

    def _foreign(self, value: Term) -> None:
        if any(name.startswith("index @") for name in value.names):
            raise RuleMisused("a value must not mention an index of the rule")

    def _shape(self, letter: str, pattern: Term, value: Term, late: list[tuple[Size, Size]]) -> None:
        if (pattern.shape is None) != (value.shape is None):
            raise RuleMisused(f"{self.rule.name}: {letter} is {'a scalar' if pattern.shape is None else 'an array'}")
        if pattern.shape is not None and value.shape is not None:
            late += zip(pattern.shape, value.shape, strict=True)

    def size(self, pattern: Size) -> Size:
        """Return a size of the rule with its letters replaced."""
        parts = []
        for names, count in pattern:
            try:
                values = [self.sizes[name] for name in names]
            except KeyError as problem:
                raise RuleMisused(f"{self.rule.name}: the size {problem} is not determined") from problem
            parts.append(size_product((((), count),), *values))
        return size_sum(*parts)

    def fill(self, term: Term) -> Term:
        """Return a side of the rule with the letters replaced."""
        op, args = term.op, term.args
        if op in ("s", "M"):
            name = args[0]
            if name in self.rule.letters:
                value: Term = self.given[name]
                return value
            if name in self.sizes:
                return size_term(self.sizes[name])
            return term if op == "s" else self._sized(term)
        if op in ("m", "MM") and args[0] in self.rule.families:
            family: Family = self.given[args[0]]
            body = family.body
            actual = [self.fill(index) for index in (args[1:] if op == "m" else args[3:])]
            marked = [Term("ix", (f"@@{place}", *index.args[1:])) for place, index in enumerate(family.indices)]
            for index, mark in zip(family.indices, marked, strict=True):
                body = replace_index(body, index, mark)
            for mark, new in zip(marked, actual, strict=True):
                body = replace_index(body, mark, new)
            return body
        if op == "ix":
            if args[0] in self.rule.indices:
                found: Term = self.given[args[0]]
                return found
            return Term("ix", (f"@{args[0]}", self.size(args[1]), self.size(args[2])))
        if op == "d":
            return Term("d", (self.given["@"], self.fill(args[1])))
        if op in ("fun", "val") and args[0] in self.rule.functions:
            return self._function(term)
        return self._sized(term)

    def _function(self, term: Term) -> Term:
        name, order, *shape = self.given[term.args[0]]
        if term.op == "fun":
            return Term("fun", (name, order + term.args[1], self.fill(term.args[2])))
        return Term("val", (name, *shape, order + term.args[3], self.fill(term.args[4])))

    def _sized(self, term: Term) -> Term:
        args = (
            self.fill(arg) if isinstance(arg, Term) else self.size(arg) if isinstance(arg, tuple) else arg
            for arg in term.args
        )
        return Term(term.op, tuple(args))


def size_of(term: Term) -> Size | None:
    """Return the size that a scalar is, or None if it is not a sum of products of names and whole numbers."""
    if term.op == "s":
        return size(str(term.args[0]))
    if term.op == "#":
        return size(int(term.args[0])) if term.args[0].denominator == 1 else None
    parts = [size_of(arg) if isinstance(arg, Term) else None for arg in term.args]
    if term.op not in ("+", "*") or any(part is None for part in parts):
        return None
    sizes = [part for part in parts if part is not None]
    return size_sum(*sizes) if term.op == "+" else size_product(*sizes)


def _core(variable: Term) -> str:
    core = variable.args[0] if variable.op in ("e", "inv", "^", "vec") else variable
    return str(core.args[0])


@cache
def axiom(name: str) -> Axiom:
    """Return a rule of the catalogue as an axiom.

    Raises
    ------
    RuleMisused
        If there is no such rule.

    Examples
    --------
    >>> axiom("transpose-of-product").lhs
    (t (@ (M A ((('m',), 1),) ((('n',), 1),)) (M B ((('n',), 1),) ((('p',), 1),))))
    """
    rule = CATALOGUE.get(name)
    if rule is None:
        raise RuleMisused(f"there is no rule {name!r}")
    return compile_rule(rule)


def rule_statement(rule: Rule) -> Statement:
    """Read the statement of a rule under its declarations.

    Raises
    ------
    RuleMisused
        If a declaration is none.
    """
    scope = Scope(extended=True)
    for text in (*rule.declare, *rule.given):
        if not declare(text, scope):
            raise RuleMisused(f"{rule.name}: {text} is not a declaration")
    (chain,) = chains(Excerpt.of(rule.statement))
    if not (isinstance(chain, Chain) and len(chain.sides) == 2 and all(chain.sides)):
        raise RuleMisused(f"{rule.name}: {rule.statement} is not an equation")
    left, right = (parse_side(side or [], scope, chain.signs[0].span) for side in chain.sides)
    return state(left, right, scope, Reading())


def compile_rule(rule: Rule) -> Axiom:
    """Read a rule as an equation between terms."""
    statement = rule_statement(rule)
    encoder = Encoder(statement.scope, statement.free, statement.varying)
    lhs, rhs = encoder.encode(statement.lhs), encoder.encode(statement.rhs)
    changes = {str(_name(change)): str(_name(symbol)) for symbol, change in statement.varying.items()}
    if changes:
        lhs, rhs = _differentials(lhs, changes), _differentials(rhs, changes)
    letters, families, functions = {}, {}, set()
    for key, declaration in statement.scope.declarations.items():
        if declaration.kind in (Kind.FUNCTION, Kind.CURVE):
            functions.add(key)
        elif declaration.kind is Kind.SIZE:
            continue
        else:
            sizes = () if declaration.shape is None else tuple(encoder.size(dim) for dim in declaration.shape)
            pattern = Term("M", (key, *sizes)) if sizes else Term("s", (key,))
            if declaration.ranges:
                families[key] = pattern, tuple(encoder.size(upper) for upper in declaration.ranges)
            else:
                letters[key] = pattern
    facts = {
        key: frozenset(fact.value for fact in declaration.facts)
        for key, declaration in statement.scope.declarations.items()
        if declaration.facts
    }
    for key, pattern in letters.items():  # writing an inverse states that there is one
        if Term("inv", (pattern,)).key in lhs.key if pattern.shape and pattern.shape[0] == pattern.shape[1] else False:
            facts[key] = facts.get(key, frozenset()) - {"invertible"}
    exponents = [
        key for key, d in statement.scope.declarations.items() if d.kind is Kind.SIZE and _is_scalar(rule, key)
    ]
    for key in exponents:
        letters[key] = Term("s", (key,))
        facts[key] = frozenset(("natural",))
    return Axiom(
        rule.name,
        lhs,
        rhs,
        letters,
        {key: value for key, value in families.items() if key in lhs.names | rhs.names},
        frozenset(functions),
        {name: index for name, index in encoder.top.indices.items()},
        facts,
        frozenset(changes.values()),
        bool(rule.domain),
    )


def _is_scalar(rule: Rule, key: str) -> bool:
    r"""Whether a natural number is a letter of its own: declared by ``p \in \mathbb{N}``."""
    return any(text.replace(" ", "") == f"{key}\\in\\mathbb{{N}}" for text in (*rule.declare, *rule.given))


def _name(symbol: Any) -> str:
    return str(symbol.name if symbol.is_Symbol else symbol.args[0].name)


def _differentials(term: Term, changes: Mapping[str, str]) -> Term:
    """Return a side with every change ``dA`` as the differential of the letter ``A``."""
    if term.op in ("s", "M", "m", "MM") and term.args[0] in changes:
        letter = Term(term.op, (changes[term.args[0]], *term.args[1:]))
        return Term("d", (_WHAT_VARIES, letter))
    if term.op in ("at",):
        raise RuleMisused("a rule of differentials about a structured letter")
    args = (_differentials(arg, changes) if isinstance(arg, Term) else arg for arg in term.args)
    return Term(term.op, (_WHAT_VARIES, *list(args)[1:]) if term.op == "d" else tuple(args))


_WHAT_VARIES = Term("var", ())
