"""The passes of a mixture module over its rows: preparation, features, densities, sums."""

from __future__ import annotations

from numeric.mixtures.design import Form, symbols_of
from numeric.mixtures.formulas import statements, whitened
from numeric.mixtures.layout import expression, fill_statements
from numeric.mixtures.names import SCRATCH, Names, axes_of, axes_of_statistic
from numeric.program import Node
from numeric.source import indented

LONGEST = 120
LOWEST = "np.finfo(dtype).min / 4"


def function(head: str, doc: list[str], body: list[str]) -> str:
    """Return the source of a function."""
    return "\n".join(["", "", *head.split("\n"), *indented([*doc, *body]), ""])


def wrapped(lines: list[str], indent: int) -> list[str]:
    """Return assignments; a sum that is too long at this indent has its terms on lines of their own."""
    found = []
    for line in lines:
        target, _, text = line.partition(" = ")
        parts = _terms(text) if indent + len(line) > LONGEST else []
        if len(parts) > 1:
            found += [f"{target} = (", *(f"    {part}" for part in parts), ")"]
        else:
            found.append(line)
    return found


def _terms(text: str) -> list[str]:
    """Return the terms of a sum with their signs."""
    depth, start, parts = 0, 0, []
    for place, char in enumerate(text):
        depth += (char in "([") - (char in ")]")
        if not depth and text[place : place + 3] in (" + ", " - "):
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def arguments(names: Names, *extra: str) -> str:
    """Return data and parameters as annotated arguments."""
    return ", ".join([*(f"{each.name}: np.ndarray" for each in names.arrays), *extra])


def prepared(names: Names) -> str:
    """Return the function that computes what a pass needs of the parameters."""
    design, form = names.design, names.design.form
    body = [*doubles(names), "known = SimpleNamespace()"]
    if design.location is not None:
        where = design.location.parameter.name
        body += [
            f"shift = ({names.parameters[0].name} @ {where} / np.sum({names.parameters[0].name})).astype(dtype)",
            f"offsets = {where} - shift",
            "known.shift = np.reshape(shift, (-1, 1))",
            "known.offsets = offsets",
        ]
    matrix = form.whitening if form is not None else None
    if matrix is not None:
        text = statements([("whitening", matrix)], names.of, SCRATCH)
        body += [*text[:-1], lower(text[-1], matrix)]
    targets = [
        (f"theta_{place}", whitened(row.parameter, matrix))
        for place, row in enumerate(names.rows)
        if row.parameter is not None
    ]
    if form is not None:
        targets.append(("constant", whitened(form.constant, matrix)))
        if not _is_number(form.factor):
            targets.append(("factor", form.factor))
    body += ['with np.errstate(divide="ignore"):', *indented(wrapped(statements(targets, names.of, SCRATCH), 8))]
    body += _theta(names)
    if form is not None:
        body += _centred(names, form)
    body.append("return known")
    sizes = "".join(f"    {p.name}: np.ndarray,\n" for p in names.parameters)
    doc = ['"""Return what a pass needs of the parameters: computed in double precision, kept in that of the data."""']
    return function(f"def prepared(\n{sizes}    dtype: np.dtype,\n) -> SimpleNamespace:", doc, body)


def doubles(names: Names) -> list[str]:
    """Return the statements that take the parameters in double precision."""
    return [f"{p.name} = np.asarray({p.name}, np.float64)" for p in names.parameters]


def lower(line: str, matrix: Node) -> str:
    """Return the assignment of a whitening matrix, without what rounding leaves above the diagonal."""
    name, _, text = line.partition(" = ")
    return f"{name} = np.tril({text})" if matrix.op == "inv" else line


def _is_number(node: Node) -> bool:
    return not node.axes and node.op == "add" and len(node.args) == 1 and node.args[0].op == "one"


def _theta(names: Names) -> list[str]:
    first = names.parameters[0].name
    sizes = [f"{letter} = {_size_of(names, letter)}" for letter in names.sizes]
    lines = [*sizes, f"theta = np.zeros((len({first}), {names.rows[-1].stop}))"]
    for place, row in enumerate(names.rows):
        if row.parameter is None:
            continue
        value = f"theta_{place}"
        if row.kind == "one":
            value = f"np.maximum({value}, {LOWEST})"
        if row.kind == "outer":
            value = f"packed({value})"
        lines.append(f"theta[:, {row.slice}] = {value}")
    return [*lines, "known.theta = theta.astype(dtype)"]


