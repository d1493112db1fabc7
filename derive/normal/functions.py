"""Steps for functions of numbers and for powers."""

from __future__ import annotations

from typing import Any

from derive.kernel import Step
from derive.normal.finder import FinderBase, Found, factors_of, product_of, step
from derive.polynomial import EULER
from derive.term import Term, number


class Functions(FinderBase):
    """Steps for functions of numbers and powers."""

    def function(self, q: Term) -> Found:
        """Propose a step for a function of a number."""
        name, order, u = q.args
        if name == "gamma" and order == 1 and u.shape is None:
            return step("derivative-of-gamma-function", a=u)
        if order or u.shape is not None:
            return self._of_array(q)
        if name == "log":
            return self._log(u)
        if name == "abs":
            return self._abs(u)
        if name == "sigmoid":
            return step("logistic", a=u)
        return None

    def _of_array(self, q: Term) -> Found:
        name, order, u = q.args
        if order == 0 and name == "log" and u is not None:
            if u.op == "fun" and u.args[0] == "exp" and u.args[1] == 0:
                return step("log-of-exp-elementwise", A=u.args[2])
            if u.op == "." and self.shown("positive", u.args[0]):
                return step("log-of-scaled-elementwise", a=u.args[0], A=u.args[1])
        if order == 0 and name == "sigmoid":
            return None
        return None

    def _log(self, u: Term) -> Found:
        if u.op == "dens":
            return step("log-of-gaussian-density", **dict(zip("xmA", u.args, strict=True)))
        if u == EULER:
            return step("log-of-e", a=u)
        if u.op == "#":
            return step("log-of-one", a=u) if u.args[0] == 1 else None
        if u.op == "^":
            if self.shown("positive", u.args[0]):
                return step("log-of-power", a=u.args[0], b=u.args[1])
            return None
        if u.op == "*":
            positive = tuple(arg for arg in u.args if self.shown("positive", arg))
            rest = tuple(arg for arg in u.args if arg not in positive)
            if (positive and len(rest) <= 1) or (positive and self.shown("positive", product_of(rest))):
                first = positive[0]
                others = product_of(tuple(arg for arg in u.args if arg is not first))
                if self.shown("positive", others):
                    return step("log-of-product", a=first, b=others)
        return None

    def _abs(self, u: Term) -> Found:
        if self.shown("non-negative", u):
            return step("absolute-value-of-positive", a=u)
        if u.op == "*":
            return step("absolute-value-of-product", a=u.args[0], b=product_of(tuple(u.args[1:])))
        if u.op == "^" and u.args[1] == number(-1):
            return step("absolute-value-of-reciprocal", a=u.args[0])
        return None

    def power(self, q: Term) -> Found:
        """Propose a step for a power: e^{b log a} = a^b."""
        base, exponent = q.args
        if base == EULER:
            for term in exponent.args if exponent.op == "+" else (exponent,):
                for place, factor in enumerate(factors_of(term)):
                    if factor.op == "fun" and factor.args[0] == "log" and factor.args[1] == 0:
                        rest = product_of(factors_of(term)[:place] + factors_of(term)[place + 1 :])
                        others = tuple(arg for arg in exponent.args if arg is not term) if exponent.op == "+" else ()
                        left = others[0] if len(others) == 1 else Term("+", others) if others else None
                        times: tuple[Any, ...] = ((EULER, left if left.op != "#" else left.args[0]),) if left else ()
                        return Step("exp-of-log", {"a": factor.args[2], "b": rest}, times=times)
        if base.op == "^" and base.args[1].op == "#":
            half = (
                Term("^", (base.args[0], number(base.args[1].args[0] / 2)))
                if base.args[1].args[0] != 2
                else base.args[0]
            )
            return step("root-of-square", a=half, b=exponent)
        if base.op == "fun" and base.args[0] == "abs" and exponent.op == "#" and exponent.args[0] == 2:
            return step("absolute-value-squared", a=base.args[2])
        return None
