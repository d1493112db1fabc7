"""What a mixture module does with a block of rows: preparation, features, densities."""

from __future__ import annotations

from numeric.mixtures.form import Form
from numeric.mixtures.formulas import statements, whitened
from numeric.mixtures.layout import fill_statements
from numeric.mixtures.names import SCRATCH, Names, axes_of
from numeric.mixtures.text import function, wrapped
from numeric.program import Node
from numeric.source import indented

SQUARES = 'squares = np.multiply(gap, gap, out=work.rows("whitened", features.shape[1]))'
LOWEST = "np.finfo(dtype).min / 4"


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
    if design.common is not None:
        targets.append(("common", whitened(design.common, matrix)))
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
    return [
        *lines,
        f"known.heaviest = int(np.argmax({first}))",
        "known.theta = theta.astype(dtype)",
        "ratios = theta - theta[known.heaviest]",
        "ratios[known.heaviest] = theta[known.heaviest]",
        "known.ratios = ratios.astype(dtype)",
        *(["known.common = common"] if names.design.common is not None else []),
    ]


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
    has_outer = any(row.kind == "outer" for row in names.rows)
    form = names.design.form
    body = [f'features = work.rows("features", {names.data[0].name}.shape[-1])']
    used = "\n".join([*common, *separated])
    body += [f'{letter} = work.sizes["{letter}"]' for letter in names.sizes if letter in used]
    body += common
    if form is not None:
        body += [
            'separable = work.plan == "separated"',
            'if work.plan == "auto":',
            *(["    " + SQUARES] if _radius(names).startswith("np.add.reduce(squares") and not has_outer else []),
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
    return 'np.add.reduce(squares, axis=0, out=work.rows("total", features.shape[1])[0])'


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