def _size_of(names: Names, letter: str) -> str:
    for parameter in names.parameters:
        axes = axes_of(parameter.argument)
        if letter in axes:
            return f"{parameter.name}.shape[{axes.index(letter)}]"
    raise KeyError(letter)


def _centred(names: Names, form: Form) -> list[str]:
    assert names.design.location is not None
    where, first = names.design.location.parameter.name, names.parameters[0].name
    lines = [
        f"known.location = np.reshape({where}, (len({first}), -1, 1)).astype(dtype)",
        f"known.constant = np.broadcast_to(np.maximum(constant, {LOWEST}), {first}.shape).astype(dtype)",
    ]
    weight = "1.0"
    if form.whitening is not None:
        over = "(-2, -1)" if form.whitening.op == "inv" else "-1"
        weight = f"np.square(whitening).sum({over})"
        shape = "whitening" if form.whitening.op == "inv" else "whitening[..., None]"
        lines.append(f"known.whitening = {shape}.astype(dtype)")
    if not _is_number(form.factor):
        lines.append(f"known.factor = np.broadcast_to(factor, {first}.shape).astype(dtype)")
        weight = f"2.0 * np.abs(factor) * {weight}"
    return [
        *lines,
        f"known.amplification = np.finfo(dtype).eps * np.max({weight})",
        f"known.reach = np.max(np.square(np.reshape(offsets, (len({first}), -1))).sum(1))",
    ]


def fill(names: Names) -> str:
    """Return the function that writes the features of a block."""
    data = {each.key: each.name for each in names.data}
    common, separated = fill_statements(names.rows, data)
    form = names.design.form
    body = [f"features = work.rows(\"features\", {names.data[0].name}.shape[-1])"]
    used = "\n".join([*common, *separated])
    body += [f'{letter} = work.sizes["{letter}"]' for letter in names.sizes if letter in used]
    body += common
    if form is not None:
        body += [
            'separable = work.plan == "separated"',
            'if work.plan == "auto":',
            f"    radius = {_radius(names)}.max()",
            "    separable = bool(known.amplification * max(radius, known.reach) <= work.tolerance)",
        ]
        if separated:
            body += ["if separable:", *indented(separated)]
        body.append("return features, separable")
        returned = "tuple[np.ndarray, bool]"
        doc = [
            '"""Write the features of a block, each a row; return whether the separated plan keeps its digits here.',
            "",
            "The error of a log-density of the form |W (x − location)|² is below eps · max |x − shift|² · max |W|².",
            '"""',
        ]
    else:
        body += [*separated, "return features"]
        returned = "np.ndarray"
        doc = ['"""Write the features of a block, each a row."""']
    lists = ", ".join(f"{each.name}: np.ndarray" for each in names.data)
    return function(f"def fill({lists}, known: SimpleNamespace, work: Workspace) -> {returned}:", doc, body)


def _radius(names: Names) -> str:
    for row in names.rows:
        if row.kind == "outer" or (row.kind == "plain" and row.feature.op == "pow" and row.feature.shape):
            squares = "squares" if row.kind == "outer" else f"features[{row.slice}]"
            return f'np.add.reduce({squares}, axis=0, out=work.rows("total", features.shape[1])[0])'
        if row.kind == "plain" and row.feature.op == "matmul" and row.feature.is_number:
            return f"features[{row.slice}]"
    return "np.square(gap).sum(0)"


def densities(names: Names) -> str:
    """Return the function of the log-joint densities of the centred plan; nothing where there is none."""
    form = names.design.form
    if form is None:
        return ""
    location = names.design.location
    assert location is not None
    datum = location.datum.name
    whitening = form.whitening
    body = [
        f"n_rows = {datum}.shape[-1]",
        'logs, centred = work.rows("logs", n_rows), work.rows("centred", n_rows)',
    ]
    index = "k" if whitening is not None and whitening.axes else "..."
    inner = [f"np.subtract({datum}, known.location[k], out=centred)"]
    name = "centred"
    if whitening is not None:
        name = "whitened"
        body.append('whitened = work.rows("whitened", n_rows)')
        if whitening.op == "inv":
            at = "k, low:high, :high" if whitening.axes else "low:high, :high"
            body.append("edges = [len(centred) * panel // PANELS for panel in range(PANELS + 1)]")
            inner += [
                "for low, high in pairwise(edges):",
                f"    np.matmul(known.whitening[{at}], centred[:high], out=whitened[low:high])",
            ]
        else:
            inner.append(f"np.multiply(centred, known.whitening[{index}], out=whitened)")
    factor = _literal(form.factor) if _is_number(form.factor) else "known.factor[k]"
    inner += [
        f'np.einsum("dn,dn->n", {name}, {name}, out=row)',
        f"np.multiply(row, {factor}, out=row)",
        "np.add(row, known.constant[k], out=row)",
    ]
    body += ["for k, row in enumerate(logs):", *indented(inner), "return logs"]
    doc = ['"""Write the log-joint densities of a block (K, n) from data that are centred at each location."""']
    head = f"def centred_densities({datum}: np.ndarray, known: SimpleNamespace, work: Workspace) -> np.ndarray:"
    return function(head, doc, body)


