"""A proof-reader for matrix calculus: judge derivations line by line, derive gradients with their proofs."""

from derive.derivation import Derivation, NotDerived, gradient, hessian, jacobian
from derive.problem import Problem

__all__ = ["Derivation", "NotDerived", "Problem", "gradient", "hessian", "jacobian"]
