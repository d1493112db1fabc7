"""Products, quotients and sums of exponentials and determinants are kept as logarithms until they are needed.

A value is carried as mantissa · exp(log). Products add logarithms, so that what overflows alone is divided out before
it is formed; a sum is a log-sum-exp that takes the maximum out *with* the logs of positive weights; a logarithm of
such a value is read off. Thereby ``a_k / Σ_j a_j`` becomes ``exp(log a_k − logsumexp log a)``, and
``1 / (1 + exp(u))`` a sigmoid.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from numeric import construct as c
from numeric.known import is_definite, is_positive, is_semidefinite
from numeric.passes.cancellation import uncancelled
from numeric.passes.exponents import (
    exponential,
    has,
    in_halves,
    is_determinant,
    is_ratio,
    is_zero,
    kept,
    log_cosh,
    log_of,
    of_two,
    size_of,
    softplus,
    tails,
)
from numeric.passes.quotients import Powers, base_of, collected, powers_of
from numeric.program import Node, make, nodes

ZERO = c.number(0)
LARGE_EXPONENT = 10
"""From here on, and where it is not known, a power takes part in products by its logarithm."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """``mantissa · exp(log)``; ``direct`` is the value where it stands alone; ``soft`` if it can neither over- nor
    underflow harmfully, so that sums may take it as it is.
    """

    mantissa: Node
    log: Node | None = None
    direct: Node | None = None
    soft: bool = False


def in_logarithms(node: Node) -> Node:
    """Return a node that computes the same in a way that neither overflows nor cancels where its value does not."""
    return _Domain().plain(node)


class _Domain:
    def __init__(self) -> None:
        self.known: dict[Node, Scaled] = {}
        self.values: dict[Node, Node] = {}

    def plain(self, node: Node) -> Node:
        """Return the value of a node."""
        for part in nodes(node):
            if part not in self.values:
                self.values[part] = self._plain(part)
        return self.values[node]

    def _plain(self, node: Node) -> Node:
        if node.op == "fn" and node.data[0] == "log":
            return self._log(node.args[0])
        if node.op in _RULES or node.op == "fn":
            return self.value(self.of(node))
        return c.rebuilt(node, tuple(self.plain(arg) for arg in node.args))

    def value(self, scaled: Scaled) -> Node:
        """Return the value of a scaled number."""
        if scaled.log is None:
            return scaled.mantissa
        if scaled.direct is not None:
            return scaled.direct
        if has(scaled.mantissa, "inv") and is_determinant(scaled.log):
            return in_halves(scaled.mantissa, scaled.log)
        return c.mul(scaled.mantissa, exponential(scaled.log))

    def of(self, node: Node) -> Scaled:
        """Return a node as mantissa and logarithm."""
        found = self.known.get(node)
        if found is None:
            rule = _RULES.get(node.op)
            found = Scaled(self.plain(node)) if rule is None else rule(self, node)
            self.known[node] = found
        return found

    def _log(self, node: Node) -> Node:
        scaled = self.of(node)
        if scaled.log is not None:
            rest = () if scaled.mantissa.op == "one" else (log_of(scaled.mantissa),)
            return tails(c.add(*rest, scaled.log))
        return log_of(scaled.mantissa)

    # -- rules ---------------------------------------------------------------------------------------------------

    def fn(self, node: Node) -> Scaled:
        name, u = node.data[0], self.plain(node.args[0])
        one = c.one(node.shape)
        if name == "exp":
            return self._exponential(node.args[0])
        if name == "sigmoid":
            return Scaled(one, c.negative(softplus(c.negative(u))), c.function("sigmoid", u), soft=True)
        if name in ("cosh", "sech"):  # log cosh u = softplus(2u) − u − log 2
            log = log_cosh(u)
            if name == "cosh":
                return Scaled(one, log, c.function("cosh", u))
            return Scaled(one, c.negative(log), exponential(c.negative(log)), soft=True)
        if name == "sinh":  # tanh u · cosh u
            return Scaled(c.function("tanh", u), log_cosh(u), c.function("sinh", u))
        if name == "log":
            return Scaled(self._log(node.args[0]))
        if name == "abs":
            part = self.of(node.args[0])
            direct = None if part.direct is None else c.function("abs", part.direct)
            return Scaled(size_of(part.mantissa), part.log, direct, part.soft)
        return Scaled(c.function(name, u))

    def _exponential(self, argument: Node) -> Scaled:
        """Return exp(Σ c log t + rest) as Π t^c · exp(rest)."""
        terms = zip(argument.data, argument.args, strict=True) if argument.op == "add" else [(Fraction(1), argument)]
        powers, rest = [], []
        for k, term in terms:
            if term.op == "fn" and term.data[0] == "log":
                powers.append(c.power(term.args[0], c.number(k)))
            else:
                rest.append((k, term))
        if powers:
            left = c.function("exp", c.combination(rest, argument.shape)) if rest else c.one(argument.shape)
            return self.of(c.mul(left, *powers))
        u = self.plain(argument)
        return Scaled(c.one(argument.shape), u, c.function("exp", u), soft=is_ratio(u))

    def det(self, node: Node) -> Scaled:
        matrix = self.plain(node.args[0])
        log = make("logdet", (matrix,))
        if is_semidefinite(matrix):
            return Scaled(c.one(), log, make("det", (matrix,)) if not is_definite(matrix) else None)
        return Scaled(make("detsign", (matrix,)), log, make("det", (matrix,)))

    def pow(self, node: Node) -> Scaled:
        base, exponent = self.of(node.args[0]), self.plain(node.args[1])
        e = c.value_of(exponent)
        if base.log is None:
            power = c.power(base.mantissa, exponent)
            if is_positive(base.mantissa) and (e is None or abs(e) >= LARGE_EXPONENT):
                return Scaled(c.one(node.shape), c.mul(exponent, log_of(base.mantissa)), power)
            return Scaled(power)
        log = c.mul(exponent, base.log) if e is None else c.scale(e, base.log)
        whole = e is not None and e.denominator == 1
        is_even = e is not None and e.denominator == 1 and e.numerator % 2 == 0
        is_sign = base.mantissa.op == "detsign" and is_even
        mantissa = c.one() if is_sign else c.power(base.mantissa, exponent)
        direct = c.power(base.direct, exponent) if base.direct is not None and whole and e > 0 and base.soft else None  # type: ignore[operator]
        return Scaled(mantissa, log, direct, (base.soft and direct is not None) or is_ratio(log))

    def mul(self, node: Node) -> Scaled:
        parts = [self.of(arg) for arg in node.args]
        logs = [part for part in parts if part.log is not None]
        if not logs:
            return Scaled(c.mul(*(part.mantissa for part in parts)))
        mantissa = c.mul(*(part.mantissa for part in parts))
        if len(logs) == 1:
            (only,) = logs
            others = [part.mantissa for part in parts if part is not only]
            inverted = is_determinant(only.log) and any(has(other, "inv") for other in others)
            direct = None if only.direct is None or inverted else c.mul(*others, only.direct)
            return Scaled(mantissa, only.log, direct, only.soft)
        log = of_two(c.add(*(part.log for part in logs if part.log is not None)))
        soft = all(part.soft for part in logs) or is_ratio(log)
        return Scaled(mantissa) if is_zero(log) else Scaled(mantissa, log, soft=soft)

    def add(self, node: Node) -> Scaled:
        parts = [self.of(arg) for arg in node.args]
        terms = [(k, part) for k, part in zip(node.data, parts, strict=True)]
        found = self._fraction(terms, node)
        if found is not None:
            return found
        plain = uncancelled(c.combination([(k, self.value(part)) for k, part in terms], node.shape))
        hard = [part for part in parts if part.log is not None and not part.soft]
        if plain.op == "fn" and plain.data[0] == "sigmoid":
            log = c.negative(softplus(c.negative(plain.args[0])))
            return Scaled(c.one(node.shape), log, plain, soft=True)
        if not hard:
            return Scaled(plain)
        if len(terms) == 1:
            k, part = terms[0]
            return Scaled(c.scale(k, part.mantissa), part.log, c.scale(k, self.value(part)), part.soft)
        if all(k > 0 and is_positive(part.mantissa) for k, part in terms):
            logs = [_whole_log(k, part, node) for k, part in terms]
            zeros = [log for log in logs if c.value_of(log) == 0]
            if len(logs) == 2 and zeros:
                log = softplus(next(log for log in logs if c.value_of(log) != 0))
            else:
                log = make("logaddexp", logs, shape=node.shape)
            return Scaled(c.one(node.shape), log, plain)
        if len(terms) == 2 and terms[0][0] == -terms[1][0] and all(p.mantissa.op == "one" for p in parts):
            return self._difference(terms[0][0], parts, plain)
        return self._signed(terms, plain)

    def _fraction(self, terms: list[tuple[Fraction, Scaled]], node: Node) -> Scaled | None:
        """Return a sum of powers of exp(u) and 1 + exp(u) as one fraction for each factor in front."""
        u = base_of([part.log for _, part in terms])
        if u is None or len(terms) < 2:
            return None
        groups: dict[Node, list[tuple[Fraction, Powers]]] = {}
        for k, part in terms:
            powers = powers_of(part.log, u)
            if powers is None:
                return None
            factor, rest = c.split(part.mantissa)
            groups.setdefault(rest, []).append((k * factor, powers))
        made = {rest: collected(group) if len(group) > 1 else group for rest, group in groups.items()}
        if any(group is None for group in made.values()) or all(len(group) == 1 for group in groups.values()):
            return None
        parts = [
            (k, rest, c.combination([(Fraction(p), u), (Fraction(q), c.function("softplus", u))], u.shape))
            for rest, group in made.items()
            for k, (p, q) in group or ()
        ]
        logs = [log for _, _, log in parts]
        if len(parts) == 1 and not is_zero(logs[0]):
            k, rest, log = parts[0]
            return Scaled(c.scale(k, rest), log, soft=is_ratio(log))
        values = [(k, rest if is_zero(log) else c.mul(rest, exponential(log))) for k, rest, log in parts]
        return Scaled(uncancelled(c.combination(values, node.shape)))

    def _difference(self, k: Fraction, parts: list[Scaled], plain: Node) -> Scaled:
        """Return k (exp a − exp b) as mantissa −expm1(−|a − b|) sign(a − b) and logarithm max(a, b)."""
        a, b = (ZERO if part.log is None else part.log for part in parts)
        gap = c.add(a, c.negative(b))
        size = c.function("expm1", c.negative(c.function("abs", gap)))
        mantissa = c.scale(-k, c.mul(size, c.function("sign", gap)))
        top = make("maximum", (a, b), shape=gap.shape)
        if c.value_of(b) == 0:
            return Scaled(mantissa, top, c.scale(k, c.function("expm1", a)))
        if c.value_of(a) == 0:
            return Scaled(mantissa, top, c.scale(-k, c.function("expm1", b)))
        return Scaled(mantissa, top)

    def _signed(self, terms: list[tuple[Fraction, Scaled]], plain: Node) -> Scaled:
        """Return a sum of terms of any sign with the largest exponential taken out."""
        logs = [ZERO if part.log is None else part.log for _, part in terms]
        shape = max((log.shape for log in logs), key=len)
        top = make("maximum", tuple(dict.fromkeys(logs)), shape=shape)
        scaled = [
            (k, c.mul(part.mantissa, exponential(c.add(log, c.negative(top)))))
            for (k, part), log in zip(terms, logs, strict=True)
        ]
        return Scaled(c.combination(scaled, plain.shape), top, plain)

    def matmul(self, node: Node) -> Scaled:
        if len(node.args) == 2 and node.is_number:
            columns = (c.transpose(node.args[0]), node.args[1])
            parts = [self.of(column) for column in columns]
            if any(part.log is not None and not part.soft for part in parts):
                found = self.of(c.total(c.mul(*columns), 0))
                kept = c.rebuilt(node, tuple(self.plain(arg) for arg in node.args))
                return Scaled(found.mantissa, found.log, kept, found.soft)
        return Scaled(c.rebuilt(node, tuple(self.plain(arg) for arg in node.args)))

    def sum(self, node: Node) -> Scaled:
        part, over = self.of(node.args[0]), node.data[0]
        direct = c.total(self.value(part), over)
        if part.log is None or part.soft:
            return Scaled(direct)
        fits = (isinstance(over, int) and part.log.shape == node.args[0].shape) or over in part.log.axes
        if not fits:
            return Scaled(c.total(part.mantissa, over), part.log, direct)
        if is_positive(part.mantissa) and (part.mantissa.shape == part.log.shape or part.mantissa.op == "one"):
            log = part.log if part.mantissa.op == "one" else c.add(log_of(part.mantissa), part.log)
            return Scaled(c.one(node.shape), c.reduction("lse", log, over), direct)
        top = c.reduction("max", part.log, over)
        shifted = c.add(part.log, c.negative(kept(top, part.log, over)))
        return Scaled(c.total(c.mul(part.mantissa, exponential(shifted)), over), top, direct)

    def transpose(self, node: Node) -> Scaled:
        part = self.of(node.args[0])
        if part.log is None:
            return Scaled(c.transpose(part.mantissa))
        direct = None if part.direct is None else c.transpose(part.direct)
        return Scaled(c.transpose(part.mantissa), c.transpose(part.log), direct, part.soft)

    def where(self, node: Node) -> Scaled:
        test, part = self.plain(node.args[0]), self.of(node.args[1])
        return Scaled(make("where", (test, self.value(part)), shape=node.shape))


def _whole_log(k: Fraction, part: Scaled, node: Node) -> Node:
    logs = [] if part.log is None else [part.log]
    if part.mantissa.op != "one":
        logs.append(log_of(part.mantissa))
    if k != 1:
        logs.append(c.function("log", c.number(k)))
    found = c.add(*logs) if logs else ZERO
    return found if c.value_of(found) is not None or found.shape == node.shape else c.mul(found, c.one(node.shape))


_RULES = {
    "fn": _Domain.fn, "det": _Domain.det, "pow": _Domain.pow, "mul": _Domain.mul, "add": _Domain.add,
    "matmul": _Domain.matmul, "sum": _Domain.sum, "transpose": _Domain.transpose, "where": _Domain.where,
}  # fmt: skip
