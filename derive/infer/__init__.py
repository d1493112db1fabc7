"""What a document takes for granted: kinds, sizes and properties of the symbols that nothing declares."""

from derive.infer.assume import Assumed, Inferred, inferred
from derive.infer.loose import settled

__all__ = ["Assumed", "Inferred", "inferred", "settled"]
