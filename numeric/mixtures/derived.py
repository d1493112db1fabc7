r"""What is derived of a mixture: its expected complete-data log-likelihood, the M-step and the gradients.

With responsibilities r_nk, an M-step maximises Q = Σ_n Σ_k r_nk log(component k of sample n) (Dempster, Laird and
Rubin, 1977); at the parameters that the responsibilities were taken at, Q has the gradient of the log-likelihood
(Fisher's identity). Q is read off the log-likelihood as it was stated; `derive.stationary` does the rest.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sympy import Add, Integer, Mul

from derive.certificate import Certificate
from derive.expr import IndexProduct, IndexSum, Member, ScalarFunction, build, word
from derive.facts import Declaration, Fact, Kind
from derive.indices import IndexSymbol
from derive.names import FAMILY
from derive.problem import Problem
from derive.scope import Scope
from derive.stationary import Stationary, stationary
from numeric.codegen import NotGenerated
from numeric.mixtures.statement import Statement

RESPONSIBILITIES = ("r", "r'", "q", "q'")


@dataclass(frozen=True)
class Derived:
    """A mixture with what follows from its statement.

    Attributes
    ----------
    statement : Statement
        What was stated.
    scope : Scope
        The declarations, with those of the responsibilities.
    log_joint : sympy.Expr
        The logarithm of component k of sample n.
    samples, components : str
        The index letters of samples and components.
    weight : str
        The key of the responsibilities.
    unknowns : tuple of sympy.Basic
        The parameters, in their order.
    stationary : Stationary
        The gradients of Q, and the parameters at which they are zero.
    digest : str
        A hash of all certificates.
    """

    statement: Statement
    scope: Scope
    log_joint: Any
    samples: str
    components: str
    weight: str
    unknowns: tuple[Any, ...]
    stationary: Stationary
    digest: str

    def solution(self, unknown: Any) -> Any:
        """Return what an unknown equals after an M-step.

        Raises
        ------
        NotGenerated
            If it was not isolated.
        """
        for found in self.stationary.solutions:
            if found.unknown == unknown:
                return found
        place = self.unknowns.index(unknown)
        raise NotGenerated(f"the M-step of {self.statement.parameters[place][0]} has no closed form")

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules of differentiation that the gradients rest on, in alphabetical order."""
        used = {step.rule for condition in self.stationary.conditions for step in condition.certificate.steps.values()}
        return tuple(sorted(rule for rule in used if rule.startswith("differential") or rule == "jacobi-formula"))


def derived(statement: Statement) -> Derived:
    """Return what follows from the statement of a mixture.

    Raises
    ------
    NotGenerated
        If the log-likelihood is no sum over samples of the logarithm of a sum over components.
    NotDerived, Unreadable, Malformed
        If it cannot be differentiated or is not understood.
    """
    problem = Problem(statement.declarations)
    stated = problem.expr(statement.log_likelihood)
    total, n, n_samples = _sum_of(stated, "the log-likelihood is a sum over the samples")
    if not (isinstance(total, ScalarFunction) and total.args[0].name == "log" and total.args[1] == 0):
        raise NotGenerated("the log-likelihood is a sum over the samples of logarithms")
    component, k, n_components = _sum_of(total.args[2], "the density is a sum over the components")
    key = next(name for name in RESPONSIBILITIES if name + FAMILY not in problem.scope.declarations)
    responsibility = Declaration(
        key + FAMILY, Kind.SCALAR, None, frozenset({Fact.POSITIVE}), (n_samples, n_components), (n, k)
    )
    problem.scope.declare(responsibility)
    weight = build(Member, word(key + FAMILY), IndexSymbol(n), IndexSymbol(k))
    log_joint = logarithm(component)
    inner = build(IndexSum, Mul(weight, log_joint, evaluate=False), IndexSymbol(k), Integer(1), n_components)
    expected = build(IndexSum, inner, IndexSymbol(n), Integer(1), n_samples)
    unknowns = tuple(problem.expr(text) for text, _ in statement.parameters)
    found = stationary(expected, unknowns, [problem.expr(statement.constraint)], scope=problem.scope)
    return Derived(statement, found.scope, log_joint, n, k, key + FAMILY, unknowns, found, _hash(found))


def _hash(found: Stationary) -> str:
    proofs: list[Certificate] = [solution.certificate for solution in found.solutions]
    proofs += [condition.certificate for condition in found.conditions]
    data = json.dumps([proof.data for proof in proofs], sort_keys=True, ensure_ascii=True).encode()
    return hashlib.sha256(data).hexdigest()[:16]


def _sum_of(expr: Any, expected: str) -> tuple[Any, str, Any]:
    """Return the body of a sum with its index letter and its upper bound."""
    if not isinstance(expr, IndexSum) or len(expr.args) != 4 or expr.args[2] != 1:
        raise NotGenerated(expected)
    body, index, _, upper = expr.args
    return body, str(index.name), upper


def logarithm(expr: Any) -> Any:
    """Return the logarithm of a product of positive factors as a sum of logarithms.

    Examples
    --------
    >>> from derive.printing import show
    >>> p = Problem([r"a_d \\in \\mathbb{R}_{>0}, d = 1, \\dots, D", r"b \\in \\mathbb{R}_{>0}"])
    >>> show(logarithm(p.expr(r"b \\prod_d a_d")))
    'log(b) + Σ_(d=1..D) log(a_d)'
    """
    if isinstance(expr, Mul):
        return Add(*map(logarithm, expr.args), evaluate=False)
    if isinstance(expr, IndexProduct):
        return build(IndexSum, logarithm(expr.args[0]), *expr.args[1:])
    return build(ScalarFunction, word("log"), Integer(0), expr)
