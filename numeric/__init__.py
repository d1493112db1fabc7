"""NumPy code from derived results: array programs, passes that keep the value, and emission as source.

Around the generated code: `check_gradient` compares a gradient with finite differences, `fit` runs the generated
E-steps and M-steps of mixtures over arrays, files, iterables of blocks and clusters.
"""

from numeric.differences import GradientCheck, check_gradient
from numeric.fitted import Fitted
from numeric.gaussian import fit

__all__ = ["Fitted", "GradientCheck", "check_gradient", "fit"]
