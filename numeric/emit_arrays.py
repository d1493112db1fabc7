"""Array program to Python expressions: matrices and reductions; see `numeric.emit`."""

from __future__ import annotations

from numeric.emitter import ATOM, POWER, PRODUCT, SUM, UNARY, Emitter, NotEmitted, Text, rule
from numeric.known import is_integer
from numeric.program import Axis, Node, Over, make


@rule("transpose")
def _transpose(em: Emitter, node: Node) -> Text:
    return turned(em, node.args[0])


def turned(em: Emitter, node: Node) -> Text:
    """Return a transposed matrix; a vector, row or column, is stored alike."""
    if node.rank < 2:
        return em.text(node)
    if not node.axes:
        return f"{em.wrapped(node, ATOM)}.T", ATOM
    if em.xp == "xp":
        return f"xp.matrix_transpose({em.text(node)[0]})", ATOM
    return f"np.swapaxes({em.text(node)[0]}, -1, -2)", ATOM


@rule("matmul")
def _matmul(em: Emitter, node: Node) -> Text:
    """Write a product of two; `numeric.passes.association` has decided which."""
    if len(node.args) != 2:
        raise NotEmitted("a product of more than two matrices is associated first")
    left, right = node.args
    if left.op == "diagm" or right.op == "diagm":
        return _scaled(em, node)
    if left.is_row and right.is_column:
        return _inner(em, node)
    if left.is_column and right.is_row:
        if not node.axes and em.xp == "np":
            return f"np.outer({em.text(left)[0]}, {em.text(right)[0]})", ATOM
        return f"{em.aligned(left, node.axes, 2, ATOM, -1)} * {em.aligned(right, node.axes, 2, ATOM)}", PRODUCT
    if right.is_column:
        return _applied(em, node, left, right)
    if left.is_row:
        return _applied_to_row(em, node, left, right)
    return f"{em.aligned(left, node.axes, 2, UNARY)} @ {em.aligned(right, node.axes, 2, POWER)}", SUM


def _scaled(em: Emitter, node: Node) -> Text:
    """Write a product with a diagonal matrix, which is never made."""
    left, right = node.args
    rank = node.rank
    if left.op == "diagm":
        pad = -1 if rank == 2 and not right.is_column else 0
        inner = right.args[0] if right.op == "diagm" else right
        scaled = f"{em.aligned(left.args[0], node.axes, rank, UNARY, pad)} * {_diagonal(em, right, node)}"
        return scaled, PRODUCT if inner is right else ATOM
    return f"{em.aligned(left, node.axes, rank, UNARY)} * {em.aligned(right.args[0], node.axes, rank, UNARY)}", PRODUCT


def _diagonal(em: Emitter, right: Node, node: Node) -> str:
    if right.op == "diagm":
        return f"({_diagm(em, right)[0]})"
    return em.aligned(right, node.axes, node.rank, UNARY)


def _inner(em: Emitter, node: Node) -> Text:
    left, right = node.args
    if not right.axes:
        return f"{em.wrapped(left, UNARY)} @ {em.wrapped(right, POWER)}", SUM
    if not left.axes:
        return f"{em.wrapped(right, UNARY)} @ {em.wrapped(left, POWER)}", SUM
    if len(left.axes) == len(right.axes) == 1 and left.axes != right.axes:
        first, second = (left, right) if left.axes[0].place < right.axes[0].place else (right, left)
        return f"{em.wrapped(first, UNARY)} @ {em.wrapped(second, ATOM)}.T", SUM
    product = f"{em.aligned(left, node.axes, 1, UNARY)} * {em.aligned(right, node.axes, 1, UNARY)}"
    return f"{em.function('sum')}({product}, axis=-1)", ATOM


def _applied(em: Emitter, node: Node, matrix: Node, vector: Node) -> Text:
    if not vector.axes:
        return f"{em.wrapped(matrix, UNARY)} @ {em.wrapped(vector, POWER)}", SUM
    if not matrix.axes:
        return f"{em.wrapped(vector, UNARY)} @ {em.wrapped(matrix, ATOM)}.T", SUM
    a, b = em.aligned(matrix, node.axes, 2, UNARY), em.aligned(vector, node.axes, 2, POWER, -1)
    return f"({a} @ {b})[..., 0]", ATOM


def _applied_to_row(em: Emitter, node: Node, vector: Node, matrix: Node) -> Text:
    if not matrix.axes or not vector.axes:
        return f"{em.wrapped(vector, UNARY)} @ {em.wrapped(matrix, POWER)}", SUM
    a, b = em.aligned(vector, node.axes, 2, UNARY), em.aligned(matrix, node.axes, 2, POWER)
    if "None" not in a:  # the row as a matrix
        a = f"{em.wrapped(vector, ATOM)}[..., None, :]"
    else:
        a = em.aligned(vector, node.axes, 1, ATOM) + "[..., None, :]"
    return f"({a} @ {b})[..., 0, :]", ATOM


