"""Lines that do not fit a document as it is read, and would under another reading."""

import pytest
from undeclared import verdict


@pytest.mark.parametrize(
    "text",
    [
        r"$$\log \frac{X}{Y} = \log X - \log Y$$",
        r"$$\frac{V}{V + W} + \frac{W}{V + W} = 1$$",
        r"Let $X \sim \chi^2(u)$ and $Y \sim \chi^2(v)$. $$\frac{X/u}{Y/v} = \frac{v X}{u Y}$$",
        r"$$x y = 1 + m w$$",
        r"$$x_1 x_2 = u_1 v_2$$",
        r"$$X \sim \mathcal{MN}(M, U, V)$$ $$\mathrm{E}(x_{ij} x_{kl}) = m_{ij} m_{kl} + u_{ik} v_{jl}$$",
    ],
)
def test_what_fits_where_all_symbols_are_numbers_is_not_said_to_make_no_sense(text):
    assert verdict(text) not in ("malformed", "refuted", "conditional")


def test_what_does_not_fit_although_all_sizes_are_given_makes_no_sense():
    text = (
        "Let $A$ be an $n \\times m$ matrix and let $x$ be an $n \\times 1$ vector.\n\n"
        "$$(A^T x)^T = x^T A$$\n\n$$x^T A A^T x = (A^T x)^T (A^T x)$$\n\n$$A x = x^T A$$"
    )
    assert verdict(text) == "malformed"
