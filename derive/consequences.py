"""Search for a way in which a claim follows from what is given.

What is left of a claim, a sum of products, is written as a combination of hypotheses in contexts: scalars and matrices
multiply a hypothesis, sums are taken over its free indices. Contexts are found by matching products of the claim with
products of hypotheses; which of them combine to the claim is linear algebra over the rationals. Nothing here is
trusted: the kernel computes what each use of a hypothesis says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from derive.contexts import Contexts, scaled
from derive.kernel import Use
from derive.polynomial import Mono, Number, Poly, Word, add_into, sort_key
from derive.term import Shape, Term, number

MAX_AT_ONCE = 40
MAX_DEPTH = 4
MAX_PRODUCTS = 60

Product = tuple[Mono, Word]


@dataclass(slots=True)
class Basis:
    """Uses of hypotheses in echelon form, each with its combination of the uses that were added."""

    rows: list[tuple[Product, Poly, dict[int, Number]]] = field(default_factory=list)

    def reduce(self, poly: Poly, combination: dict[int, Number]) -> Poly:
        """Return what is left of a sum; the combination that was subtracted is added in place."""
        left = dict(poly)
        for lead, row, made_of in self.rows:
            count = left.get(lead)
            if count:
                add_into(left, row, -count)
                for place, share in made_of.items():
                    combination[place] = combination.get(place, 0) + count * share
        return left

    def add(self, poly: Poly, place: int) -> bool:
        """Add a use; whether it was independent of the others."""
        combination: dict[int, Number] = {}
        left = self.reduce(poly, combination)
        if not left:
            return False
        lead = min(left, key=sort_key)
        scale = Fraction(1) / left[lead]
        made_of: dict[int, Number] = {
            place: scale,
            **{other: -share * scale for other, share in combination.items() if share},
        }
        row: Poly = {product: count * scale for product, count in left.items()}
        for index, (other, known, parts) in enumerate(self.rows):
            count = known.get(lead)
            if count:
                add_into(known, row, -count)
                for part, share in made_of.items():
                    parts[part] = parts.get(part, 0) - count * share
                self.rows[index] = other, known, parts
        self.rows.append((lead, row, made_of))
        return True


class Consequences(Contexts):
    """The search for one claim."""

    def combination(self, left: Poly, shape: Shape | None) -> tuple[Use, ...] | None:
        """Return uses of hypotheses whose sum is what is left of a claim, or None if none was found."""
        self.spent = 0
        basis = Basis()
        uses: list[Use] = []
        used: set[tuple[str, Term]] = set()
        targets, seen = list(left), set(left)
        for _ in range(MAX_DEPTH):
            fresh: list[Product] = []
            for use in self._simplest(targets, shape, used):
                value = self.value(use, shape)
                if not value or len(value) > MAX_PRODUCTS or not basis.add(value, len(uses)):
                    continue
                uses.append(use)
                found: dict[int, Number] = {}
                if not basis.reduce(left, found):
                    return tuple(_scaled(uses[place], share) for place, share in sorted(found.items()) if share)
                fresh += [product for product in value if product not in seen]
                seen.update(value)
            targets = fresh
        return None

    def _simplest(self, targets: list[Product], shape: Shape | None, used: set[tuple[str, Term]]) -> list[Use]:
        """Return the uses in the shortest contexts that were not tried yet."""
        found: dict[tuple[str, Term], Use] = {}
        for use in self._uses(targets, shape):
            key = use.name, use.context
            if key not in used:
                found.setdefault(key, use)
        chosen = sorted(found.values(), key=lambda use: len(use.context.key))[:MAX_AT_ONCE]
        used.update((use.name, use.context) for use in chosen)
        return chosen

    def _uses(self, targets: list[Product], shape: Shape | None) -> Iterator[Use]:
        for mono, word in targets:
            for context, hypothesis, indices in self.matches(mono, word, shape, ()):
                yield Use(hypothesis.name, indices, context)


def _scaled(use: Use, share: Number) -> Use:
    return Use(use.name, use.indices, scaled(number(share), use.context))
