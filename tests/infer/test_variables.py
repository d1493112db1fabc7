"""Which symbols are families, which have entries, which are labels."""

from undeclared import declared, gathered


def keys(text):
    return set(gathered(text)[1].keys)


def test_a_letter_with_an_index_only_is_a_family():
    assert "x_{·}" in keys("$$\\sum_{i=1}^n x_i = 0$$")


def test_a_letter_with_and_without_an_index_has_entries():
    assert keys("$$w^T z = \\sum_{i=1}^n w_i z_i$$") == {"w", "z"}


def test_a_capital_with_one_index_is_a_family_of_matrices():
    assert "A_{·}" in keys("$$A = \\sum_{i=1}^n A_i$$")


def test_labels_are_part_of_the_name():
    found = keys("$$\\mu_0 + \\mu_n = \\mu_0^{(1)} + \\mu_0^{(2)}$$")
    assert {"\\mu_{0}", "\\mu_{n}"} <= found and len(found) == 4


def test_bold_and_plain_letters_and_hats_are_different_symbols():
    assert keys("$$\\mathbf{x} x \\hat{x} = X$$") == {"\\mathbf{x}", "x", "\\hat{x}", "X"}


def test_constants_and_operators_are_no_symbols():
    assert keys("$$I_n + \\mathbf{1} = \\mathrm{E}(x) + \\pi e$$") == {"x"}


def test_densities_are_told_apart_by_their_arguments():
    _, found = gathered("$$p(x \\mid y) p(y) = p(y \\mid x) p(x)$$")
    assert len(found.applied) == 4


def test_families_and_entries_in_declarations():
    found = declared(
        "$$\\frac{\\partial}{\\partial w} \\sum_{n=1}^N (t_n - w^T x_n)^2 = -2 \\sum_{n=1}^N (t_n - w^T x_n) x_n$$"
    )
    assert found["x_{·}"].endswith(", n = 1, \\dots, N")
    assert found["t_{·}"] == "t_{n} \\in \\mathbb{R}, n = 1, \\dots, N"
    assert found["x_{·}"].split(",")[0].replace("x_{n}", "w") == found["w"]


def test_an_e_with_a_label_is_a_symbol_and_no_constant():
    symbols = gathered(r"$$ e_y = y - X \beta $$ $$ e_1 + e_i = e^x $$")[1]
    assert "e_{y}" in symbols.keys and "e_{1}" not in symbols.keys and "e" not in symbols.keys
