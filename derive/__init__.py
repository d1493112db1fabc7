"""A proof-reader for matrix calculus: judge derivations line by line, derive gradients with their proofs."""

from derive.derivation import Derivation, NotDerived, gradient, hessian, jacobian
from derive.problem import Problem
from derive.stationary import Solution, Stationary, stationary

__all__ = [
    "Derivation",
    "NotDerived",
    "Problem",
    "Solution",
    "Stationary",
    "gradient",
    "hessian",
    "jacobian",
    "stationary",
]
