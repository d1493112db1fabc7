"""What is known while an array program becomes source, and the table of rules for its operations.

Arrays are stored with their axes first, in order, then the core; a vector, row or column, has one dimension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from sympy import Add, Integer, Mul, Pow

from numeric.construct import value_of
from numeric.identifiers import identifier
from numeric.program import Axis, Dim, Node, Program, nodes

SUM, PRODUCT, UNARY, POWER, ATOM = range(5)
MAX_INLINE = 52
"""A longer expression that is part of another gets a name."""
MAX_RESULT = 100
Text = tuple[str, int]


class NotEmitted(ValueError):
    """A program that has no source in this namespace; the message names the operation."""


class Emitter:
    """Writes the statements of a program.

    Parameters
    ----------
    program : Program
        The program.
    xp : str
        The name of the namespace in the source: ``np``, or ``xp`` for any array-API namespace.

    Attributes
    ----------
    lines : list of str
        The statements so far.
    names : dict
        Python names of the arguments, by key and order.
    sizes : dict
        Python names of the sizes that are used.
    extra : list
        Sizes that follow from no argument's shape; they are integer arguments.
    """

    def __init__(self, program: Program, xp: str = "np") -> None:
        self.program = program
        self.xp = xp
        self.lines: list[str] = []
        self.makes_arrays = False
        self.taken: set[str] = set() if xp == "np" else {"like", "math"}
        self.names: dict[tuple[str, int | None], str] = {}
        for argument in program.arguments:
            key = argument.key + "'" * (argument.order or 0)
            self.names[argument.key, argument.order] = self.name(key)
        self.sizes: dict[str, str] = {}
        self.extra: list[Dim] = []
        self.uses = Counter(arg for node in nodes(*program.outputs) for arg in node.args)
        self.texts: dict[Node, Text] = {}

    def name(self, wanted: str) -> str:
        """Return a new name."""
        found = identifier(wanted, self.taken)
        self.taken.add(found)
        return found

    def function(self, name: str) -> str:
        """Return a function of the namespace."""
        return f"{self.xp}.{name}"

    def created(self, name: str, inside: str) -> str:
        """Return a call that makes an array; in other namespaces of the type and on the device of the arguments."""
        if self.xp == "np":
            return f"np.{name}({inside})"
        self.makes_arrays = True
        return f"{self.xp}.{name}({inside}, **like)"

    def assign(self, base: str, text: str) -> str:
        """Write an assignment and return the name."""
        name = self.name(base)
        self.lines.append(f"{name} = {text}")
        return name

    def text(self, node: Node) -> Text:
        """Return an expression for a node, writing the statements it needs."""
        found = self.texts.get(node)
        if found is None:
            for part in nodes(node):  # arguments first, so that no recursion is deep
                if part not in self.texts and part.op not in _LATE:
                    self.texts[part] = self._named(part, _TABLE[part.op](self, part))
            found = self.texts.get(node) or _TABLE[node.op](self, node)
        return found

    def _named(self, node: Node, made: Text) -> Text:
        text, level = made
        if value_of(node) is not None:
            return made
        often = self.uses[node] > 1 and not (level == ATOM and text.isidentifier())
        is_leaf = node.op in ("symbol", "one", "size", "constant", "eye", "unit", "index")
        if node.op == "pow" and value_of(node.args[1]) == -1 and self.text(node.args[0])[0].isidentifier():
            return made  # a / b is read more easily than a · (1 / b)
        if node in self.program.outputs and not often and len(text) < MAX_RESULT:
            return made
        if (often and not (is_leaf and len(text) < 16)) or len(text) > self.longest(node):
            return self.assign(name_of(node), text), ATOM
        return made

    def longest(self, node: Node) -> int:
        """Return how long an expression may be without a name: what a result is a multiple of may be longer."""
        ends = [output for output in self.program.outputs if output.args == (node,) and output.op == "add"]
        return MAX_RESULT - 12 if ends and node not in self.program.outputs else MAX_INLINE

    def wrapped(self, node: Node, least: int) -> str:
        """Return an expression in brackets where it binds less than that."""
        text, level = self.text(node)
        return text if level >= least else f"({text})"

    def integer(self, node: Node) -> str:
        """Return an expression for a number made of sizes, indices and integers, as an integer."""
        if node.op == "add":
            parts = []
            for coefficient, term in zip(node.data, node.args, strict=True):
                text = str(abs(coefficient)) if term.op == "one" else self.integer(term)
                times = "" if abs(coefficient) == 1 or term.op == "one" else f"{abs(coefficient)} * "
                parts.append(("- " if coefficient < 0 else "+ ") + times + text)
            return " ".join(parts).removeprefix("+ ")
        return self.wrapped(node, ATOM)

    def variable(self, node: Node, base: str = "value") -> str:
        """Return the name of a node, giving it one."""
        text, _ = self.text(node)
        if not text.isidentifier():
            text = self.assign(base, text)
            self.texts[node] = (text, ATOM)
        return text

    # -- sizes and layout --------------------------------------------------------------------------------------

    def size(self, dim: Dim) -> str:
        """Return an expression for a size."""
        if isinstance(dim, Integer):
            return str(int(dim))
        if isinstance(dim, Add):
            return " + ".join(self.size(arg) for arg in dim.args).replace("+ -", "- ")
        if isinstance(dim, Mul):
            return " * ".join(f"({text})" if " + " in text else text for text in map(self.size, dim.args))
        if isinstance(dim, Pow):
            return f"{self.size(dim.args[0])}**{self.size(dim.args[1])}"
        key = str(dim.name)
        if key not in self.sizes:
            self.sizes[key] = self.names.get((key, None)) or self.name(key)
            if self.dimension(dim) is None and dim not in self.extra:
                self.extra.append(dim)
        return self.sizes[key]

    def dimension(self, dim: Dim) -> tuple[str, int] | None:
        """Return an argument and a position in its shape that has this size."""
        for argument in self.program.arguments:
            if argument.order is None:
                for place, each in enumerate(stored(argument.ranges, argument.shape)):
                    if each == dim:
                        return self.names[argument.key, None], place
        return None

    def aligned(self, node: Node, axes: tuple[Axis, ...], rank: int, least: int = ATOM, pad: int = 0) -> str:
        """Return an expression that broadcasts against arrays with these axes and this rank of the core.

        ``pad`` says where a vector stands in a matrix: -1 as a column, 0 as a row.
        """
        core: list[str] = [":"] * node.rank
        if node.rank < rank:
            core = [":", "None"] if node.rank == 1 and pad else ["None"] * (rank - node.rank) + core
        if not node.axes and not node.rank:
            return self.wrapped(node, least)
        index = [":" if axis in node.axes else "None" for axis in axes] + core
        while index and index[0] == "None":
            index.pop(0)
        if "None" not in index:
            return self.wrapped(node, least)
        while self.xp == "np" and index[-1] == ":":  # the standard wants an index for every axis
            index.pop()
        return f"{self.wrapped(node, ATOM)}[{', '.join(index)}]"


def stored(ranges: Iterable[Dim], shape: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Return the dimensions in which an argument is stored: a column vector has one."""
    core = shape[:1] if shape and shape[1] == 1 else shape
    return (*ranges, *(() if shape and shape[0] == shape[1] == 1 else core))


