"""A mixture module as source: the scaffold with what was derived."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from derive.latex import latex
from derive.problem import Problem
from numeric.mixtures import scaffold, sums, walks
from numeric.mixtures.derived import Derived
from numeric.mixtures.design import WHITENING, Design, design_of
from numeric.mixtures.formulas import statements, whitened
from numeric.mixtures.names import SCRATCH, Names, constants, described, is_symmetric, names_of
from numeric.mixtures.steps import symbols_of
from numeric.mixtures.system import system_of
from numeric.mixtures.text import function, wrapped
from numeric.modules import HEADER
from numeric.source import indented, safe

RETURNS = {
    "statistics": "arrays of float64, as `STATISTICS` says",
    "moments": "arrays of float64, as `STATISTICS` says; the log-likelihood is 0",
    "update": "the parameters of the M-step, as `PARAMETERS` says",
    "gradient": "the gradient of the log-likelihood by each parameter, without regard to constraints",
}


def module_of(found: Derived, command: str) -> str:
    """Return the source of a mixture module.

    Parameters
    ----------
    found : Derived
        The mixture with what follows from its statement.
    command : str
        What was asked for, for the header.

    Raises
    ------
    NotGenerated
        If the log-density does not separate into functions of samples and of parameters, or an M-step has no closed
        form.
    """
    design = design_of(system_of(found))
    names = names_of(design)
    parts = [
        _head(found, names, command),
        _buffers(names),
        walks.prepared(names),
        walks.fill(names),
        walks.densities(names),
        sums.centred_moments(names),
        sums.recentred(names),
        sums.common(names),
        scaffold.NORMALISE,
        scaffold.LAGS if any(row.kind == "outer" for row in names.rows) else "",
        sums.accumulate(names),
        sums.each_block(names),
        *_public(names, found),
        _update(names, design, found),
        _gradient(names, design, found),
    ]
    return "".join(parts)


def _head(found: Derived, names: Names, command: str) -> str:
    proofs = f"It rests on {', '.join(found.rules)}. Certificates {found.digest}."
    notes = textwrap.wrap(proofs, 116, break_on_hyphens=False)
    form = names.design.form
    is_triangular = form is not None and form.whitening is not None and form.whitening.op == "inv"
    imports = ["from collections.abc import Iterator"]
    imports += ["from itertools import pairwise"] if is_triangular else []
    imports += ["from types import SimpleNamespace", ""]
    stated = latex(_stated(found))
    table = constants(names, found.statement.variances)
    text = scaffold.HEAD.substitute(
        header=f"{HEADER} for {command}; changes are lost when it is made again.",
        title=found.statement.name,
        log_likelihood="\n   ".join(textwrap.wrap(safe(stated), 112, break_long_words=False, break_on_hyphens=False)),
        notes="\n".join(notes),
        imports="\n".join(imports),
        constants=table,
    )
    if is_triangular:
        text += "PANELS = 4  # row panels of a triangular matrix: three eighths of all products are with zeros\n"
    return text


def _stated(found: Derived) -> object:
    return Problem(found.statement.declarations).expr(found.statement.log_likelihood)


def _buffers(names: Names) -> str:
    form, location = names.design.form, names.design.location
    buffers = ""
    if form is not None and location is not None:
        rows = str(location.datum.symbol.shape[0]) if location.datum.symbol.shape else "1"
        buffers = f', "centred": {rows}, "whitened": {rows}'
    sizes = "".join(f", {letter}" for letter in names.sizes)
    of = "".join(f', sizes["{letter}"]' for letter in names.sizes)
    listed = [f"    {p.name}: np.ndarray,\n" for p in names.parameters]
    return scaffold.BUFFERS.substitute(
        tolerance=scaffold.TOLERANCE if form is not None else "",
        sizes=sizes,
        sizes_of=of,
        n_features=names.rows[-1].stop,
        buffers=buffers,
        parameters="".join(listed),
        parameter_docs="".join(f"    {line}\n" for line in described(names.parameters)),
        keywords=", ".join(f"{p.name}={p.name}" for p in names.parameters),
    )


def _doc(summary: str, names: Names, arrays: Iterable[str], returned: str, notes: Iterable[str] = ()) -> list[str]:
    lines = [f'r"""{summary}', "", "Parameters", "----------", *arrays, "", "Returns", "-------"]
    kind, _, text = returned.partition(": ")
    lines += [kind, *indented(textwrap.wrap(text, 104))]
    notes = list(notes)
    if notes:
        lines += ["", "Notes", "-----", *notes]
    return [*lines, '"""']


def _formulas(title: str, formulas: Iterable[str]) -> list[str]:
    lines = [title, ""]
    for formula in formulas:
        wrapped = textwrap.wrap(safe(formula), 104, break_long_words=False, break_on_hyphens=False)
        lines += [".. math::", "", *(f"   {line}" for line in wrapped), ""]
    return lines[:-1]


_WORKSPACE = ["workspace : Workspace, optional", "    Buffers to be used again; see `workspace`."]
_GIVEN = ["responsibilities : array of shape (N, K)", "    They are given; the parameters only say where to centre."]


