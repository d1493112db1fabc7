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
from numeric.passes.quotients import Powers, base_of, collected, powers_of
from numeric.program import Node, make, nodes

ZERO = c.number(0)
LARGE_EXPONENT = 10
"""From here on, and where it is not known, a power takes part in products by its logarithm."""
_NORMALISERS = frozenset({"lse", "logaddexp", "max", "maximum"})


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
        if _has(scaled.mantissa, "inv") and _is_determinant(scaled.log):
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
            log = _log_cosh(u)
            if name == "cosh":
                return Scaled(one, log, c.function("cosh", u))
            return Scaled(one, c.negative(log), exponential(c.negative(log)), soft=True)
        if name == "sinh":  # tanh u · cosh u
            return Scaled(c.function("tanh", u), _log_cosh(u), c.function("sinh", u))
        if name == "log":
            return Scaled(self._log(node.args[0]))
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
        return Scaled(c.one(argument.shape), u, c.function("exp", u), soft=_is_ratio(u))

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
        mantissa = base.mantissa if base.mantissa.op == "one" else c.power(base.mantissa, exponent)
        direct = c.power(base.direct, exponent) if base.direct is not None and whole and e > 0 and base.soft else None  # type: ignore[operator]
        return Scaled(mantissa, log, direct, (base.soft and direct is not None) or _is_ratio(log))

    def mul(self, node: Node) -> Scaled:
        parts = [self.of(arg) for arg in node.args]
        logs = [part for part in parts if part.log is not None]
        if not logs:
            return Scaled(c.mul(*(part.mantissa for part in parts)))
        mantissa = c.mul(*(part.mantissa for part in parts))
        if len(logs) == 1:
            (only,) = logs
            others = [part.mantissa for part in parts if part is not only]
            inverted = _is_determinant(only.log) and any(_has(other, "inv") for other in others)
            direct = None if only.direct is None or inverted else c.mul(*others, only.direct)
            return Scaled(mantissa, only.log, direct, only.soft)
        log = _of_two(c.add(*(part.log for part in logs if part.log is not None)))
        soft = all(part.soft for part in logs) or _is_ratio(log)
        return Scaled(mantissa) if _is_zero(log) else Scaled(mantissa, log, soft=soft)

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
        if len(parts) == 1 and not _is_zero(logs[0]):
            k, rest, log = parts[0]
            return Scaled(c.scale(k, rest), log, soft=_is_ratio(log))
        values = [(k, rest if _is_zero(log) else c.mul(rest, exponential(log))) for k, rest, log in parts]
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
        shifted = c.add(part.log, c.negative(_kept(top, part.log, over)))
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


def _has(node: Node | None, op: str) -> bool:
    return node is not None and any(part.op == op for part in nodes(node))


def _is_determinant(log: Node | None) -> bool:
    """Whether a logarithm is that of a product of powers of determinants."""
    if log is None:
        return False
    return log.op == "logdet" or (log.op == "add" and bool(log.args) and all(term.op == "logdet" for term in log.args))


def in_halves(mantissa: Node, log: Node) -> Node:
    """Return mantissa · exp(log) as mantissa · exp(log/2) / exp(−log/2).

    The determinant of a matrix of which an inverse is a factor may be out of range where the product is not.
    """
    half = c.scale(Fraction(1, 2), log)
    above = c.mul(mantissa, c.function("exp", half))
    return make("divided", (above, c.function("exp", c.negative(half))), shape=above.shape)


def _log_cosh(u: Node) -> Node:
    return c.add(softplus(c.scale(2, u)), c.negative(u), c.negative(c.function("log", c.number(2))))


def _of_two(log: Node) -> Node:
    """Return a − logaddexp(a, b) as −softplus(b − a): the share of one of two terms is a sigmoid."""
    for k, term in list(zip(log.data, log.args, strict=True)) if log.op == "add" else []:
        if term.op == "logaddexp" and k == -1 and len(term.args) == 2:
            rest = c.add(log, term)
            for a, b in (term.args, term.args[::-1]):
                if _is_zero(c.add(rest, c.negative(a))):
                    return c.negative(softplus(c.add(b, c.negative(a))))
    return log


def _is_zero(node: Node) -> bool:
    return node.op == "zero" or (node.op == "add" and not node.args)


