"""What a document takes for granted: kinds, sizes and properties of the symbols that nothing declares."""

from derive.infer.assume import Inferred, inferred
from derive.infer.loose import assumed_in, settled

__all__ = ["Inferred", "assumed_in", "inferred", "settled"]
