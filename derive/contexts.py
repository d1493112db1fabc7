"""Contexts in which a hypothesis has a product of a claim: what it is multiplied by, weighted with and summed over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from derive.hypotheses import Hypothesis, indices_in
from derive.isolate import coefficients
from derive.kernel import Kernel, Rejected, Use
from derive.polynomial import EULER, Exponent, Mono, Poly, Word, product_term
from derive.term import Shape, Term, number, replace_index

MAX_VALUES = 90
MAX_INVERSES = 3


class Contexts:
    """Contexts for the hypotheses of one claim.

    Parameters
    ----------
    kernel
        Knows the hypotheses as its lemmas, and the rules.
    hypotheses
        What is given.
    claim
        The sides of the claim, for the inverses that stand in it.
    """

    def __init__(self, kernel: Kernel, hypotheses: tuple[Hypothesis, ...], claim: tuple[Term, ...] = ()) -> None:
        self.kernel = kernel
        self.inverses = list(dict.fromkeys(inverse for side in claim for inverse in _inverses(side)))[:MAX_INVERSES]
        self.hypotheses = hypotheses
        self.values: dict[tuple[str, Term, tuple[tuple[str, Term], ...]], Poly] = {}
        self.spent = 0
        self.forms: dict[tuple[str, Term, tuple[tuple[str, Term], ...], Term | bool], list[Term]] = {}

    def value(self, use: Use, shape: Shape | None) -> Poly:
        """Return what a use of a hypothesis says, or nothing if it may not be used so."""
        key = use.name, use.context, tuple(use.indices.items())
        found = self.values.get(key)
        if found is None:
            if self.spent >= MAX_VALUES:
                return {}
            self.spent += 1
            try:
                found = self.kernel.consequence(use, shape)
            except (Rejected, ValueError):
                found = {}
            self.values[key] = found
        return found

    def matches(
        self, mono: Mono, word: Word, shape: Shape | None, around: tuple[Term, ...]
    ) -> Iterator[tuple[Term, Hypothesis, dict[str, Term]]]:
        """Yield contexts in which a hypothesis has this product; ``around`` are the indices bound around it."""
        for hypothesis in self.hypotheses:
            for inner, indices in self._instances(hypothesis, mono, word, around):
                for form in self._forms(hypothesis, inner, indices, word):
                    for other, letters in self._known(hypothesis, form, indices):
                        for context in self._placed(form, mono, word, other, letters, shape):
                            if context.shape == shape:
                                yield context, hypothesis, indices
        yield from self._inside_sums(mono, word, shape, around)

    # -- forms of a hypothesis ---------------------------------------------------------------------------------

    def _forms(self, hypothesis: Hypothesis, inner: Term, indices: dict[str, Term], word: Word) -> list[Term]:
        """Return the forms of a hypothesis that are placed where a word stands."""
        letter = word[0] if word and len(word) == 1 else any(letter.op == "vec" for letter in word or ())
        key = hypothesis.name, inner, tuple(indices.items()), letter
        if key not in self.forms:
            self.forms[key] = list(self._formed(hypothesis, inner, indices, word))
        return self.forms[key]

    def _formed(self, hypothesis: Hypothesis, inner: Term, indices: dict[str, Term], word: Word) -> Iterator[Term]:
        """Yield a hypothesis, its transpose or vec, also multiplied by inverses; and it contracted to a scalar."""
        if inner.shape is None:
            yield inner
            return
        forms = [inner, Term("t", (inner,))]
        if word and any(letter.op == "vec" for letter in word):
            forms.append(Term("vec", (inner,)))
        if any(
            letter.op in ("had", "diag")
            for _, letters in self._known(hypothesis, inner, indices)
            for letter in letters or ()
        ):
            forms += self._untied(inner)
        for form in list(forms):
            forms += self._without_ends(hypothesis, form, indices)
            forms += self._with_inverses(form, self._known(hypothesis, form, indices), word)
        yield from forms
        for form in forms:
            yield from self._contracted(hypothesis, form, indices)

    def _untied(self, inner: Term) -> list[Term]:
        """Return what undoes the tying of symmetric pairs: from 2 G - G∘I, twice G is that and its diagonal."""
        assert inner.shape is not None
        if inner.shape[0] != inner.shape[1]:
            return []
        return [Term("+", (inner, Term("had", (inner, Term("I", (inner.shape[0],))))))]

    def _with_inverses(self, form: Term, known: Poly, word: Word) -> Iterator[Term]:
        """Yield a hypothesis multiplied by inverses that stand in the claim, or of what an unknown is multiplied by."""
        inverses = list(self.inverses)
        if word and len(word) == 1:
            inverses += [
                Term("inv", (matrix,))
                for matrix in coefficients(known, word[0])
                if matrix.op == "+" and self.kernel.shown.is_invertible(self.kernel.raw.canon(matrix))
            ]
        for inverse in inverses:
            for before, after in (((inverse,), ()), ((), (inverse,))):
                if _conforms(before, form, after):
                    yield _word(before, form, after)

    def _contracted(self, hypothesis: Hypothesis, form: Term, indices: dict[str, Term]) -> Iterator[Term]:
        """Yield a hypothesis multiplied to a scalar by what another one multiplies its unknown by."""
        alone = {word[0] for _, word in self._known(hypothesis, form, indices) if word and len(word) == 1}
        for letters in self.traces if alone else ():
            for place, letter in enumerate(letters):
                rest = letters[place + 1 :] + letters[:place]
                if letter in alone and rest and rest[0].shape is not None and _conforms(rest, form, ()):
                    yield Term("tr", (_word(rest, form, ()),))

    @cached_property
    def traces(self) -> list[tuple[Term, ...]]:
        """The words of the traces in hypotheses that are scalar."""
        found: dict[tuple[Term, ...], None] = {}
        for hypothesis in self.hypotheses:
            if hypothesis.lhs.shape is None:
                for mono, _ in self._known(hypothesis, hypothesis.hole, {}):
                    for base, _ in mono:
                        if base.op == "tr" and base.args[0].op == "@":
                            found[base.args[0].args] = None
        return list(found)

    def _without_ends(self, hypothesis: Hypothesis, inner: Term, indices: dict[str, Term]) -> Iterator[Term]:
        """Yield a hypothesis without the inverses (or invertible letters) at the ends of its words."""
        words = [word for _, word in self._known(hypothesis, inner, indices) if word]
        if not words:
            return
        first, last = ({word[end] for word in words} for end in (0, -1))
        lefts, rights = (sorted(map(_inverse, filter(self._is_cleared, ends)), key=str) for ends in (first, last))
        for before in ((), *((letter,) for letter in lefts)):
            for after in ((), *((letter,) for letter in rights)):
                if (before or after) and _conforms(before, inner, after):
                    yield _word(before, inner, after)

    def _is_cleared(self, letter: Term) -> bool:
        return letter.op == "inv" or (letter.op != "sum" and self.kernel.shown.is_invertible(letter))

    def _known(self, hypothesis: Hypothesis, inner: Term, indices: dict[str, Term]) -> Poly:
        return self.value(Use(hypothesis.name, indices, inner), inner.shape)

    def _instances(
        self, hypothesis: Hypothesis, mono: Mono, word: Word, around: tuple[Term, ...]
    ) -> Iterator[tuple[Term, dict[str, Term]]]:
        """Yield a hypothesis as it stands, for the indices bound around it, and summed over each free index."""
        hole = hypothesis.hole
        holes = [hole]
        known = self._known(hypothesis, hole, {})
        if any(base.op == "fun" and base.args[0] == "log" for factors, _ in known for base, _ in factors):
            holes.append(Term("^", (EULER, hole)))
        choices: list[dict[str, Term]] = [{}]
        present = {index for base, _ in mono for index in indices_in(base)}
        present |= {index for letter in word or () for index in indices_in(letter)}
        for index in hypothesis.free:
            others = [o for o in (*around, *sorted(present, key=str)) if o.args[1:] == index.args[1:] and o != index]
            choices = [{**c, **more} for c in choices for more in ({}, *({index.args[0]: other} for other in others))]
        for choice in choices[:8]:
            yield from ((each, choice) for each in holes)
        if around:
            return
        for index in hypothesis.free:
            bound = Term("ix", (f"{index.args[0]}@s", *index.args[1:]))
            for weight in (None, *self._weights(index)):
                for each in holes:
                    body = each if weight is None else scaled(replace_index(weight, index, bound), each)
                    yield Term("sum", (bound, Term("true", ()), body)), {index.args[0]: bound}

    def _weights(self, index: Term) -> list[Term]:
        """Return the scalar members that hypotheses mention, at an index: what one multiplies by before summing."""
        found: dict[Term, None] = {}
        for hypothesis in self.hypotheses:
            stack = [hypothesis.lhs, hypothesis.rhs]
            while stack:
                node = stack.pop()
                if node.op == "m" and len(node.args) == 2 and node.args[1].args[1:] == index.args[1:]:
                    found[Term("m", (node.args[0], index))] = None
                stack.extend(arg for arg in node.args if isinstance(arg, Term))
        return list(found)

    def _placed(
        self, inner: Term, mono: Mono, word: Word, other: Mono, letters: Word, shape: Shape | None
    ) -> Iterator[Term]:
        """Yield contexts that turn one product into the other."""
        scale = _quotient(mono, other)
        divisors = [base for base, exponent in scale if not isinstance(exponent, Term) and exponent < 0]
        if not all(map(self._may_divide, divisors)):
            return
        if letters is None:
            if word is None:
                yield _times(scale, inner)
            elif shape is not None:
                yield Term(".", (_times(scale, inner), product_term((), word, shape)))
        elif word is None:
            yield from self._in_traces(inner, scale, letters)
        else:
            for before, after in _around(letters, word):
                if _conforms(before, inner, after):
                    yield _times(scale, _word(before, inner, after))

    def _may_divide(self, base: Term) -> bool:
        return base == EULER or base.op == "#" or self.kernel.shown.is_nonzero(base)

    def _in_traces(self, inner: Term, scale: Mono, letters: tuple[Term, ...]) -> Iterator[Term]:
        for base, exponent in scale:
            if base.op != "tr" or exponent != 1:
                continue
            turned = base.args[0].args if base.args[0].op == "@" else base.args
            rest = tuple(factor for factor in scale if factor[0] != base)
            for place in range(len(turned)):
                turn = turned[place:] + turned[:place]
                if turn[: len(letters)] == letters and _conforms((), inner, turn[len(letters) :]):
                    yield _times(rest, Term("tr", (_word((), inner, turn[len(letters) :]),)))

    def _inside_sums(
        self, mono: Mono, word: Word, shape: Shape | None, around: tuple[Term, ...]
    ) -> Iterator[tuple[Term, Hypothesis, dict[str, Term]]]:
        """Yield contexts inside the sums of a product."""
        if len(around) > 1:
            return
        places: list[tuple[Term, Mono, tuple[Term, ...], tuple[Term, ...]]] = [
            (base, tuple(factor for factor in mono if factor[0] != base), (), ())
            for base, exponent in mono
            if base.op == "sum" and exponent == 1
        ]
        for place, letter in enumerate(word or ()):
            if letter.op == "sum" and word is not None:
                places.append((letter, mono, word[:place], word[place + 1 :]))
        for total, rest, before, after in places:
            index, condition, body = total.args
            if condition.op != "true":
                continue
            for inner_mono, inner_word in self.kernel.poly(body):
                found = self.matches(inner_mono, inner_word, body.shape, (*around, index))
                for context, hypothesis, indices in found:
                    summed = Term("sum", (index, condition, context))
                    if word is None or body.shape is not None:
                        placed = summed if body.shape is None else _word(before, summed, after)
                        yield _times(rest, placed), hypothesis, indices
                    elif shape is not None:
                        yield Term(".", (_times(rest, summed), product_term((), word, shape))), hypothesis, indices


def _inverses(term: Term) -> Iterator[Term]:
    """Yield the inverses of sums in a term that have no index of a sum in them."""
    if term.op == "inv" and term.args[0].op in ("+", "@", "."):
        yield term
    if term.op not in ("sum", "prod"):
        for arg in term.args:
            if isinstance(arg, Term):
                yield from _inverses(arg)


def _quotient(mono: Mono, other: Mono) -> Mono:
    """Return mono / other."""
    powers = dict(mono)
    for base, exponent in other:
        held = powers.pop(base, 0)
        if held == exponent:
            continue
        if isinstance(exponent, Term) or isinstance(held, Term):
            parts = (held if isinstance(held, Term) else number(held), scaled(number(-1), _exponent(exponent)))
            powers[base] = Term("+", parts) if held != 0 else parts[1]
        else:
            powers[base] = held - exponent
    return tuple(sorted(powers.items(), key=lambda factor: factor[0].key))


def _exponent(exponent: Exponent) -> Term:
    return exponent if isinstance(exponent, Term) else number(exponent)


def _times(mono: Mono, term: Term) -> Term:
    return scaled(product_term(mono, None, None), term) if mono else term


def scaled(scalar: Term, term: Term) -> Term:
    """Return a number times a term."""
    return Term("*", (scalar, term)) if term.shape is None else Term(".", (scalar, term))


def _word(before: tuple[Term, ...], term: Term, after: tuple[Term, ...]) -> Term:
    return Term("@", (*before, term, *after)) if before or after else term


def _around(letters: tuple[Term, ...], word: tuple[Term, ...]) -> Iterator[tuple[tuple[Term, ...], tuple[Term, ...]]]:
    """Yield what stands before and after letters in each place of a word; an identity stands everywhere."""
    size = len(letters)
    for place in range(len(word) - size + 1):
        if word[place : place + size] == letters:
            yield word[:place], word[place + size :]


def _conforms(before: tuple[Term, ...], term: Term, after: tuple[Term, ...]) -> bool:
    shapes = [letter.shape for letter in (*before, term, *after)]
    return all(one is not None and two is not None and one[1] == two[0] for one, two in pairwise(shapes))


def _inverse(letter: Term) -> Term:
    return letter.args[0] if letter.op == "inv" else Term("inv", (letter,))
