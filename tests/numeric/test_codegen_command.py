"""``derive codegen`` and the source fields of derivation records."""

import json

import numpy as np
import pytest

from derive import records
from derive.cli import main
from derive.models import mixture
from numeric.codegen import fields, generate
from numeric.identifiers import identifier

ASKED = [
    "codegen", r"\sum_n \log(1+\exp(w^\top x_n))", "--where", r"x_n \in \mathbb{R}^D, n=1,\dots,N",
    "--where", r"w \in \mathbb{R}^D", "--wrt", "w", "--name", "slope",
]  # fmt: skip


def test_a_module_is_written_and_its_test_passes(tmp_path):
    target = tmp_path / "slope.py"
    assert main([*ASKED, "--tests", "--out", str(target)]) == 0
    space = {}
    exec(compile(target.read_text(), "slope", "exec"), space)
    space["test_slope"]()
    x, w = np.random.default_rng(0).normal(size=(5, 2)), np.array([0.3, -1.0])
    assert np.allclose(space["slope"](x, w), (1 / (1 + np.exp(-x @ w))) @ x)


def test_the_same_request_gives_the_same_bytes(tmp_path):
    for name in ("a.py", "b.py"):
        assert main([*ASKED, "--out", str(tmp_path / name)]) == 0
    assert (tmp_path / "a.py").read_bytes() == (tmp_path / "b.py").read_bytes()


def test_a_file_of_the_users_is_kept(tmp_path, capsys):
    target = tmp_path / "mine.py"
    target.write_text("mine\n")
    assert main([*ASKED, "--out", str(target)]) == 2
    assert "was not generated" in capsys.readouterr().err and target.read_text() == "mine\n"
    assert main([*ASKED, "--out", str(target), "--force"]) == 0
    assert main([*ASKED, "--out", str(target)]) == 0, "what was generated is overwritten"


@pytest.mark.parametrize(("of", "words"), [(r"\ln\Gamma(a)", "digamma"), (r"a \Gamma(b)", "gamma")])
def test_functions_without_an_operation_are_one_clear_line(of, words, capsys):
    assert main(["codegen", of, "--wrt", "a", "--where", r"a, b \in \mathbb{R}_{>0}"]) == 2
    assert capsys.readouterr().err == f"derive: the {words} function has no NumPy operation\n"


def test_the_gradient_of_a_known_density_is_generated(tmp_path):
    target = tmp_path / "f.py"
    asked = ["codegen", r"\ln \mathrm{Gam}(y; a, b)", "--wrt", "b", "--where", r"y, a, b \in \mathbb{R}_{>0}"]
    assert main([*asked, "--out", str(target)]) == 0
    space = {}
    exec(compile(target.read_text(), "f", "exec"), space)
    assert np.isclose(space["f"](y=0.7, a=3.0, b=1.5), 3.0 / 1.5 - 0.7)


def test_the_program_is_printed_for_reading(capsys):
    assert main([*ASKED, "--program"]) == 0
    assert "fn(sigmoid" in capsys.readouterr().out


def test_a_folder_that_does_not_exist_is_one_clear_line(capsys, tmp_path):
    assert main([*ASKED, "--out", str(tmp_path / "no" / "f.py")]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_records_carry_source_arguments_and_shapes():
    record = {
        "declare": list(mixture.DECLARATIONS), "of": mixture.LOG_LIKELIHOOD, "wrt": mixture.MEAN, "kind": "gradient",
    }  # fmt: skip
    answer = records.answer(record, emission=fields)
    assert answer["arguments"][:2] == [
        {"name": "x", "latex": "x_n", "shape": ["N", "D"]},
        {"name": "mu", "latex": r"\mu_k", "shape": ["K", "D"]},
    ]
    imports = [line for line in answer["numpy"].splitlines() if "import" in line]
    assert imports == ["import numpy as np"]
    assert json.dumps(answer)


@pytest.mark.parametrize("name", ["__import__('os').system('true')", 'x"""', r"\lambda", "class", "l", "", "2", "é"])
def test_a_name_never_becomes_code(name):
    made = identifier(name)
    assert made.isidentifier() and made.isascii() and made not in ("lambda", "class", "l")


def test_a_mixture_far_out_has_responsibilities():
    found = records.derivation(
        {"declare": list(mixture.DECLARATIONS), "of": mixture.LOG_LIKELIHOOD, "wrt": r"\pi_k", "kind": "gradient"}
    )
    x, mu = np.array([[1e4, 0.0]]), np.array([[0.0, 0.0], [5.0, 0.0]])
    values = {"x": x, "mu": mu, "Sigma": np.array([np.eye(2)] * 2), "pi": np.array([0.5, 0.5])}
    slopes = {}
    for stable in (True, False):
        made = generate(found, stable=stable)
        with np.errstate(all="ignore"):
            slopes[stable] = made.compile()(*[values[p.name] for p in made.arguments])
    assert np.allclose(slopes[True], [0.0, 2.0], rtol=1e-6)  # the logarithms are near 5e7
    assert np.isnan(slopes[False]).any()


def test_array_api_code_runs_on_a_strict_namespace():
    strict = pytest.importorskip("array_api_strict")
    declared = [r"x_n \in \mathbb{R}^D, n = 1, \dots, N", r"\mu \in \mathbb{R}^D", r"S \in \mathbb{S}_{++}^D"]
    density = r"\sum_n \log \mathcal{N}(x_n \mid \mu, S)"
    found = records.derivation({"declare": declared, "of": density, "wrt": "S", "kind": "gradient"})
    x, mu, S = np.random.default_rng(1).normal(size=(4, 2)), np.zeros(2), np.eye(2) + 0.5
    plain, portable = generate(found), generate(found, namespace="array-api")
    values = {"x": x, "mu": mu, "S": S}
    wanted = plain.compile()(*[values[p.name] for p in plain.arguments])
    given = portable.compile()(*[strict.asarray(values[p.name]) for p in portable.arguments])
    assert np.allclose(np.asarray(given), wanted)