def _kept(top: Node, log: Node, over: object) -> Node:
    """Return largest entries as an array of the shape of what they were taken of."""
    if not isinstance(over, int) or not log.shape:
        return top
    if top.is_number:
        return c.mul(top, c.one(log.shape))
    ones = c.one((log.shape[0], c.ONE) if over == 0 else (c.ONE, log.shape[1]))
    return c.matmul(ones, top) if over == 0 else c.matmul(top, ones)


def _is_ratio(log: Node) -> bool:
    """Whether a logarithm has a normaliser subtracted."""
    terms = zip(log.data, log.args, strict=True) if log.op == "add" else [(Fraction(1), log)]
    return any(
        k < 0 and any(map(_is_normaliser, (t, *t.args) if t.op in ("mul", "matmul") else (t,))) for k, t in terms
    )


def _is_normaliser(node: Node) -> bool:
    return node.op in _NORMALISERS or (node.op == "fn" and node.data[0] == "softplus")


def _whole_log(k: Fraction, part: Scaled, node: Node) -> Node:
    logs = [] if part.log is None else [part.log]
    if part.mantissa.op != "one":
        logs.append(log_of(part.mantissa))
    if k != 1:
        logs.append(c.function("log", c.number(k)))
    found = c.add(*logs) if logs else ZERO
    return found if c.value_of(found) is not None or found.shape == node.shape else c.mul(found, c.one(node.shape))


def log_of(value: Node) -> Node:
    """Return the logarithm of a value that is no exponential; log(1 + t) by log1p, those of positive powers split."""
    if value.op == "add" and len(value.args) > 1:
        for place, (k, term) in enumerate(zip(value.data, value.args, strict=True)):
            if term.op == "one" and k == 1:
                terms = [pair for i, pair in enumerate(zip(value.data, value.args, strict=True)) if i != place]
                return c.function("log1p", c.combination(terms, value.shape))
    if value.op == "pow" and is_positive(value.args[0]):
        return c.mul(value.args[1], log_of(value.args[0]))
    if _is_even_power(value):
        return c.mul(value.args[1], log_of(c.function("abs", value.args[0])))
    if value.op == "mul" and all(is_positive(factor) or _is_even_power(factor) for factor in value.args):
        return c.add(*map(log_of, value.args))
    return c.function("log", value)


def _is_even_power(value: Node) -> bool:
    exponent = c.value_of(value.args[1]) if value.op == "pow" else None
    return exponent is not None and exponent.denominator == 1 and exponent.numerator % 2 == 0


def softplus(u: Node) -> Node:
    """Return log(1 + exp(u)) in the form in which it is recognised: of u, not of −u, as softplus(u) − u."""
    k, _ = (u.data[0], None) if u.op == "add" and u.args else (Fraction(1), None)
    if k < 0:
        return c.add(c.function("softplus", c.negative(u)), u)
    return c.function("softplus", u)


def tails(log: Node) -> Node:
    """Return k (softplus(u) − u) as k softplus(−u), which keeps its digits where u is large."""
    terms = list(zip(log.data, log.args, strict=True)) if log.op == "add" else []
    for k, term in terms:
        if term.op == "fn" and term.data[0] == "softplus":
            u = term.args[0]
            rest = c.combination([(Fraction(1), log), (-k, term), (k, u)], log.shape)
            count = 0 if _is_zero(rest) else len(rest.args) if rest.op == "add" else 1
            if count < len(terms) - 1 or (count <= 1 and len(terms) == 2 and _is_zero(rest)):
                return tails(
                    c.combination([(Fraction(1), rest), (k, c.function("softplus", c.negative(u)))], log.shape)
                )
    return log


def exponential(log: Node) -> Node:
    """Return exp of a logarithm; that of −softplus(u) is a sigmoid."""
    log = tails(log)
    k, rest = c.split(log)
    if k == -1 and rest.op == "fn" and rest.data[0] == "softplus":
        return c.function("sigmoid", c.negative(rest.args[0]))
    return c.function("exp", log)


_RULES = {
    "fn": _Domain.fn, "det": _Domain.det, "pow": _Domain.pow, "mul": _Domain.mul, "add": _Domain.add,
    "matmul": _Domain.matmul, "sum": _Domain.sum, "transpose": _Domain.transpose, "where": _Domain.where,
}  # fmt: skip
