"""A proof-reader for matrix calculus: judge derivations line by line, derive gradients with their proofs."""

from derive.derivation import Derivation, NotDerived, gradient, hessian, jacobian
from derive.jupyter.kernel import NotebookNotFound
from derive.jupyter.magic import load_ipython_extension, unload_ipython_extension
from derive.jupyter.markdown_cells import check_notebook
from derive.problem import Problem
from derive.proofreading import check, check_file
from derive.report.report import Report
from derive.stationary import Solution, Stationary, stationary

__all__ = [
    "Derivation",
    "NotDerived",
    "NotebookNotFound",
    "Problem",
    "Report",
    "Solution",
    "Stationary",
    "check",
    "check_file",
    "check_notebook",
    "gradient",
    "hessian",
    "jacobian",
    "load_ipython_extension",
    "stationary",
    "unload_ipython_extension",
]
