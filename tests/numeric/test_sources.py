"""The text of generated modules: clean for ruff, the same every time, documented, and free of what a document says."""

import ast
import builtins
import json
import subprocess
import sys
from pathlib import Path

import pytest
from test_derivation_corpus import CORPUS

from derive import records
from derive.problem import Problem
from numeric.codegen import generate
from numeric.line_breaks import broken
from numeric.modules import answer_line

RECORDS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
ROOT = Path(__file__).parents[2]
ASKED = {"given": [], "name": "slope", "namespace": "numpy", "program": False, "tests": True}


def ruff(folder, *arguments):
    command = [
        sys.executable,
        "-m",
        "ruff",
        *arguments,
        "--config",
        str(ROOT / "pyproject.toml"),
        "--no-cache",
        str(folder),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


def assert_clean(sources, folder):
    for name, source in sources.items():
        (folder / f"{name.replace('-', '_')}.py").write_text(source, encoding="utf-8")
    assert ruff(folder, "check", "--ignore", "D100") == ""
    assert ruff(folder, "format", "--diff") == ""


def test_sources_are_clean_for_ruff_and_formatted(tmp_path):
    chosen = RECORDS[3::37]
    assert_clean({record["id"]: generate(records.derivation(record)).source for record in chosen}, tmp_path)


@pytest.mark.slow
def test_all_sources_are_clean_for_ruff_and_formatted(tmp_path):
    sources = {}
    for record in RECORDS:
        found = records.derivation(record)
        sources[record["id"]] = generate(found).source
        assert generate(found).source == sources[record["id"]]
    assert_clean(sources, tmp_path)


def test_modules_with_tests_are_clean(tmp_path):
    sources = {}
    for record in RECORDS[7::41]:
        answer = answer_line(json.dumps({**record, **ASKED}))
        if answer["status"] == "generated":
            sources[record["id"]] = answer["source"]
    assert len(sources) > 8
    assert_clean(sources, tmp_path)


def test_docstrings_say_shapes_formula_rules_and_certificate():
    for record in RECORDS[5::23]:
        made = generate(records.derivation(record))
        text = ast.get_docstring(
            next(node for node in ast.parse(made.source).body if isinstance(node, ast.FunctionDef))
        )
        assert "Returns" in text and "It rests on " in text and "Certificate " in text and ".. math::" in text
        for parameter in made.arguments:
            assert f"{parameter.name} : {parameter.described}" in text


HOSTILE = [
    r"\lambda", r"\hat{x}", r"\mathrm{class}", r"\mathbf{lambda}", r"\mathrm{exec}", r"\mathbf{np}", r"\mathrm{import}",
    r"\mathit{self}", r"\mathrm{None}", r"\text{eval}", r"x_{\mathrm{os.system}}",
    r"\mathrm{print}", "é", "ß", "λ", "I", "l", "O",
    r"\tilde{\lambda}_0", r"\mathrm{like}", r"\mathrm{xp}", r"\mathrm{f}", r"\mathrm{__import__}", r"x_{\text{a b}}",
]  # fmt: skip
KNOWN = {"np", "xp", "like", "math"}


@pytest.mark.parametrize("namespace", ["numpy", "array-api"])
@pytest.mark.parametrize("name", HOSTILE)
def test_names_never_become_code(name, namespace):
    declare = [rf"{name} \in \mathbb{{R}}^n"]
    try:
        Problem(declare, []).expr(name)
    except Exception:
        pytest.skip("not a symbol")
    record = {"declare": declare, "of": rf"\log \sum_{{i=1}}^n \exp({name}_i)", "wrt": name, "kind": "gradient"}
    try:
        found = records.derivation(record)
    except Exception:
        record["of"] = rf"\log(\mathbf{{1}}^\top \exp({name}))"
        found = records.derivation(record)
    made = generate(found, namespace=namespace)
    tree = ast.parse(made.source)
    allowed = KNOWN | {p.name for p in made.arguments}
    bound = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            assert node.id in allowed | bound or node.id == "float"
            assert node.id == "float" or not hasattr(builtins, node.id)
        if isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_") or node.attr == "__array_namespace__"
    assert [each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names] in (
        [],
        ["numpy"],
    )
    made.compile()


def test_long_lines_are_broken_at_arguments_of_calls():
    line = "return np.linalg.solve(first_matrix_of_all, second_matrix_of_all)[..., 0]"
    assert broken(line, 50) == [
        "return np.linalg.solve(", "    first_matrix_of_all,", "    second_matrix_of_all,", ")[..., 0]",
    ]  # fmt: skip
    assert broken("x = 1", 50) == ["x = 1"]
