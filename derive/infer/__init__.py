"""What a document takes for granted: kinds, sizes and properties of the symbols that nothing declares."""

from derive.infer.assume import Inferred, as_declared, inferred
from derive.infer.loose import assumed_in, settled

__all__ = ["Inferred", "as_declared", "assumed_in", "inferred", "settled"]