@rule("inv", "det", "chol")
def _linalg(em: Emitter, node: Node) -> Text:
    name = {"inv": "inv", "det": "det", "chol": "cholesky"}[node.op]
    return f"{em.function('linalg')}.{name}({em.text(node.args[0])[0]})", ATOM


@rule("cinv")
def _cinv(em: Emitter, node: Node) -> Text:
    name = em.assign("root", f"{em.function('linalg')}.inv({em.text(node.args[0])[0]})")
    transposed = f"{name}.T" if not node.axes else f"np.swapaxes({name}, -1, -2)"
    return f"{transposed if em.xp == 'np' else f'xp.matrix_transpose({name})'} @ {name}", SUM


@rule("qr")
def _qr(em: Emitter, node: Node) -> Text:
    text = em.text(node.args[0])[0]
    if em.xp == "np":
        factor = f'np.linalg.qr({text}, mode="r")'
        return (f"{factor}.T" if not node.axes else f"np.swapaxes({factor}, -1, -2)"), ATOM
    return f"xp.matrix_transpose(xp.linalg.qr({text})[1])", ATOM


@rule("detsign", "logdet")
def _slogdet(em: Emitter, node: Node) -> Text:
    """Write the sign and the logarithm of a determinant: one call for both."""
    matrix = node.args[0]
    pair = [make(op, (matrix,)) for op in ("detsign", "logdet")]
    text = f"{em.function('linalg')}.slogdet({em.text(matrix)[0]})"
    if not all(em.uses[each] or each in em.program.outputs for each in pair):
        return f"{text}[{int(node.op == 'logdet')}]", ATOM
    names = [em.name(base) for base in ("sign", "logdet")]
    em.lines.append(f"{', '.join(names)} = {text}")
    for each, name in zip(pair, names, strict=True):
        em.texts[each] = (name, ATOM)
    return em.texts[node]


@rule("matpow")
def _matpow(em: Emitter, node: Node) -> Text:
    base, exponent = node.args
    if is_integer(exponent):
        if em.xp != "np":
            raise NotEmitted("a power of a matrix")
        name, power = em.variable(base, "base"), em.integer(exponent)
        if not exponent.axes:
            return f"np.linalg.matrix_power({name}, {power})", ATOM
        if len(exponent.axes) > 1 or base.axes:
            raise NotEmitted("a power of a matrix with two indices")
        return f"np.stack([np.linalg.matrix_power({name}, each) for each in {power}])", ATOM
    name = em.variable(base, "base")
    values = em.name("values")
    vectors = em.name("vectors")
    em.lines.append(f"{values}, {vectors} = {em.function('linalg')}.eigh({name})")
    turned_ = f"np.swapaxes({vectors}, -1, -2)" if em.xp == "np" else f"xp.matrix_transpose({vectors})"
    return f"({vectors} * {values}[..., None, :] ** {em.wrapped(exponent, ATOM)}) @ {turned_}", SUM


@rule("solve")
def _solve(em: Emitter, node: Node) -> Text:
    matrix, right = node.args
    solve = f"{em.function('linalg')}.solve"
    a = em.text(matrix)[0]
    if right.rank == 2:
        return f"{solve}({em.aligned(matrix, node.axes, 2, SUM)}, {em.aligned(right, node.axes, 2, SUM)})", ATOM
    if not node.axes:
        return f"{solve}({a}, {em.text(right)[0]})", ATOM
    if not matrix.axes and len(right.axes) == 1:
        return f"{solve}({a}, {em.wrapped(right, ATOM)}.T).T", ATOM
    extra = [axis for axis in right.axes if axis not in matrix.axes]
    if len(extra) == 1 and set(matrix.axes) < set(right.axes):
        # The samples are columns of one right side: every matrix is factorised once, not once a sample.
        move, place = em.function("moveaxis"), right.axes.index(extra[0])
        return f"{move}({solve}({a}, {move}({em.text(right)[0]}, {place}, -1)), -1, {place})", ATOM
    b = em.aligned(right, node.axes, 2, SUM, -1)
    if not right.axes:
        b = f"{em.wrapped(right, ATOM)}[:, None]"
    return f"{solve}({em.aligned(matrix, node.axes, 2, SUM)}, {b})[..., 0]", ATOM


@rule("diag")
def _diag(em: Emitter, node: Node) -> Text:
    text = em.text(node.args[0])[0]
    if em.xp == "xp":
        return f"xp.linalg.diagonal({text})", ATOM
    if not node.axes:
        return f"np.diagonal({text})", ATOM
    return f"np.diagonal({text}, axis1=-2, axis2=-1)", ATOM


@rule("diagm")
def _diagm(em: Emitter, node: Node) -> Text:
    vector = node.args[0]
    if not node.axes and em.xp == "np":
        return f"np.diag({em.text(vector)[0]})", ATOM
    return f"{em.wrapped(vector, ATOM)}[..., None] * {em.created('eye', em.size(node.shape[0]))}", PRODUCT