Rule = Callable[[Emitter, Node], Text]
_TABLE: dict[str, Rule] = {}
_LATE = frozenset({"diagm", "one", "zero", "size", "eye"})
"""Operations that are written by those that use them, where they are not a result."""
_NAMES = {
    "add": "term", "mul": "product", "pow": "power", "matmul": "product", "transpose": "transposed", "inv": "inverse",
    "det": "determinant", "detsign": "sign", "logdet": "logdet", "chol": "chol", "qr": "factor", "solve": "solved",
    "sum": "total", "prod": "product", "max": "largest", "maximum": "scale",
    "lse": "log_sum",
    "logaddexp": "log_sum", "kron": "kronecker", "vec": "stacked", "diag": "diagonal", "diagm": "diagonal",
    "symbol": "member", "entry": "entry", "eye": "identity", "commutation": "commutation", "index": "index",
    "divided": "scaled",
}  # fmt: skip


def name_of(node: Node) -> str:
    """Return the name of what a node computes, without a number."""
    if node.op == "fn":
        return str(node.data[0])
    if node.op == "add" and len(node.data) == 2 and node.data[0] == -node.data[1]:
        return "difference"
    if node.op == "pow" and (exponent := value_of(node.args[1])) is not None and exponent < 0:
        return "reciprocal"
    if node.op == "divided" and node.args[0].op == "fn":
        return "shares"
    if node.op == "maximum" and not all(arg.op in ("max", "fn") or value_of(arg) is not None for arg in node.args):
        return "largest"
    return _NAMES.get(node.op, "value")


def rule(*ops: str) -> Callable[[Rule], Rule]:
    """Enter a rule for operations."""

    def enter(function: Rule) -> Rule:
        for op in ops:
            _TABLE[op] = function
        return function

    return enter


def operations() -> frozenset[str]:
    """Return the operations that can be written."""
    return frozenset(_TABLE)


def literal(value: Fraction) -> str:
    """Return a positive number as source."""
    if value.denominator == 1:
        return f"{value.numerator}.0" if abs(value.numerator) < 10**15 else repr(float(value))
    binary = value.denominator & (value.denominator - 1) == 0 and value.denominator <= 4096
    return repr(float(value)) if binary or value.denominator > 10**6 else f"({value.numerator} / {value.denominator})"