def _literal(node: Node) -> str:
    return repr(float(node.data[0]))


def centred_moments(names: Names) -> str:
    """Return the function that adds the moments of the centred plan; nothing where there is none."""
    location = names.design.location
    if names.design.form is None or location is None:
        return ""
    datum = location.datum.name
    body = ['centred = work.rows("centred", weights.shape[1])']
    has_outer = any(one.feature.rank == 2 for one in names.design.statistics)
    if has_outer:
        body.append('weighted = work.rows("whitened", weights.shape[1])')
    listed = names.listed(names.design.statistics)
    body.append(f"{listed} = sums")
    inner = [f"np.subtract({datum}, known.location[k], out=centred)"]
    last: list[str] = []
    for one in names.design.statistics:
        target = f"{one.name}[...]" if one.summed else f"{one.name}[k]"
        feature = one.feature
        if one.name == "counts":
            body.append("counts += weights.sum(1, dtype=np.float64)")
        elif feature == location.datum.symbol:
            inner.append(f"{target} += centred @ row" if feature.shape else f"{target} += centred[0] @ row")
        elif feature.rank == 2:
            last += ["np.multiply(centred, np.sqrt(row), out=weighted)", f"{target} += weighted @ weighted.T"]
        else:
            gap = "centred" if location.datum.symbol.shape else "centred[0]"
            text = expression(feature, {location.datum.key: gap})
            inner.append(f"{target} += ({text}) @ row")
    body += ["for k, row in enumerate(weights):", *indented([*inner, *last])]
    doc = ['"""Add the moments of a block about each location."""']
    head = (
        f"def centred_moments(\n    {datum}: np.ndarray, weights: np.ndarray, known: SimpleNamespace, work: Workspace, "
        "sums: list[np.ndarray]\n) -> None:"
    )
    return function(head, doc, body)


def recentred(names: Names) -> str:
    """Return the function from sums over features of moved data to the statistics."""
    design = names.design
    used = {name for one in design.statistics for name in _symbols(one.recentred)}
    body = []
    if any(f"{letter}" in row.start + row.stop for letter in names.sizes for row in names.rows if row.key in used):
        body += [f'{letter} = work.sizes["{letter}"]' for letter in names.sizes]
    for row in names.rows:
        if row.key not in used:
            continue
        text = f"sums[:, {row.slice}]"
        if row.kind == "outer":
            text = f"unpacked({text}, {row.feature.shape[0]})"
        body.append(f"{names.raw[row.key]} = {text}")
    targets = [(one.name, one.recentred) for one in design.statistics]
    body += wrapped(statements(targets, {**names.of, **names.raw}, SCRATCH), 4)
    if design.location is not None:
        body.insert(0, "offsets = known.offsets")
    body.append(f"return [{names.listed(design.statistics)}]")
    doc = ['"""Return the statistics by the sums of features; those of moved data are moved to each location."""']
    head = "def recentred(sums: np.ndarray, known: SimpleNamespace, work: Workspace) -> list[np.ndarray]:"
    return function(head, doc, body)


def _symbols(node: Node) -> list[str]:
    return [str(symbol.data[0]) for symbol in symbols_of(node)]