@rule("kron")
def _kron(em: Emitter, node: Node) -> Text:
    left, right = node.args
    if not node.axes and em.xp == "np":
        texts = [_upright(em, arg) for arg in node.args]
        text = f"np.kron({texts[0]}, {texts[1]})"
        return (f"{text}.reshape(-1)" if node.rank < 2 and "None" in text else text), ATOM
    dims = [em.size(axis.size) for axis in node.axes] + [em.size(dim) for dim in node.shape if dim != 1]
    a, b = (_outer_part(em, arg, node.axes, first) for arg, first in ((left, True), (right, False)))
    shape = f"({', '.join(dims)}{',' if len(dims) == 1 else ''})"
    return f"{em.function('reshape')}({a} * {b}, {shape})", ATOM


def _upright(em: Emitter, node: Node) -> str:
    """Return a factor of a Kronecker product with two dimensions if the other one may have two."""
    if node.rank == 2:
        return em.text(node)[0]
    return f"{em.wrapped(node, ATOM)}[{':, None' if node.is_column else 'None, :'}]"


def _outer_part(em: Emitter, node: Node, axes: tuple[Axis, ...], first: bool) -> str:
    index = [":" if axis in node.axes else "None" for axis in axes]
    for dim in node.shape:
        entry = ":" if dim != 1 else "None"
        index += [entry, "None"] if first else ["None", entry]
    return f"{em.wrapped(node, ATOM)}[{', '.join(index)}]"


@rule("vec")
def _vec(em: Emitter, node: Node) -> Text:
    text, _ = turned(em, node.args[0])
    if not node.axes:
        return f"{em.function('reshape')}({text}, (-1,))", ATOM
    sizes = ", ".join(em.size(axis.size) for axis in node.axes)
    return f"{em.function('reshape')}({text}, ({sizes}, -1))", ATOM


@rule("blocks")
def _blocks(em: Emitter, node: Node) -> Text:
    if node.axes or em.xp == "xp":
        raise NotEmitted("a block matrix with an index")
    rows, cols = node.data
    texts = []
    for block in node.args:
        text = em.text(block)[0]
        texts.append(text if block.rank == 2 or not block.shape else _upright(em, block))
    lines = [f"[{', '.join(texts[i * cols : (i + 1) * cols])}]" for i in range(rows)]
    text = f"np.block([{', '.join(lines)}])"
    return (f"{text}.reshape(-1)" if node.rank < 2 else text), ATOM


# -- reductions --------------------------------------------------------------------------------------------------


def position(node: Node, over: Over) -> int:
    """Return the dimension of the stored array that a reduction runs over."""
    if isinstance(over, Axis):
        return node.axes.index(over)
    return over - 2 if node.rank == 2 else -1


@rule("contract")
def _contract(em: Emitter, node: Node) -> Text:
    """Write Σ over an axis of left · right as a product of matrices."""
    (left, right), (axis,) = node.args, node.data
    return f"{_last(em, left, axis)} @ {_last(em, right, axis, 1)}", SUM


def _last(em: Emitter, node: Node, axis: Axis, after: int = 0) -> str:
    """Return an array with one axis moved to the end, or before the core."""
    place, to = node.axes.index(axis), len(node.axes) + node.rank - 1 - after * (node.rank > 0)
    text = em.wrapped(node, ATOM)
    if place == to:
        return text
    if len(node.axes) + node.rank == 2:
        return f"{text}.T"
    if em.xp == "xp":
        return f"xp.moveaxis({em.text(node)[0]}, {place}, {to})"
    return f"np.moveaxis({em.text(node)[0]}, {place}, {to})"


@rule("sum", "prod", "max")
def _reduce(em: Emitter, node: Node) -> Text:
    (inner,), (over,) = node.args, node.data
    name = em.function(node.op)
    if not node.axes and not node.rank:
        if inner.op == node.op and em.uses[inner] == 1 and len(inner.args[0].axes) + inner.args[0].rank == 2:
            return f"{name}({em.text(inner.args[0])[0]})", ATOM
        return f"{name}({em.text(inner)[0]})", ATOM
    return f"{name}({em.text(inner)[0]}, axis={position(inner, over)})", ATOM


@rule("lse")
def _lse(em: Emitter, node: Node) -> Text:
    """Write log Σ exp with the maximum taken out."""
    (inner,), (over,) = node.args, node.data
    name = em.variable(inner, "logs")
    axis = position(inner, over)
    if not node.axes and not node.rank:
        top = em.assign("top", f"{em.function('max')}({name})")
        return f"{top} + {em.function('log')}({em.function('sum')}({em.function('exp')}({name} - {top})))", SUM
    top = em.assign("top", f"{em.function('max')}({name}, axis={axis}, keepdims=True)")
    scaled = f"{em.function('sum')}({em.function('exp')}({name} - {top}), axis={axis})"
    return f"{em.function('squeeze')}({top}, axis={axis}) + {em.function('log')}({scaled})", SUM
