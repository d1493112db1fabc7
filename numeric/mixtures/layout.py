"""Features as rows of a block: where each stands, and the statements that write it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from numeric import construct as c
from numeric.codegen import NotGenerated
from numeric.emit import literal
from numeric.mixtures.design import Design
from numeric.program import Dim, Node


@dataclass(frozen=True)
class Rows:
    """A feature in the rows of a block.

    Attributes
    ----------
    feature : Node
        The feature.
    parameter : Node or None
        What it is multiplied by in the log-joint density.
    kind : str
        ``one``, ``located`` (the data less the shift), ``outer`` (u uᵀ, i ≤ j), or ``plain``.
    start, stop : str
        The rows, as source.
    """

    key: str
    feature: Node
    parameter: Node | None
    kind: str
    start: str
    stop: str

    @property
    def slice(self) -> str:
        """The rows as an index."""
        return self.start if not self.feature.shape else f"{self.start} : {self.stop}"


def rows_of(design: Design) -> tuple[Rows, ...]:
    """Return where the features stand: moved data before what is made of them, outer products last.

    Raises
    ------
    NotGenerated
        If a feature is a matrix other than an outer product u uᵀ.
    """
    located = design.location.datum.symbol if design.location is not None else None
    found: list[Rows] = []
    counted: dict[str, int] = {}
    start = "0"
    order = sorted(design.features.items(), key=lambda item: (item[1][0] not in (c.one(), located), item[1][0].rank))
    for key, (feature, parameter) in order:
        kind = "one" if feature == c.one() else "located" if feature == located else "plain"
        if feature.rank == 2:
            kind = "outer"
            _factor(feature)
        size = _size(feature.shape[0], kind) if feature.shape else "1"
        counted[size] = counted.get(size, 0) + 1
        stop = _total(counted)
        found.append(Rows(key, feature, parameter, kind, start, stop))
        start = stop
    return tuple(found)


def _size(rows: Dim, kind: str) -> str:
    return f"{rows} * ({rows} + 1) // 2" if kind == "outer" else str(rows)


def _total(counted: Mapping[str, int]) -> str:
    parts = []
    for size, count in counted.items():
        if size == "1":
            parts.append(str(count))
        else:
            parts.append(size if count == 1 else f"{count} * {size}")
    return " + ".join(parts)


def _factor(feature: Node) -> Node:
    """Return u of a feature u uᵀ."""
    if feature.op == "matmul" and len(feature.args) == 2 and feature.args[0] == c.transpose(feature.args[1]):
        return feature.args[0]
    raise NotGenerated("a feature is a matrix that is no outer product of a vector with itself")


def sizes_in(text: str) -> tuple[str, ...]:
    """Return the size letters in a piece of source, in order."""
    found = dict.fromkeys(word for word in text.replace("(", " ").replace(")", " ").split() if word.isidentifier())
    return tuple(found)


def fill_statements(rows: tuple[Rows, ...], names: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Return the statements that write the features: those of all plans, and those of the separated plan alone."""
    common, separated = [], []
    texts = dict(names)
    for one in rows:
        if one.kind == "one":
            common.append(f"features[{one.slice}] = 1.0")
        elif one.kind == "located":
            name = "gap"
            common += [
                f"{name} = features[{one.start} : {one.stop}]",
                f"np.subtract({texts[one.feature.data[0]]}, known.shift, out={name})",
            ]
            texts[one.feature.data[0]] = name if one.feature.shape else f"{name}[0]"
        elif one.kind == "outer":
            factor = _factor(one.feature)
            u, size = expression(factor, texts), factor.shape[0]
            if not u.isidentifier():
                separated.append(f"factor = {u}")
                u = "factor"
            separated += [
                f"place = {one.start} + {size}",
                f"for lag in range(1, {size}):",
                f"    count = {size} - lag",
                "    # As one long row each: a loop over a contiguous array is twice as fast as over broadcast rows.",
                "    product = features[place : place + count].reshape(-1)",
                f"    np.multiply({u}[:count].reshape(-1), {u}[lag:].reshape(-1), out=product)",
                "    place += count",
            ]
            common += [f"squares = features[{one.start} : {one.start} + {size}]", f"np.multiply({u}, {u}, out=squares)"]
        else:
            common.append(_plain(one, texts))
    return common, separated


def _plain(one: Rows, texts: Mapping[str, str]) -> str:
    target = f"features[{one.slice}]"
    feature = one.feature
    if feature.op == "pow" and c.value_of(feature.args[1]) == 2 and feature.shape:
        u = expression(feature.args[0], texts)
        return f"np.multiply({u}, {u}, out={target})"
    if feature.op == "matmul" and feature.is_number and feature.args[0] == c.transpose(feature.args[1]):
        u = expression(feature.args[1], texts)
        return f'np.einsum("dn,dn->n", {u}, {u}, out={target})'
    return f"{target} = {expression(feature, texts)}"


def expression(node: Node, names: Mapping[str, str]) -> str:
    """Return source for a feature of a block, samples last.

    Raises
    ------
    NotGenerated
        If there is no source for it.
    """
    text, is_atom = _expression(node, names)
    del is_atom
    return text


def _expression(node: Node, names: Mapping[str, str]) -> tuple[str, bool]:
    def atom(part: Node) -> str:
        text, is_atom = _expression(part, names)
        return text if is_atom else f"({text})"

    value = c.value_of(node)
    if value is not None:
        return (literal(value), True) if value >= 0 else (f"-{literal(-value)}", False)
    if node.op == "symbol":
        return names[node.data[0]], True
    if node.op == "mul":
        return " * ".join(map(atom, node.args)), False
    if node.op == "add":
        terms = zip(node.data, node.args, strict=True)
        return " + ".join(atom(t) if k == 1 else f"({float(k)!r}) * {atom(t)}" for k, t in terms), False
    if node.op == "pow":
        exponent = c.value_of(node.args[1])
        power = str(exponent) if exponent is not None and exponent.denominator == 1 else atom(node.args[1])
        return f"{atom(node.args[0])}**{power if not power.startswith('-') else f'({power})'}", False
    if node.op == "fn" and node.data[0] in ("log", "exp", "sqrt", "abs", "sin", "cos", "tanh", "log1p", "expm1"):
        return f"np.{node.data[0]}({_expression(node.args[0], names)[0]})", True
    if node.op == "transpose" and node.args[0].is_column:
        return _expression(node.args[0], names)
    if node.op == "matmul" and node.is_number and len(node.args) == 2 and node.args[1].is_column:
        left, right = (_expression(part, names)[0] for part in node.args)
        return f'np.einsum("dn,dn->n", {left}, {right})', True
    if node.op == "sum" and node.data == (0,):
        return f"np.sum({_expression(node.args[0], names)[0]}, axis=0)", True
    raise NotGenerated(f"a feature of the samples has no source: {node.op}")
