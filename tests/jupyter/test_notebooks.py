"""The magic and the verdicts on Markdown cells in a real kernel, run as nbclient, nbconvert and graders run it."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed")
pytest.importorskip("ipykernel", reason="ipykernel is not installed")

MANY = "\n".join(f"$$a + {n} = {n} + a$$\n" for n in range(25))
CELLS = [
    new_code_cell("%load_ext derive\nimport derive"),
    new_code_cell("%%derive\nLet $X \\in \\mathrm{GL}(n)$. \\newcommand{\\inv}[1]{#1^{-1}}\n$$M := X + X$$"),
    new_code_cell("%%derive --into found\n$$\\inv{X} M = 2 I$$\n$$\\operatorname{tr} X = \\operatorname{tr} M$$"),
    new_code_cell("found.ok, found.score, _.ok, found.counts"),
    new_code_cell("%%derive --alone\n$$M := 3 X$$"),
    new_code_cell("%derive --reset"),
    new_code_cell("%%derive\n$$M = 4 X$$"),
    new_code_cell("%%derive --hints most\n$$1 = 1$$"),
    new_code_cell("%%derive --preamble missing.md\n$$1 = 1$$"),
    new_code_cell("%%derive --into 'a b'\n$$1 = 1$$"),
    new_code_cell("%%derive 'open\n$$1 = 1$$"),
    new_code_cell("derive.check_notebook()"),
    new_markdown_cell("Let $a \\in \\mathbb{R}$.\n\n$$a + a = 3 a$$"),
    new_code_cell('report = derive.check_notebook("exercise.ipynb", last=1)\nreport.ok, report.score'),
    new_markdown_cell("$$a a = a^2$$"),
    new_code_cell('report = derive.check_notebook("exercise.ipynb", last=1)\nreport.ok, report.score'),
    new_code_cell('[(each.cell, each.line) for each in derive.check_notebook("exercise.ipynb")]'),
    new_code_cell('assert derive.check_notebook("exercise.ipynb").ok, "a line is wrong"'),
    new_code_cell('derive.check_notebook("other.ipynb").counts'),
    new_code_cell("report.relations[0].judgement.certificate"),
    new_code_cell("found.relations[1].judgement.counterexample"),
    new_code_cell(
        "p = derive.Problem([r'X \\in \\mathrm{GL}(n)'])\n"
        "derive.gradient(p.expr(r'\\log \\det X'), p.expr('X'), p.scope)"
    ),
    new_code_cell(f'derive.check(r"""Let $a \\in \\mathbb{{R}}$.\n{MANY}""").summary'),
    new_code_cell("%unload_ext derive"),
]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    book = new_notebook(cells=[nbformat.from_dict(cell) for cell in CELLS])
    nbformat.write(book, folder / "exercise.ipynb")
    nbformat.write(new_notebook(cells=[new_markdown_cell("$$1 = 1$$")]), folder / "other.ipynb")
    client = nbclient.NotebookClient(
        book, timeout=120, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute()
    return [cell.get("outputs") for cell in book.cells]


def shown(outputs, number, kind="text/plain"):
    (output,) = (each for each in outputs[number] if each["output_type"] in ("execute_result", "display_data"))
    return output["data"][kind]


def failed(outputs, number):
    (output,) = outputs[number]
    return f"{output['ename']}: {output['evalue']}" if output["output_type"] == "error" else output["text"].strip()


def test_what_cells_declare_define_and_expand_is_kept(outputs):
    assert shown(outputs, 2).endswith("cell.md: 2 relations: 1 proved, 1 refuted")
    assert shown(outputs, 3) == "(False, 0.5, False, {'proved': 1, 'refuted': 1})"
    assert "cell.md:1:13" in shown(outputs, 2), "lines are those of the cell"


def test_a_cell_alone_and_a_new_beginning(outputs):
    for number in (4, 6):
        assert shown(outputs, number).endswith("1 relation: 1 definition"), "M is not known"
    assert outputs[5] == []


def test_a_wrong_option_is_one_line(outputs):
    assert failed(outputs, 7) == "UsageError: %%derive: 'most' is not one of 'none', 'place', 'kind', 'full'."
    assert failed(outputs, 8).startswith("UsageError: %%derive: ") and "missing.md" in failed(outputs, 8)
    assert failed(outputs, 9) == "UsageError: %%derive: expected a name behind --into, found 'a b'"
    assert failed(outputs, 10) == "UsageError: %%derive: No closing quotation"


def test_a_notebook_that_is_not_known_is_asked_for(outputs):
    assert failed(outputs, 11).startswith(
        "NotebookNotFound: the file of this notebook is not known here: give its path"
    )


def test_the_cells_above(outputs):
    assert shown(outputs, 13) == "(False, 0.0)"
    assert shown(outputs, 15) == "(True, 1.0)", "the same code, run for the second time: the cell above the second one"
    assert shown(outputs, 16) == "[(12, 3), (14, 1)]"
    assert failed(outputs, 17) == "AssertionError: a line is wrong"
    assert shown(outputs, 18) == "{'proved': 1}"


@pytest.mark.parametrize("number", [2, 19, 20, 21])
def test_rich_results_stand_beside_plain_ones(outputs, number):
    html, text = shown(outputs, number, "text/html"), shown(outputs, number)
    assert "<math" in html and "<script" not in html and "http" not in html
    assert html.count("<details") == html.count("</details>") and ("<details" in html or number in (19, 20))
    assert text and "<" not in text and "\x1b" not in text


def test_a_derivation_is_latex_too(outputs):
    assert shown(outputs, 21, "text/latex") == "$\\displaystyle X^{-\\top}$"
    assert shown(outputs, 21).startswith("gradient: X⁻¹ᵀ\n") and "jacobi-formula: " in shown(outputs, 21)


def test_progress_ends_in_the_same_words(outputs):
    texts = [output["data"]["text/plain"] for output in outputs[22] if "data" in output]
    assert texts == ["25 relations judged", "'25 relations: 25 proved'"]


def test_no_output_is_loose(outputs):
    loose = [output["text"] for cell in outputs if cell for output in cell if output["output_type"] == "stream"]
    assert [text for text in loose if not text.startswith("UsageError")] == []


def test_a_page_of_the_notebook_keeps_it(outputs):
    nbconvert = pytest.importorskip("nbconvert", reason="nbconvert is not installed")
    cells = [nbformat.from_dict(cell) for cell in CELLS]
    for cell, found in zip(cells, outputs, strict=True):
        if found is not None:
            cell["outputs"] = found
    html, _ = nbconvert.HTMLExporter().from_notebook_node(new_notebook(cells=cells))
    assert re.search(r'<div class="derive-view"><style>.*?</style>', html)
    assert html.count('<span class="derive-badge derive-refuted">') >= 2
