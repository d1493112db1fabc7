"""Generated code beside central differences of the function itself, for variations of the corpus of derivations.

Nothing of the derived result is used: `numeric_oracle` evaluates the function that was asked about, and the code that
was generated for its derivative has to agree. Variations rename symbols, make variables symmetric or definite, ask for
second derivatives, and put the function into another one.
"""

import json
import re
from itertools import product

import numpy as np
import pytest
from numeric_oracle import SYMMETRIC, TOLERANCE, Undefined, relative_gap
from test_derivation_corpus import CORPUS, Values, assignments, case_of, differenced, point
from test_generated_derivations import value_of

from derive.derivation import NotDerived
from derive.problem import Problem
from derive.records import RecordProblem
from numeric.codegen import free_indices_of, generate
from numeric.emit import Emitter

RECORDS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
TRIES, POINTS = 20, 3
OUTER = {
    "log-one-plus-square": r"\log\left( 1 + \left( OF \right)^2 \right)",
    "exp-of-minus": r"\exp\left( -\left( OF \right) \right)",
    "root": r"\sqrt{1 + \left( OF \right)^2}",
    "tanh": r"\tanh\left( OF \right)",
    "softplus": r"\log\left( 1 + \exp\left( OF \right) \right)",
    "reciprocal": r"\frac{1}{2 + \left( OF \right)^2}",
    "norm": r"\left\| OF \right\|",
    "product": r"\left( OF \right) \cdot \left( OF \right)",
}
RENAMED = {
    "x": "z",
    "X": r"\Phi",
    "A": "H",
    "w": r"\theta",
    "a": "g",
    "b": "h",
    "y": r"\eta",
    r"\mu": "m",
    r"\Sigma": "C",
}


def renamed(record):
    """Return a record with other letters, where none of them is in use."""
    texts = json.dumps([record["declare"], record["given"], record["of"], record["wrt"]])
    names = {old: new for old, new in RENAMED.items() if not _token(json.dumps(new)[1:-1]).search(texts)}
    made = dict(record)
    for field in ("of", "wrt"):
        made[field] = _with(names, record[field])
    for field in ("declare", "given"):
        made[field] = [_with(names, text) for text in record[field]]
    return made


def _token(name):
    return re.compile(rf"(?<![A-Za-z\\]){re.escape(name)}(?![A-Za-z])")


def _with(names, text):
    """Replace letters outside of arguments of operators and of fonts."""
    if not names:
        return text
    kept = r"\\(?:operatorname|mathrm|mathbb|mathcal|mathbf|begin|end|mathsf)\{[^}]*\}"
    found = "|".join(_token(name).pattern for name in sorted(names, key=len, reverse=True))
    return re.sub(f"{kept}|{found}", lambda match: names.get(match.group(), match.group()), text)


def variations(record):
    """Yield a name and a varied record."""
    yield "renamed", renamed(record)
    scalar = record["kind"] != "jacobian"
    if scalar and not record["given"]:
        for name, outer in OUTER.items():
            yield name, {**record, "of": outer.replace("OF", record["of"])}
    square = rf"{record['wrt']} \in \mathbb{{R}}^{{n \times n}}"
    if square in record["declare"]:
        for name, space in (("symmetric", r"\mathbb{S}^n"), ("definite", r"\mathbb{S}_{++}^n")):
            declared = [rf"{record['wrt']} \in {space}" if text == square else text for text in record["declare"]]
            yield name, {**record, "declare": declared}
    if record["kind"] == "gradient" and not record.get("symmetric_derivative"):
        yield "hessian", {**record, "kind": "hessian"}
        yield "jacobian", {**record, "kind": "jacobian"}


CASES = [(f"{record['id']}-{name}", varied) for record in RECORDS for name, varied in variations(record)]


def case_or_skip(record):
    try:
        return case_of(record)
    except (NotDerived, RecordProblem) as problem:
        pytest.skip(f"not derived: {problem}")


def computed(found, numeric, place):
    made = generate(found)
    names = Emitter(made.program).names
    by_name = {names[a.key, a.order]: a for a in made.program.arguments}
    values = [value_of(by_name.get(p.name), p, numeric, place) for p in made.arguments]
    with np.errstate(all="ignore"):
        return np.asarray(made.compile()(*values), float), made


def is_symmetric(case):
    """Whether the variable is a symmetric matrix: xᵀSy and yᵀSx are the same then, their tables are not."""
    names = {atom.name for atom in case.wrt.atoms() if hasattr(atom, "name")}
    declared = [case.found.scope.declarations[name] for name in names if name in case.found.scope.declarations]
    return any(each.facts & SYMMETRIC for each in declared) and len(np.shape(case.wrt)) == 2


def along_symmetric(table, kind):
    """Return a table of derivatives along symmetric changes of the variable."""
    size = round(table.shape[-1] ** 0.5)
    if size**2 != table.shape[-1]:
        return table
    half = (np.eye(size**2) + np.eye(size**2).reshape(size, size, -1).swapaxes(0, 1).reshape(size**2, -1)) / 2
    return half @ table @ half if kind == "hessian" else table @ half


def gap(case, sizes, seed):
    """Return the largest relative difference of generated code and central differences, or None without a value."""
    numeric = Values(case.found.scope, sizes)
    free = free_indices_of(case.found)
    spans = [range(1, numeric.size(upper, {}) + 1) for _, upper in free]
    try:
        place = point(case.found.scope, numeric, seed)
        wanted = []
        for index in product(*spans):
            there = place.at(**dict(zip([name for name, _ in free], index, strict=True)))
            if numeric.value(case.found.result, there) is None:
                return None, None
            wanted.append(differenced(case, numeric, there))
    except (Undefined, np.linalg.LinAlgError):
        return None, None
    given, made = computed(case.found, numeric, place)
    whole = np.array(wanted, float).reshape((*map(len, spans), *np.shape(wanted[0])))
    if not np.isfinite(whole).all():
        return None, None
    assert given.size == whole.size, (given.shape, whole.shape, made.source)
    if case.record["kind"] != "gradient" and is_symmetric(case):
        given, whole = (along_symmetric(np.reshape(each, whole.shape), case.record["kind"]) for each in (given, whole))
    try:
        return relative_gap(whole.ravel(), given.ravel()), made
    except Undefined:
        return None, None


def assert_agrees(record):
    case = case_or_skip(record)
    least = 10 * TOLERANCE if record["kind"] == "hessian" else TOLERANCE
    judged = 0
    for sizes in assignments(case.found.scope):
        found = []
        for seed in range(TRIES):
            value, made = gap(case, sizes, seed)
            if value is not None:
                found.append(value)
                if value < least or len(found) == POINTS:
                    break
        if found:
            assert min(found) < least, (sizes, found, made.source)
            judged += 1
        if judged == 2:
            return
    if not judged:
        pytest.skip("no point")


@pytest.mark.parametrize(("name", "record"), CASES[::290], ids=[name for name, _ in CASES[::290]])
def test_variations_agree_with_differences(name, record):
    assert_agrees(record)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "record"), CASES, ids=[name for name, _ in CASES])
def test_all_variations_agree_with_differences(name, record):
    assert_agrees(record)


def test_variations_are_read():
    for _, record in CASES[::31]:
        Problem(record["declare"], record["given"]).expr(record["of"])
