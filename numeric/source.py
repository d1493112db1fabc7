"""Programs as source: a function with its docstring, typed and formatted as a careful person would write it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from derive.names import ABOVE, FAMILY
from numeric.emit import ATOM, Emitter, NotEmitted, stored
from numeric.line_breaks import broken
from numeric.program import Argument, Axis, Node, Program

WIDTH = 116
NAMESPACE = ("xp : module, optional", "    The array namespace; by default that of the first array.")


@dataclass(frozen=True, slots=True)
class Documentation:
    """What a docstring says: a summary, what the result is, the formula as LaTeX, and notes."""

    summary: str
    result: str
    formula: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a generated function: its Python name, LaTeX, shape (sizes as text) and kind."""

    name: str
    latex: str
    shape: tuple[str, ...]
    kind: str = "array"

    @property
    def annotation(self) -> str:
        """The type in NumPy code; a function has none, since a module imports NumPy only."""
        if self.kind == "function":
            return ""
        return ": int" if self.kind == "integer" else ": np.ndarray" if self.shape else ": float"

    @property
    def described(self) -> str:
        """The type in words, with the shape."""
        if self.kind == "function":
            return "callable"
        return "int" if self.kind == "integer" else of_shape(self.shape)


@dataclass(frozen=True, slots=True)
class Function:
    """A generated function: its name, its parameters, the shape of its result and its source."""

    name: str
    parameters: tuple[Parameter, ...]
    shape: tuple[str, ...]
    source: str


def written(program: Program, name: str, doc: Documentation, xp: str = "np", column: bool = False) -> Function:
    """Return the source of a program with one result as a function.

    Parameters
    ----------
    program : Program
        The program, as `numeric.passes.optimised` leaves it.
    name : str
        The name of the function.
    doc : Documentation
        What its docstring says.
    xp : str
        ``"np"``, or ``"xp"`` for a function that takes its namespace from its first array.
    column : bool
        Whether a result that is a column or a row keeps two dimensions, as a Jacobian does.

    Returns
    -------
    Function
        The function; the source ends with a line end.

    Raises
    ------
    NotEmitted
        If an operation cannot be written in the namespace.
    """
    emitter = Emitter(program, xp)
    emitter.taken |= {name}
    (output,), (axes,) = program.outputs, program.axes
    text = _result(emitter, output, axes, column)
    lines = live(emitter.lines, text)
    used = words(*lines, text)
    emitter.extra = [dim for dim in emitter.extra if emitter.sizes[str(dim.name)] in used]
    parameters = parameters_of(emitter)
    shape = result_shape(output, axes, column)
    body = [*_namespace(parameters, emitter, used), *shapes(emitter, used)]
    body += [piece for line in (*lines, f"return {text}") for piece in broken(line, WIDTH)]
    returned = "" if xp == "xp" else " -> np.ndarray" if shape else " -> float"
    annotated = [p.name + (p.annotation if xp == "np" else "") for p in parameters]
    annotated += ["*", "xp=None"] if xp == "xp" else []
    head = [f"def {name}({', '.join(annotated)}){returned}:"]
    if len(head[0]) > WIDTH + 4:
        head = [f"def {name}(", *(f"    {each}," for each in annotated), f"){returned}:"]
    lines = [*head, *indented([*docstring(parameters, doc, shape, NAMESPACE if xp == "xp" else ()), *body])]
    return Function(name, parameters, shape, "\n".join(lines) + "\n")


def parameters_of(emitter: Emitter) -> tuple[Parameter, ...]:
    """Return the parameters of a program: its arguments, and sizes that no shape gives."""
    found = [_parameter(emitter, argument) for argument in emitter.program.arguments]
    found += [Parameter(emitter.sizes[str(dim.name)], str(dim.name), (), "integer") for dim in emitter.extra]
    return tuple(found)


def _parameter(emitter: Emitter, argument: Argument) -> Parameter:
    name = emitter.names[argument.key, argument.order]
    if argument.order is not None:
        return Parameter(name, argument.key + "'" * argument.order, (), "function")
    shape = tuple(str(dim) for dim in stored(argument.ranges, argument.shape))
    return Parameter(name, spelled(argument), shape)


def spelled(argument: Argument) -> str:
    r"""Return the LaTeX of an argument as it is declared: the family of ``\mu_k`` with its letter."""
    letters = "".join(argument.letters) or "·"
    below = letters if len(letters) == 1 else f"{{{letters}}}"
    return argument.key.replace(ABOVE, f"^{{({letters})}}").replace(FAMILY, f"_{below}")


def _namespace(parameters: Iterable[Parameter], emitter: Emitter, used: set[str]) -> list[str]:
    """Return the statements that find the namespace of the arrays; numbers become arrays of their type."""
    if emitter.xp == "np":
        return []
    known = list(parameters)
    array = next((p.name for p in known if p.kind == "array" and p.shape), None)
    if array is None:
        raise NotEmitted("a function of numbers alone has no array namespace")
    numbers = [p.name for p in known if p.kind == "array" and not p.shape and p.name in used]
    lines = [f"xp = {array}.__array_namespace__() if xp is None else xp"]
    if numbers or emitter.makes_arrays:
        lines.append(f'like = {{"dtype": {array}.dtype, "device": {array}.device}}')
    return [*lines, *(f"{name} = xp.asarray({name}, **like)" for name in numbers)]


