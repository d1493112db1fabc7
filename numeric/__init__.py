"""NumPy code from derived results: array programs, passes that keep the value, and emission as source.

Around the generated code: `check_gradient` compares a gradient with finite differences, `fit` runs generated
E-steps and M-steps over arrays, files, iterables of blocks and clusters.
"""

from numeric.differences import GradientCheck, check_gradient
from numeric.em import fit
from numeric.fitted import Fitted

__all__ = ["Fitted", "GradientCheck", "check_gradient", "fit"]
