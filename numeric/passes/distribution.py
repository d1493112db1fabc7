"""Normalising factors are moved to the exponentials they normalise, so that a quotient is formed before a product."""

from __future__ import annotations

from numeric import construct as c
from numeric.program import Node, nodes


def distributed(node: Node) -> Node:
    """Return a node in which 1/Σexp stands beside exp, inside sums of arrays, outer products and diagonals."""
    memory: dict[Node, bool] = {}
    return c.rewritten(node, lambda part: _distribute(part, memory) if part.op == "mul" else part)


def _grows(node: Node, memory: dict[Node, bool]) -> bool:
    """Whether an exponential or a determinant occurs in a node."""
    if node not in memory:
        memory[node] = any(part.op == "det" or (part.op == "fn" and part.data[0] == "exp") for part in nodes(node))
    return memory[node]


def _distribute(node: Node, memory: dict[Node, bool]) -> Node:
    opened = _polynomial(node)
    if opened is not None:
        return opened
    shared = _shared(node, memory)
    if shared is not None:
        return shared
    numbers, arrays = c.numbers_of(node)
    if len(arrays) != 1 or arrays[0].op not in ("add", "matmul", "diagm") or not _grows(arrays[0], memory):
        return node
    moving = [factor for number in numbers if _grows(number, memory) for factor in _copies(number)]
    if not moving:
        return node
    staying = [number for number in numbers if not _grows(number, memory)]
    return c.mul(*staying, _pushed(moving, arrays[0], memory))


def _shared(node: Node, memory: dict[Node, bool]) -> Node | None:
    """Return a product in which sums of exponentials with weights have taken a normalising factor each inside."""
    factors = list(node.args)
    bottoms = [f for f in factors if f.is_number and f.op == "pow" and _is_negative(f) and _grows(f, memory)]
    sums = [f for f in factors if f.is_number and f.op in ("matmul", "sum") and _grows(f, memory)]
    sums = [each for each in sums if not any(each == bottom.args[0] for bottom in bottoms)]
    copies = [copy for bottom in bottoms for copy in _copies(bottom)]
    if not copies or not sums or any(copy.op == "pow" and copy.args[0] in sums for copy in copies):
        return None
    taken = dict(zip(sums, copies, strict=False))
    left = copies[len(taken) :]
    rest = [f for f in factors if f not in bottoms and f not in taken]
    return c.mul(*rest, *left, *(_inside(copy, each, memory) for each, copy in taken.items()))


def _inside(copy: Node, each: Node, memory: dict[Node, bool]) -> Node:
    if each.op == "matmul":
        return _pushed([copy], each, memory)
    return c.rebuilt(each, (c.mul(copy, each.args[0]),))


def _is_negative(power: Node) -> bool:
    exponent = c.value_of(power.args[1])
    return exponent is not None and exponent < 0


def _polynomial(node: Node) -> Node | None:
    """Return a product of σ(u) or tanh(u) and a polynomial in it, multiplied out: its zeros are then seen."""
    bases = [base for base in map(_base, node.args) if base is not None]
    for place, factor in enumerate(node.args):
        if factor.op == "add" and any(base in set(nodes(factor)) for base in bases):
            rest = [other for i, other in enumerate(node.args) if i != place]
            terms = zip(factor.data, factor.args, strict=True)
            return c.combination([(k, c.mul(*rest, term)) for k, term in terms], node.shape)
    return None


def _base(factor: Node) -> Node | None:
    inner = factor.args[0] if factor.op == "pow" else factor
    return inner if inner.op == "fn" and inner.data[0] in ("sigmoid", "tanh") else None


def _copies(number: Node) -> list[Node]:
    exponent = c.value_of(number.args[1]) if number.op == "pow" else None
    if exponent is None or exponent.denominator != 1 or abs(exponent) > 4:
        return [number]
    return [c.power(number.args[0], c.number(1 if exponent > 0 else -1))] * abs(int(exponent))


def _pushed(moving: list[Node], array: Node, memory: dict[Node, bool]) -> Node:
    if array.op == "add":
        terms = [(k, _pushed(moving, term, memory)) for k, term in zip(array.data, array.args, strict=True)]
        return c.combination(terms, array.shape)
    if array.op == "mul":
        inner, arrays = c.numbers_of(array)
        if len(arrays) == 1 and inner:
            again = [copy for number in inner if _grows(number, memory) for copy in _copies(number)]
            rest = [number for number in inner if not _grows(number, memory)]
            return c.mul(*rest, _pushed([*moving, *again], arrays[0], memory))
    if array.op == "diagm":
        return c.diagonal_matrix(c.mul(*moving, array.args[0]))
    if array.op == "matmul":
        growing = [i for i, factor in enumerate(array.args) if _grows(factor, memory)]
        if growing:
            chain = list(array.args)
            for factor in moving:
                at = min(growing, key=lambda i: (_attached(chain[i], memory), i))
                chain[at] = (
                    _pushed([factor], chain[at], memory)
                    if chain[at].op in ("add", "diagm")
                    else _join(factor, chain[at])
                )
            return c.make("matmul", chain, shape=array.shape)
    return c.mul(*moving, array)


def _attached(array: Node, memory: dict[Node, bool]) -> int:
    """Return how many normalising factors an array has already."""
    return sum(_grows(number, memory) for number in c.numbers_of(array)[0])


def _join(number: Node, array: Node) -> Node:
    """Return a product as one factor of a chain, which does not give its number back."""
    return c.make("mul", (number, *(array.args if array.op == "mul" else (array,))), shape=array.shape)
