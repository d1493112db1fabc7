"""The sums of a mixture module over its rows: moments in both plans, and the loop over the blocks."""

from __future__ import annotations

from numeric.mixtures.design import COMMON
from numeric.mixtures.formulas import statements
from numeric.mixtures.layout import expression
from numeric.mixtures.names import SCRATCH, Names, axes_of_statistic
from numeric.mixtures.steps import symbols_of
from numeric.mixtures.text import function, wrapped
from numeric.program import Node
from numeric.source import indented

ADD_COMMON = "add_common(features, known, work, common, None if responsibilities is None else weights)"


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
    if design.common is not None:
        body.insert(0, f"{names.of[COMMON]} = common")
        head = (
            "def recentred("
            "sums: np.ndarray, known: SimpleNamespace, work: Workspace, common: np.ndarray) -> list[np.ndarray]:"
        )
    return function(head, doc, body)


def common(names: Names) -> str:
    """Return the functions for what is common to all components; nothing where nothing is."""
    if names.design.common is None:
        return ""
    sizes = [f'{letter} = work.sizes["{letter}"]' for letter in names.sizes if letter in names.gap]
    gap = [*sizes, f"gap = {names.gap}"]
    doc = [
        '"""Add u uᵀ of located data u, and return the part of the log-likelihood that is the same for all components.',
        "",
        "Responsibilities that were computed add up to one; the sum of those that are given is the weight of a sample.",
        '"""',
    ]
    body = [
        *gap,
        "if weights is None:",
        "    scatter = gap @ gap.T",
        "    common += scatter",
        "    return float(np.sum(known.common * scatter))",
        'weighted = work.rows("whitened", features.shape[1])',
        "np.multiply(gap, np.sqrt(weights.sum(0)), out=weighted)",
        "common += weighted @ weighted.T",
        "return 0.0",
    ]
    head = (
        "def add_common(\n    features: np.ndarray,\n    known: SimpleNamespace,\n    work: Workspace,\n"
        "    common: np.ndarray,\n    weights: np.ndarray | None,\n) -> float:"
    )
    term = [
        *gap,
        'product = work.rows("whitened", features.shape[1])',
        "np.matmul(known.common.astype(work.dtype), gap, out=product)",
        'return np.einsum("dn,dn->n", product, gap)',
    ]
    term_doc = ['"""Return the part of the log-joint densities of a block that is the same for all components."""']
    term_head = "def common_term(features: np.ndarray, known: SimpleNamespace, work: Workspace) -> np.ndarray:"
    return function(head, doc, body) + function(term_head, term_doc, term)


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
    inner += [
        f"{'features, separable' if has_form else 'features'} = fill({listed}, known, work)",
        "if responsibilities is not None:",
        '    weights, value = work.rows("density", high - low), 0.0',
        "    weights[...] = responsibilities[low:high].T",
        "elif separable:" if has_form else "else:",
        '    logs = np.matmul(known.ratios, features, out=work.rows("logs", high - low))',
        "    weights, value = relative_shares(logs, known, work)",
    ]
    if has_form:
        inner += ["else:", f"    weights, value = shares(centred_densities({located}_block, known, work), work)"]
    inner.append("log_likelihood += value")
    common = names.design.common is not None
    add = "sums += np.matmul(weights, features.T, out=work.products)"
    if has_form:
        inner += [
            "if separable:",
            f"    {add}",
            *([f"    log_likelihood += {ADD_COMMON}"] if common else []),
            "else:",
            f"    centred_moments({located}_block, weights, known, work, centred)",
            "rows[0 if separable else 1] += high - low",
        ]
        total = "totals = [a + b for a, b in zip(recentred(sums, known, work), centred, strict=True)]"
    else:
        inner += [add, "rows[0] += high - low"]
        total = "totals = recentred(sums, known, work)"
    if common:
        body.insert(body.index("sums = np.zeros(work.products.shape)") + 1, "common = np.zeros(known.common.shape)")
        total = total.replace("known, work)", "known, work, common)")
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
    product = 'logs = np.matmul(known.theta, features, out=work.rows("logs", high - low))'
    inner = [
        f"high = min(low + work.block, len({first}))",
        *(f"{each.name}_block = {each.name}[low:high].T" for each in names.data),
    ]
    if has_form:
        inner += [
            f"features, separable = fill({listed}, known, work)",
            "if separable:",
            f"    {product}",
            *(["    logs += common_term(features, known, work)"] if names.design.common is not None else []),
            "else:",
            f"    logs = centred_densities({located}_block, known, work)",
        ]
    else:
        inner += [f"features = fill({listed}, known, work)", product]
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