def accumulate(names: Names) -> str:
    """Return the function that walks over the blocks."""
    first = names.data[0].name
    has_form = names.design.form is not None
    located = names.design.location.datum.name if names.design.location is not None else first
    bound = ", ".join(f"{each.name}={each.name}" for each in names.arrays)
    body = [
        *(f"{each.name} = floating({each.name})" for each in names.data),
        f"sizes = bound({bound})",
        "if responsibilities is not None:",
        f"    bound({first}={first}, {names.parameters[0].name}={names.parameters[0].name}, "
        "responsibilities=responsibilities)",
        f"work = ready(work, {first}.dtype, sizes)",
        f"known = prepared({names.listed(names.parameters)}, work.dtype)",
        "sums = np.zeros(work.products.shape)",
    ]
    if has_form:
        letters = dict.fromkeys(a for one in names.design.statistics for a in axes_of_statistic(one))
        values = ", ".join(f'sizes["{letter}"]' for letter in letters)
        body.append(f"{', '.join(letters)} = {values}")
        zeros = ", ".join(f"np.zeros({_shape(axes_of_statistic(one))})" for one in names.design.statistics)
        body += [f"centred = [{zeros}]"]
    body += [
        "log_likelihood, rows = 0.0, np.zeros(len(PLANS))",
        f"for low in range(0, len({first}), work.block):",
        f"    high = min(low + work.block, len({first}))",
    ]
    inner = [f"{each.name}_block = {each.name}[low:high].T" for each in names.data]
    listed = ", ".join(f"{each.name}_block" for each in names.data)
    product = "separated_densities(features, known, work)"
    if has_form:
        inner += [
            f"features, separable = fill({listed}, known, work)",
            "if responsibilities is None:",
            f"    logs = {product} if separable else centred_densities({located}_block, known, work)",
        ]
    else:
        inner += [f"features = fill({listed}, known, work)", "if responsibilities is None:", f"    logs = {product}"]
    inner += [
        "    weights, value = normalise(logs, work)",
        "    log_likelihood += value",
        "else:",
        '    weights = work.rows("density", high - low)',
        "    weights[...] = responsibilities[low:high].T",
    ]
    add = "sums += np.matmul(weights, features.T, out=work.products)"
    if has_form:
        inner += [
            "if separable:",
            f"    {add}",
            "else:",
            f"    centred_moments({located}_block, weights, known, work, centred)",
            "rows[0 if separable else 1] += high - low",
        ]
        total = "totals = [a + b for a, b in zip(recentred(sums, known, work), centred, strict=True)]"
    else:
        inner += [add, "rows[0] += high - low"]
        total = "totals = recentred(sums, known, work)"
    body += [*indented(inner), total, "return (*totals, np.asarray(log_likelihood), rows)"]
    doc = ['"""Return the statistics of all rows; the responsibilities are given or computed."""']
    head = (
        "def accumulate(\n"
        + "".join(f"    {each.name}: np.ndarray,\n" for each in names.arrays)
        + "    work: Workspace | None,\n    responsibilities: np.ndarray | None = None,\n) -> tuple[np.ndarray, ...]:"
    )
    return function(head, doc, body)


def _shape(axes: tuple[str, ...]) -> str:
    return axes[0] if len(axes) == 1 else f"({', '.join(axes)})"


def each_block(names: Names) -> str:
    """Return the generator of blocks of log-joint densities."""
    first = names.data[0].name
    has_form = names.design.form is not None
    located = names.design.location.datum.name if names.design.location is not None else first
    bound = ", ".join(f"{each.name}={each.name}" for each in names.arrays)
    listed = ", ".join(f"{each.name}_block" for each in names.data)
    product = "separated_densities(features, known, work)"
    inner = [
        f"high = min(low + work.block, len({first}))",
        *(f"{each.name}_block = {each.name}[low:high].T" for each in names.data),
    ]
    if has_form:
        inner += [
            f"features, separable = fill({listed}, known, work)",
            f"logs = {product} if separable else centred_densities({located}_block, known, work)",
        ]
    else:
        inner += [f"features = fill({listed}, known, work)", f"logs = {product}"]
    body = [
        f"work = ready(work, {first}.dtype, bound({bound}))",
        f"known = prepared({names.listed(names.parameters)}, work.dtype)",
        f"for low in range(0, len({first}), work.block):",
        *indented([*inner, "yield slice(low, high), logs"]),
    ]
    doc = ['"""Yield blocks of rows with their log-joint densities (K, n), which the next block overwrites."""']
    head = (
        "def each_block(\n"
        + "".join(f"    {each.name}: np.ndarray,\n" for each in names.arrays)
        + "    work: Workspace | None,\n) -> Iterator[tuple[slice, np.ndarray]]:"
    )
    return function(head, doc, body)