def _public(names: Names, found: Derived) -> list[str]:
    data, listed = names.listed(names.data), names.listed(names.arrays)
    first = names.data[0].name
    head = "".join(f"    {each.name}: np.ndarray,\n" for each in names.arrays)
    tail = "    *,\n    workspace: Workspace | None = None,\n"
    weights = f"    {names.parameters[0].name}:"
    weighted = head.replace(weights, f"    responsibilities: np.ndarray,\n{weights}")
    arrays = [*described(names.arrays), *_WORKSPACE]
    with_weights = [*described(names.data), *_GIVEN, *described(names.parameters), *_WORKSPACE]
    many = "tuple[np.ndarray, ...]"
    made = [
        function(
            f"def statistics(\n{head}{tail}) -> {many}:",
            _doc(
                "Return the statistics of the rows at the parameters; those of blocks of rows add up.",
                names,
                arrays,
                f"tuple: {RETURNS['statistics']}",
            ),
            [
                'with np.errstate(over="ignore"):  # see `relative_shares`',
                f"    return accumulate({listed}, workspace)",
            ],
        ),
        function(
            f"def moments(\n{weighted}{tail}) -> {many}:",
            _doc(
                "Return the statistics of the rows for responsibilities that are given.",
                names,
                with_weights,
                f"tuple: {RETURNS['moments']}",
            ),
            [f"return accumulate({listed}, workspace, np.asarray(responsibilities))"],
        ),
    ]
    floats = [f"{each.name} = floating({each.name})" for each in names.data]
    loop = f"for part, logs in each_block({listed}, workspace):"
    largest = ["    largest = np.maximum.reduce(logs, axis=0)", "    density = np.exp(logs - largest)"]
    made += [
        function(
            f"def log_densities(\n{head}{tail}) -> np.ndarray:",
            _doc(
                "Return the logarithm of the density of each row.",
                names,
                arrays,
                "array of shape (N,): the log-densities",
            ),
            [
                *floats,
                f"out = np.empty(len({first}), {first}.dtype)",
                loop,
                *largest,
                "    out[part] = np.log(density.sum(0)) + largest",
                "return out",
            ],
        ),
        function(
            f"def log_likelihood(\n{head}{tail}) -> float:",
            _doc("Return the log-likelihood of the rows.", names, arrays, "float: the sum of the log-densities"),
            [f"return float(log_densities({listed}, workspace=workspace).sum(dtype=np.float64))"],
        ),
        function(
            f"def responsibilities(\n{head}{tail}) -> np.ndarray:",
            _doc(
                "Return the share of each component in the density of each row.",
                names,
                arrays,
                "array of shape (N, K): the responsibilities",
            ),
            [
                *floats,
                f"out = np.empty((len({first}), len({names.parameters[0].name})), {first}.dtype)",
                loop,
                *largest,
                "    out[part] = (density / density.sum(0)).T",
                "return out",
            ],
        ),
    ]
    del data, found
    return made


def _update(names: Names, design: Design, found: Derived) -> str:
    listed = [one.name for one in design.statistics]
    body = [f"{_unpack(listed)} = statistics[:{len(listed)}]"]
    inner: list[str] = []
    taken = [*SCRATCH, *names.of.values()]
    for step in design.steps:
        name = step.parameter.name
        if step.moved:
            inner += statements([("move", step.value)], names.of, taken)
            inner.append(f"new_{name} = {name} + move")
        else:
            inner += statements([(f"new_{name}", step.value)], names.of, taken)
        if is_symmetric(step.parameter):
            inner.append(f"new_{name} = 0.5 * (new_{name} + np.swapaxes(new_{name}, -1, -2))")
    body += ['with np.errstate(divide="ignore", invalid="ignore"):', *indented(wrapped(inner, 8))]
    pairs = [f"new_{p.name}.astype(floating({p.name}).dtype)" for p in names.parameters]
    body += ["return (", *(f"    {pair}," for pair in pairs), ")"]
    ordered = [found.solution(unknown).latex for unknown in found.unknowns]
    first = ["statistics : tuple", "    What `statistics` or `moments` returned at these parameters."]
    doc = _doc(
        "Return the parameters of the M-step; a component that no row belongs to becomes nan.",
        names,
        [*first, *described(names.parameters)],
        f"tuple: {RETURNS['update']}",
        _formulas("The function that the M-step maximises is stationary at", ordered),
    )
    return function(_with_statistics("update", names), doc, body)


def _with_statistics(name: str, names: Names) -> str:
    inner = "".join(f"    {p.name}: np.ndarray,\n" for p in names.parameters)
    return f"def {name}(\n    statistics: tuple[np.ndarray, ...],\n{inner}) -> tuple[np.ndarray, ...]:"


def _unpack(listed: list[str]) -> str:
    return ", ".join(listed) if len(listed) > 1 else f"({listed[0]},)"


def _gradient(names: Names, design: Design, found: Derived) -> str:
    listed = [one.name for one in design.statistics]
    form = design.form
    matrix = form.whitening if form is not None else None
    targets = [
        (f"by_{p.name}", whitened(value, matrix)) for p, value in zip(names.parameters, design.gradients, strict=True)
    ]
    body = [f"{_unpack(listed)} = statistics[:{len(listed)}]"]
    body += walks.doubles(names)
    used = {symbol.data[0] for _, value in targets for symbol in symbols_of(value)}
    if matrix is not None and WHITENING in used:
        text = statements([("whitening", matrix)], names.of, SCRATCH)
        body += [*text[:-1], walks.lower(text[-1], matrix)]
    inner = statements(targets, names.of, SCRATCH)
    body += ['with np.errstate(divide="ignore", invalid="ignore"):', *indented(wrapped(inner, 8))]
    body.append(f"return {', '.join(name for name, _ in targets)}")
    ordered = [f"\\frac{{\\partial L}}{{\\partial {p.latex_name}}} = {p.gradient_latex}" for p in names.parameters]
    first = ["statistics : tuple", "    What `statistics` returned at these parameters."]
    doc = _doc(
        "Return the gradients of the log-likelihood at the parameters of a pass.",
        names,
        [*first, *described(names.parameters)],
        f"tuple: {RETURNS['gradient']}",
        _formulas("With the responsibilities of these parameters,", ordered),
    )
    del found
    return function(_with_statistics("gradient", names), doc, body)
