"""What a document takes for granted: kinds, sizes and properties of the symbols that nothing declares."""

from derive.infer.assume import as_declared, inferred
from derive.infer.inferred import Inferred
from derive.infer.loose import assumed_in, settled, speaks_of, spoken

__all__ = ["Inferred", "as_declared", "assumed_in", "inferred", "settled", "speaks_of", "spoken"]