def _result(emitter: Emitter, output: Node, axes: tuple[Axis, ...], column: bool) -> str:
    text = emitter.text(output)[0]
    order = [axis for axis in axes if axis in output.axes]
    if order != list(output.axes):
        places = [*(output.axes.index(axis) for axis in order), *range(len(order), len(order) + output.rank)]
        function = "transpose" if emitter.xp == "np" else "permute_dims"
        text = f"{emitter.function(function)}({text}, ({', '.join(map(str, places))}))"
    if column and output.shape and output.rank < 2:
        text = f"{_atom(emitter, output, text)}[..., {':, None' if output.is_column else 'None, :'}]"
    missing = [axis for axis in axes if axis not in output.axes]
    if missing:
        if order:
            index = ", ".join(":" if axis in output.axes else "None" for axis in axes)
            tail = ", ..." if emitter.xp == "xp" and output.rank else ""
            text = f"{_atom(emitter, output, text)}[{index}{tail}]"
        dims = [*(axis.size for axis in axes), *(d for d in output.shape if d != 1 or column)]
        sizes = [emitter.size(dim) for dim in dims]
        shape = f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
        text = f"{emitter.function('broadcast_to')}({text}, {shape})"
    return text


def _atom(emitter: Emitter, output: Node, text: str) -> str:
    is_atom = emitter.text(output)[1] == ATOM or text.endswith(")")
    return text if (is_atom and text.count("(") == 0) or text.isidentifier() else f"({text})"


def result_shape(output: Node, axes: tuple[Axis, ...], column: bool = False) -> tuple[str, ...]:
    """Return the shape of a result, as text."""
    core = output.shape if column else tuple(dim for dim in output.shape if dim != 1)
    return tuple(str(dim) for dim in (*(axis.size for axis in axes), *core))


def words(*lines: str) -> set[str]:
    """Return the names that occur in source."""
    return {word for line in lines for word in re.findall(r"[A-Za-z_]\w*", line)}


def live(lines: Iterable[str], result: str) -> list[str]:
    """Return assignments without those of which no name is used later.

    Examples
    --------
    >>> live(["a = x + 1", "b = x", "c = 2 * b"], "b")
    ['b = x']
    """
    kept: list[str] = []
    used = words(result)
    for line in reversed(list(lines)):
        names, value = line.split(" = ", 1)
        if used & words(names):
            kept.append(line)
            used |= words(value)
    return kept[::-1]


def shapes(emitter: Emitter, used: set[str]) -> list[str]:
    """Return the statements that read sizes off the arguments."""
    found = []
    for argument in emitter.program.arguments:
        for dim in stored(argument.ranges, argument.shape):
            name = emitter.sizes.pop(str(dim), None) if argument.order is None else None
            place = emitter.dimension(dim)
            if name in used and place is not None:
                found.append(f"{name} = {place[0]}.shape[{place[1]}]")
    return found


def docstring(
    parameters: Iterable[Parameter], doc: Documentation, shape: tuple[str, ...], more: Iterable[str] = ()
) -> list[str]:
    """Return a docstring in numpydoc's form; LaTeX in it cannot end it. ``more`` are lines on further parameters."""
    lines = [f'r"""{safe(doc.summary)}', ""]
    rows = list(parameters)
    if rows:
        lines += ["Parameters", "----------"]
        for p in rows:
            lines += [f"{p.name} : {p.described}", f"    :math:`{safe(p.latex)}`"]
        lines += [*more, ""]
    lines += ["Returns", "-------", of_shape(shape), f"    {safe(doc.result)}"]
    if doc.formula:
        wrapped = textwrap.wrap(safe(doc.formula), WIDTH - 12, break_long_words=False, break_on_hyphens=False)
        lines += ["", "Notes", "-----", "The formula is", "", ".. math::", "", *(f"   {line}" for line in wrapped)]
    for note in doc.notes:
        lines += ["", *textwrap.wrap(safe(note), WIDTH - 8)]
    return [*lines, '"""']


def safe(text: str) -> str:
    """Return text that cannot end a docstring: on one line, printable ASCII or letters, without double quotes."""
    shown = "".join(char if char.isprintable() and char != '"' else " " for char in text.replace("·", "."))
    return " ".join(shown.split()).rstrip("\\")


def of_shape(shape: tuple[str, ...]) -> str:
    """Return the type of an array of a shape, in words."""
    if not shape:
        return "float"
    return f"array of shape ({', '.join(shape)}{',' if len(shape) == 1 else ''})"


def indented(lines: Iterable[str]) -> list[str]:
    """Return lines one step further to the right."""
    return [f"    {line}" if line else "" for line in lines]
