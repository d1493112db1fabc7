"""Steps for differentials: one rule for each operator (Magnus and Neudecker)."""

from __future__ import annotations

from derive.normal.finder import FinderBase, Found, factors_of, product_of, step, word_of
from derive.polynomial import EULER
from derive.term import Term

_ELEMENTARY = {"log": "differential-of-log", "abs": "differential-of-abs"}
KNOWN = ("exp", "log", "tanh", "sin", "cos", "sinh", "cosh", "abs", "sqrt", "softplus", "sigmoid")
WITHOUT_RULE = ("relu", "sech")


class Differentials(FinderBase):
    """Steps for the differential of a term."""

    def differential(self, q: Term) -> Found:
        """Propose the rule for the differential of the outermost operator."""
        variables, body = q.args
        found = self._rule(body)
        if found is None:
            return None
        return step(found.rule, **{**found.given, "@": variables})

    def _rule(self, body: Term) -> Found:
        op, args = body.op, body.args
        if op == "*":
            return step("differential-of-scalar-product", a=args[0], b=product_of(factors_of(body)[1:]))
        if op == "^":
            return self._power(*args)
        if op == ".":
            return step("differential-of-scaled", a=args[0], A=args[1])
        if op == "@":
            return step("differential-of-product", A=args[0], B=word_of(args[1:], None))
        if op == "tr" and args[0].op == "mp":
            return step("differential-of-trace-of-power", A=args[0].args[0], p=args[0].args[1])
        if op == "mp":
            return step("differential-of-matrix-power", A=args[0], p=args[1])
        if op in _UNARY:
            return step(_UNARY[op], A=args[0])
        if op == "diag":
            return step("differential-of-diag", x=args[0])
        if op in ("had", "kron"):
            rest = args[1] if len(args) == 2 else Term(op, args[1:])
            return step(f"differential-of-{'hadamard' if op == 'had' else 'kronecker'}", A=args[0], B=rest)
        if op == "fun":
            return self._function(*args)
        if op == "dens":
            return step("differential-of-gaussian-density", **dict(zip("xmA", args, strict=True)))
        if op == "val":
            return step("differential-of-curve", Y=(args[0], args[3], args[1], args[2]), a=args[4])
        return None

    def _power(self, base: Term, exponent: Term) -> Found:
        if base == EULER:
            return step("differential-of-exp", b=exponent)
        if not self.varies(exponent):
            return step("differential-of-power", a=base, b=exponent)
        rule = "differential-of-general-power" if self.varies(base) else "differential-of-exponential"
        return step(rule, a=base, b=exponent)

    def varies(self, term: Term) -> bool:
        """Whether a term depends on what varies in the differential asked for."""
        return not self.variables.isdisjoint(term.names)

    variables: frozenset[str] = frozenset()

    def _function(self, name: str, order: int, u: Term) -> Found:
        letter = "a" if u.shape is None else "A"
        if name == "log" and order == 0 and u.op == "fun" and u.args[0] == "abs" and u.shape is None:
            return step("differential-of-log-of-abs", a=u.args[2])
        if order == 0 and name == "gamma" and u.shape is None:
            return step("differential-of-gamma-function", a=u)
        if order == 0 and name in KNOWN:
            return step(f"differential-of-{name}{'' if u.shape is None else '-elementwise'}", **{letter: u})
        if name in (*KNOWN, *WITHOUT_RULE) or name.startswith("def:"):
            return None
        if u.shape is None:
            return step("differential-of-function", a=u, f=(name, order))
        return step("differential-of-elementwise-function", A=u, f=(name, order))


_UNARY = {
    "tr": "differential-of-trace", "inv": "differential-of-inverse",
    "det": "jacobi-formula", "vec": "differential-of-vec", "dg": "differential-of-diagonal",
}  # fmt: skip
