"""Array program to Python expressions: one function an operation, over a closed table.

Arrays are stored with their axes first, in order, then the core; a vector, row or column, has one dimension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from fractions import Fraction

from sympy import Add, Integer, Mul, Pow

from numeric.construct import value_of
from numeric.identifiers import identifier
from numeric.program import Axis, Dim, Node, Place, Program, nodes

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
        self.taken: set[str] = set()
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
        often = self.uses[node] > 1 and not (level == ATOM and text.isidentifier())
        is_leaf = node.op in ("symbol", "one", "size", "constant", "eye", "unit", "index")
        if node in self.program.outputs and not often and len(text) < MAX_RESULT:
            return made
        if (often and not (is_leaf and len(text) < 16)) or len(text) > MAX_INLINE:
            return self.assign(_NAMES.get(node.op, "value") if node.op != "fn" else node.data[0], text), ATOM
        return made

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
        while index[-1] == ":":
            index.pop()
        return f"{self.wrapped(node, ATOM)}[{', '.join(index)}]"


def stored(ranges: Iterable[Dim], shape: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """Return the dimensions in which an argument is stored: a column vector has one."""
    core = shape[:1] if shape and shape[1] == 1 else shape
    return (*ranges, *(() if shape and shape[0] == shape[1] == 1 else core))


Rule = Callable[[Emitter, Node], Text]
_TABLE: dict[str, Rule] = {}
_LATE = frozenset({"diagm"})
"""Operations that are written by those that use them, where they are not a result."""
_NAMES = {
    "add": "term", "mul": "product", "pow": "power", "matmul": "product", "transpose": "transposed", "inv": "inverse",
    "det": "determinant", "detsign": "sign", "logdet": "logdet", "chol": "chol", "qr": "factor", "solve": "solved",
    "sum": "total", "prod": "product", "max": "largest", "maximum": "largest", "lse": "log_sum",
    "logaddexp": "log_sum", "kron": "kronecker", "vec": "stacked", "diag": "diagonal", "diagm": "diagonal",
    "symbol": "member", "entry": "entry", "eye": "identity", "commutation": "commutation", "index": "index",
}  # fmt: skip


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
    return repr(float(value)) if binary else f"({value.numerator} / {value.denominator})"


# -- leaves ------------------------------------------------------------------------------------------------------


@rule("one")
def _one(em: Emitter, node: Node) -> Text:
    return ("1.0", ATOM) if not node.rank else (f"{em.function('ones')}({_sizes(em, node)})", ATOM)


@rule("zero")
def _zero(em: Emitter, node: Node) -> Text:
    return ("0.0", ATOM) if not node.rank else (f"{em.function('zeros')}({_sizes(em, node)})", ATOM)


def _sizes(em: Emitter, node: Node) -> str:
    dims = [em.size(dim) for dim in node.shape if dim != 1]
    return dims[0] if len(dims) == 1 else f"({', '.join(dims)})"


@rule("size")
def _size(em: Emitter, node: Node) -> Text:
    text = em.size(node.data[0])
    return text, SUM if " + " in text or " - " in text else PRODUCT if " * " in text else ATOM


@rule("index")
def _index(em: Emitter, node: Node) -> Text:
    axis: Axis = node.data[0]
    return f"{em.function('arange')}({em.size(axis.lower)}, {em.size(axis.lower + axis.size)})", ATOM


@rule("constant")
def _constant(em: Emitter, node: Node) -> Text:
    return em.function(node.data[0]), ATOM


@rule("eye")
def _eye(em: Emitter, node: Node) -> Text:
    return f"{em.function('eye')}({em.size(node.shape[0])})", ATOM


@rule("unit")
def _unit(em: Emitter, node: Node) -> Text:
    place = node.args[0]
    if place.op == "index" and place.data[0].lower == 1 and place.data[0].size == node.shape[0]:
        return f"{em.function('eye')}({em.size(node.shape[0])})", ATOM
    at = em.text(place)[0].removesuffix(".0")
    return f"{em.function('eye')}({em.size(node.shape[0])})[{at} - 1]", ATOM


@rule("commutation")
def _commutation(em: Emitter, node: Node) -> Text:
    m, n = (em.size(dim) for dim in node.data)
    both = em.size(node.shape[0])
    order = f"{em.function('reshape')}({em.function('arange')}({both}), ({n}, {m}))"
    return f"{em.function('eye')}({both})[{order}.T.reshape(-1)]", ATOM


@rule("symbol")
def _symbol(em: Emitter, node: Node) -> Text:
    key, _, *places = node.data
    name = em.names[key, None]
    argument = next(a for a in em.program.arguments if a.key == key and a.order is None)
    index = [_at(em, place, size) for place, size in zip(places, argument.ranges, strict=True)]
    if argument.shape and argument.shape[0] == 1:
        index += ["0"] if argument.shape[1] != 1 else []
    axes = [place.axis for place in places if place.axis is not None]
    return _arranged(em, _indexed(name, index), axes, node)


def _at(em: Emitter, place: Place, size: Dim) -> str:
    if place.axis is None:
        at = place.offset - 1
        return em.size(at)
    axis = place.axis
    start = axis.lower - 1 + place.offset
    if start == 0 and axis.size == size:
        return ":"
    stop = start + axis.size
    return f"{em.size(start) if start != 0 else ''}:{em.size(stop) if stop != size else ''}"


def _indexed(name: str, index: list[str]) -> str:
    while index and index[-1] == ":":
        index = index[:-1]
    return f"{name}[{', '.join(index)}]" if index else name


def _arranged(em: Emitter, text: str, axes: list[Axis], node: Node) -> Text:
    """Return an array with the axes of a node in order: one that occurs twice is a diagonal."""
    for axis in node.axes:
        while axes.count(axis) > 1:
            first, second = [i for i, each in enumerate(axes) if each == axis][:2]
            if node.rank or em.xp != "np":
                raise NotEmitted(f"an index that occurs twice in {text}")
            text = f"np.diagonal({text}, axis1={first}, axis2={second})"
            axes = [each for i, each in enumerate(axes) if i not in (first, second)] + [axis]
    wanted = [axes.index(axis) for axis in node.axes]
    if wanted == sorted(wanted):
        return text, ATOM
    if len(wanted) == 2 and not node.rank:
        return f"{text}.T", ATOM
    order = [*wanted, *range(len(wanted), len(wanted) + node.rank)]
    function = "transpose" if em.xp == "np" else "permute_dims"
    return f"{em.function(function)}({text}, ({', '.join(map(str, order))}))", ATOM


@rule("entry")
def _entry(em: Emitter, node: Node) -> Text:
    (matrix,), places = node.args, node.data
    index = [":"] * len(matrix.axes)
    axes = list(matrix.axes)
    for place, size in zip(places, matrix.shape, strict=True):
        if size != 1:
            index.append(_at(em, place, size))
            if place.axis is not None:
                axes.append(place.axis)
    return _arranged(em, _indexed(em.wrapped(matrix, ATOM), index), axes, node)


# -- entry by entry ----------------------------------------------------------------------------------------------


@rule("add")
def _add(em: Emitter, node: Node) -> Text:
    out = ""
    terms = [(Fraction(c), term) for c, term in zip(node.data, node.args, strict=True)]
    if len(terms) > 1 and terms[0][0] < 0 < max(c for c, _ in terms):  # begin with a positive term
        first = next(i for i, (c, _) in enumerate(terms) if c > 0)
        terms = [terms[first], *terms[:first], *terms[first + 1 :]]
    whole = any(term.op != "one" and term.axes == node.axes and term.rank == node.rank for _, term in terms)
    for c, term in terms:
        least = PRODUCT if abs(c) == 1 else UNARY
        if term.op == "one" and (whole or not node.rank):
            text = literal(abs(c))
        else:
            text = _coefficient(abs(c), em.aligned(term, node.axes, node.rank, least))
        sign = "-" if c < 0 else "+"
        out = f"{out} {sign} {text}" if out else text if c > 0 else f"-{text}"
    if not terms:
        return "0.0", ATOM
    level = SUM if len(terms) > 1 else PRODUCT if abs(terms[0][0]) != 1 else UNARY
    return out, level


def _coefficient(c: Fraction, text: str) -> str:
    if c == 1:
        return text
    if c.numerator == 1 and literal(c).startswith("("):
        return f"{text} / {c.denominator}.0"
    return f"{literal(c)} * {text}"


@rule("mul")
def _mul(em: Emitter, node: Node) -> Text:
    top, bottom = [], []
    for factor in node.args:
        exponent = value_of(factor.args[1]) if factor.op == "pow" else None
        if exponent is not None and exponent < 0 and not em.text(factor)[0].isidentifier():
            base = em.aligned(factor.args[0], node.axes, node.rank, UNARY if exponent == -1 else ATOM)
            bottom.append(_raised(em, base, -exponent))
        else:
            top.append(em.aligned(factor, node.axes, node.rank, UNARY))
    text = " * ".join(top) or "1.0"
    if bottom:
        text += " / " + (bottom[0] if len(bottom) == 1 else f"({' * '.join(bottom)})")
    return text, PRODUCT


def _raised(em: Emitter, base: str, exponent: Fraction) -> str:
    if exponent == 1:
        return base
    if exponent == Fraction(1, 2):
        return f"{em.function('sqrt')}({base})"
    return f"{base}**{exponent.numerator if exponent.denominator == 1 else literal(exponent)}"


@rule("pow")
def _pow(em: Emitter, node: Node) -> Text:
    base, exponent = node.args
    value = value_of(exponent)
    if value is None:
        raised = em.aligned(exponent, node.axes, node.rank, POWER)
        return f"{em.aligned(base, node.axes, node.rank)}**{raised}", POWER
    if value < 0:
        least = UNARY if value == -1 else ATOM
        return f"1.0 / {_raised(em, em.wrapped(base, least), -value)}", PRODUCT
    if value == Fraction(1, 2):
        return f"{em.function('sqrt')}({em.text(base)[0]})", ATOM
    return _raised(em, em.wrapped(base, ATOM), value), POWER


_FORMULAS: dict[str, Callable[[Emitter, str, str], Text]] = {
    "sech": lambda em, text, _: (f"1.0 / {em.function('cosh')}({text})", PRODUCT),
    "relu": lambda em, text, _: (f"{em.function('maximum')}({text}, 0.0)", ATOM),
    "softplus": lambda em, text, _: (_logaddexp(em, "0.0", text), ATOM),
    "sigmoid": lambda em, text, atom: (f"{em.function('exp')}(-{_logaddexp(em, '0.0', f'-{atom}')})", ATOM),
}


def _logaddexp(em: Emitter, left: str, right: str) -> str:
    if em.xp == "np" or left != "0.0":
        return f"{em.function('logaddexp')}({left}, {right})"
    return f"{em.function('logaddexp')}({em.function('zeros_like')}({right}), {right})"


@rule("fn")
def _fn(em: Emitter, node: Node) -> Text:
    name = node.data[0]
    text = em.text(node.args[0])[0]
    formula = _FORMULAS.get(name)
    if formula is not None:
        return formula(em, text, em.wrapped(node.args[0], ATOM))
    argument = node.args[0]
    if em.xp == "xp" and argument.op in ("one", "add", "size", "constant") and not argument.axes and not argument.rank:
        return f"math.{name}({text})", ATOM
    return f"{em.function(name)}({text})", ATOM


@rule("call")
def _call(em: Emitter, node: Node) -> Text:
    return f"{em.names[node.data[0], node.data[1]]}({em.text(node.args[0])[0]})", ATOM


@rule("where")
def _where(em: Emitter, node: Node) -> Text:
    test, value = (em.aligned(arg, node.axes, node.rank, SUM) for arg in node.args)
    return f"{em.function('where')}({test}, {value}, 0.0)", ATOM


@rule("compare")
def _compare(em: Emitter, node: Node) -> Text:
    left, right = (em.aligned(arg, node.axes, 0, SUM) for arg in node.args)
    return f"({left} {node.data[0]} {right})", ATOM


@rule("equal")
def _equal(em: Emitter, node: Node) -> Text:
    left, right = node.args
    if left.op == right.op == "index" and left != right:
        first, second = left.data[0], right.data[0]
        if first.size == second.size and first.lower == second.lower == 1:
            return f"{em.function('eye')}({em.size(left.data[0].size)})", ATOM
    texts = [em.aligned(arg, node.axes, 0, SUM) for arg in node.args]
    return f"({texts[0]} == {texts[1]}) * 1.0", PRODUCT


@rule("maximum", "logaddexp")
def _pairs(em: Emitter, node: Node) -> Text:
    texts = [em.aligned(arg, node.axes, node.rank, SUM) for arg in node.args]
    out = texts[0]
    for text in texts[1:]:
        out = f"{em.function(node.op)}({out}, {text})"
    return out, ATOM
