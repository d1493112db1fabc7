"""Array program to Python expressions: constants, arguments, members and entries; see `numeric.emit`."""

from __future__ import annotations

from numeric.emitter import ATOM, PRODUCT, SUM, Emitter, NotEmitted, Text, rule
from numeric.program import Axis, Dim, Node, Place


@rule("one")
def _one(em: Emitter, node: Node) -> Text:
    return ("1.0", ATOM) if not node.rank else (em.created("ones", _sizes(em, node)), ATOM)


@rule("zero")
def _zero(em: Emitter, node: Node) -> Text:
    return ("0.0", ATOM) if not node.rank else (em.created("zeros", _sizes(em, node)), ATOM)


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
    return em.created("arange", f"{em.size(axis.lower)}, {em.size(axis.lower + axis.size)}"), ATOM


@rule("constant")
def _constant(em: Emitter, node: Node) -> Text:
    return em.function(node.data[0]), ATOM


@rule("eye")
def _eye(em: Emitter, node: Node) -> Text:
    return em.created("eye", em.size(node.shape[0])), ATOM


@rule("unit")
def _unit(em: Emitter, node: Node) -> Text:
    place = node.args[0]
    if place.op == "index" and place.data[0].lower == 1 and place.data[0].size == node.shape[0]:
        return em.created("eye", em.size(node.shape[0])), ATOM
    at = em.text(place)[0].removesuffix(".0")
    return f"{em.created('eye', em.size(node.shape[0]))}[{at} - 1{'' if em.xp == 'np' else ', :'}]", ATOM


@rule("commutation")
def _commutation(em: Emitter, node: Node) -> Text:
    m, n = (em.size(dim) for dim in node.data)
    both = em.size(node.shape[0])
    if em.xp == "np":
        order = f"np.reshape(np.arange({both}), ({n}, {m}))"
        return f"np.eye({both})[{order}.T.reshape(-1)]", ATOM
    order = f"xp.reshape(xp.reshape(xp.arange({both}), ({n}, {m})).T, (-1,))"
    return f"xp.take({em.created('eye', both)}, {order}, axis=0)", ATOM


@rule("symbol")
def _symbol(em: Emitter, node: Node) -> Text:
    key, _, *places = node.data
    name = em.names[key, None]
    argument = next(a for a in em.program.arguments if a.key == key and a.order is None)
    index = [_at(em, place, size) for place, size in zip(places, argument.ranges, strict=True)]
    if argument.shape and argument.shape[0] == 1:
        index += ["0"] if argument.shape[1] != 1 else []
    axes = [place.axis for place in places if place.axis is not None]
    return _arranged(em, _indexed(em, name, index, node.rank), axes, node)


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


def _indexed(em: Emitter, name: str, index: list[str], rest: int) -> str:
    """Return an array with an index for its first dimensions; ``rest`` others follow."""
    if all(each == ":" for each in index):
        return name
    while em.xp == "np" and index[-1] == ":":
        index = index[:-1]
    index = [*index, "..."] if em.xp == "xp" and rest else index
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
    return _arranged(em, _indexed(em, em.wrapped(matrix, ATOM), index, 0), axes, node)
