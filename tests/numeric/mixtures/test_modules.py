"""The committed modules: the same bytes again, in the style of the project, and what they say of themselves."""

import ast
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import derive
from derive.cli import main
from derive.cli.streams import Refusal
from derive.cli.writing import save
from derive.derivation import gradient
from numeric.gaussian import MODULES
from numeric.mixtures import scaffold
from numeric.mixtures.derived import derived
from numeric.mixtures.statement import GAUSSIAN
from numeric.modules import HEADER

ROOT = Path(__file__).parents[3]
PATHS = {structure: ROOT / (name.replace(".", "/") + ".py") for structure, name in MODULES.items()}


@pytest.mark.parametrize("structure", MODULES)
def test_the_committed_module_is_written_again_byte_for_byte(structure, tmp_path):
    target = tmp_path / "made.py"
    options = [] if structure == "full" else ["--covariances", structure]
    assert main(["codegen", "gaussian-mixture", *options, "--out", str(target)]) == 0
    assert target.read_bytes() == PATHS[structure].read_bytes()


def test_the_modules_are_as_a_careful_person_would_write_them(tmp_path):
    copies = [tmp_path / path.name for path in PATHS.values()]
    for copy, path in zip(copies, PATHS.values(), strict=True):
        copy.write_bytes(path.read_bytes())
    ruff = [sys.executable, "-m", "ruff"]
    config = ["--config", str(ROOT / "pyproject.toml"), "--no-cache"]
    for command in (["check", *config], ["format", "--check", *config]):
        run = subprocess.run([*ruff, *command, *map(str, copies)], capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("structure", MODULES)
def test_docstrings_carry_shapes_formulas_rules_and_certificates(structure):
    module = import_module(MODULES[structure])
    assert (
        "\\mathcal{N}" in module.__doc__
        and "differential-of-log" in module.__doc__
        and "Certificates" in module.__doc__
    )
    for name in ("statistics", "moments", "update", "responsibilities", "log_densities", "log_likelihood", "gradient"):
        text = getattr(module, name).__doc__
        assert "means : array of shape (K, D)" in text and ":math:`\\mu_" in text and "Returns\n" in text
    assert ".. math::" in module.update.__doc__ and "\\frac{\\partial L}{\\partial" in module.gradient.__doc__
    imported = [node for node in ast.walk(ast.parse(PATHS[structure].read_text())) if isinstance(node, ast.Import)]
    assert {alias.name for node in imported for alias in node.names} == {"math", "numpy"}


def test_the_scaffold_has_no_formula_of_a_model():
    text = "".join(str(getattr(each, "template", each)) for each in vars(scaffold).values() if each is not None)
    for word in ("covariance", "means", "cholesky", "inv", "rates", "variance"):
        assert word not in text


def test_the_gradient_of_the_log_likelihood_is_that_of_its_expectation():
    statement = GAUSSIAN["full"]
    found = derived(statement)
    problem = derive.Problem(statement.declarations)
    log_likelihood = problem.expr(statement.log_likelihood)
    for condition in found.stationary.conditions[1:]:
        assert gradient(log_likelihood, condition.wrt, problem.scope).named[0] == condition.latex


def test_the_programs_are_listed_for_reading(capsys):
    assert main(["codegen", "gaussian-mixture", "--covariances", "spherical", "--program"]) == 0
    text = capsys.readouterr().out
    for part in ("feature 2", "parameter of feature 2", "M-step: means moves by", "gradient by variances", "return %"):
        assert part in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gaussian-mixture", "--wrt", "x"], "gaussian-mixture has no --wrt"),
        (["gaussian-mixture", "--tests"], "gaussian-mixture has no --tests"),
        (["gaussian-mixture", "--covariances", "round"], "'round' is not one of"),
        (["x", "--kind", "value", "--covariances", "full"], "--covariances is for gaussian-mixture"),
    ],
)
def test_what_does_not_belong_together_is_refused(arguments, message, capsys):
    assert main(["codegen", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_only_what_was_generated_is_overwritten(tmp_path):
    target = tmp_path / "made.py"
    target.write_bytes(PATHS["full"].read_bytes())
    start = f"r{HEADER}"
    save("new", target, force=False, start=start)
    assert target.read_text() == "new"
    with pytest.raises(Refusal, match="was not generated"):
        save("newer", target, force=False, start=start)
