"""Densities of distributions with a label, and letters that stand for values."""

import pytest
from undeclared import answers, declared

TWO = r"""Let $X$ be an $n$-dimensional random vector. Assume two distributions $P$ and $Q$ of $X$ as

$$\begin{split}
P: \; X &\sim \mathcal{N}(\mu_1, \Sigma_1) \\
Q: \; X &\sim \mathcal{N}(\mu_2, \Sigma_2) \; .
\end{split}$$

Then, the divergence is

$$\mathrm{KL}[P\,||\,Q] = \frac{1}{2} \left[ (\mu_2 - \mu_1)^\mathrm{T} \Sigma_2^{-1} (\mu_2 - \mu_1)
+ \mathrm{tr}(\Sigma_2^{-1} \Sigma_1) - \ln \frac{|\Sigma_1|}{|\Sigma_2|} - n \right] \; .$$

"""


def verdict(text, claim):
    found = answers("t.md", f"{text}\n\n$${claim}$$\n")
    return found[max(found, key=lambda place: place[1:])].judgement.verdict.value


TRUE = ("proved", "holds")


@pytest.mark.parametrize(
    "claim",
    [
        r"\left\langle x \right\rangle_{p(x)} = \mu_1",
        r"\left\langle x x^\mathrm{T} \right\rangle_{q(x)} = \Sigma_2 + \mu_2 \mu_2^\mathrm{T}",
        r"\mathrm{E}_{p(x)}[(x - \mu_1)^\mathrm{T} \Sigma_2^{-1} (x - \mu_1)] = \mathrm{tr}(\Sigma_2^{-1} \Sigma_1)",
        r"\mathrm{KL}[P\,||\,Q] = \int_{\mathcal{X}} p(x) \ln \frac{p(x)}{q(x)} \, \mathrm{d}x",
        r"\mathrm{KL}[P\,||\,Q] = \left\langle \ln \frac{p(x)}{q(x)} \right\rangle_{p(x)}",
        r"\mathrm{KL}[P\,||\,Q] = \int_{\mathbb{R}^n} \mathcal{N}(x; \mu_1, \Sigma_1) \, "
        r"\ln \frac{\mathcal{N}(x; \mu_1, \Sigma_1)}{\mathcal{N}(x; \mu_2, \Sigma_2)} \, \mathrm{d}x",
    ],
)
def test_averages_under_a_labelled_density(claim):
    assert verdict(TWO, claim) in TRUE


@pytest.mark.parametrize(
    "claim",
    [
        r"\left\langle x \right\rangle_{p(x)} = \mu_2",
        r"\left\langle x x^\mathrm{T} \right\rangle_{q(x)} = \Sigma_1 + \mu_2 \mu_2^\mathrm{T}",
        r"\mathrm{KL}[P\,||\,Q] = \int_{\mathcal{X}} q(x) \ln \frac{p(x)}{q(x)} \, \mathrm{d}x",
        r"\mathrm{KL}[P\,||\,Q] = \int_{\mathcal{X}} p(x) \ln \frac{q(x)}{p(x)} \, \mathrm{d}x",
        r"\mathrm{KL}[P\,||\,Q] = \left\langle \ln \frac{p(x)}{q(x)} \right\rangle_{q(x)}",
        r"\mathrm{KL}[P\,||\,Q] = \int_{\mathcal{Y}} p(x) \ln \frac{p(x)}{q(x)} \, \mathrm{d}x",
    ],
)
def test_what_is_wrong_is_not_true(claim):
    assert verdict(TWO, claim) not in TRUE


def test_a_set_that_is_spoken_of_elsewhere_is_not_the_whole_space():
    claim = r"\mathrm{KL}[P\,||\,Q] = \int_{\mathcal{X}} p(x) \ln \frac{p(x)}{q(x)} \, \mathrm{d}x"
    assert verdict(TWO + r"Let $\mathcal{X}$ be the unit ball.", claim) not in TRUE


def test_they_are_reported():
    found = declared(TWO + "\n\n$$\\left\\langle x \\right\\rangle_{p(x)} = \\mu_1$$")
    assert found["p(x)"] == r"p(x) = \mathcal{N}(x; \mu_1, \Sigma_1)"


@pytest.mark.parametrize(
    "text",
    [
        r"Let $X \sim \mathcal{N}(m, s^2)$ and $X \sim \mathcal{N}(k, t^2)$.",
        r"Let $X | Y \sim \mathcal{N}(m, s^2)$.",
        r"Let $X, Y \sim \mathcal{N}(m, s^2)$.",
        r"Let $Z \sim \mathcal{N}(m, s^2)$.",
        r"P: $P: X \sim \mathcal{N}(m, s^2)$ and $P: X \sim \mathcal{N}(k, t^2)$.",
        r"Let $X \sim \mathcal{N}(m, s^2)$. $$p(x) = \frac{1}{a}$$",
    ],
)
def test_what_is_not_one_distribution_gives_no_density(text):
    found = declared(text + "\n\n$$\\int p(x) \\, dx = \\left\\langle 2 x \\right\\rangle_{p(x)}$$")
    assert "mathcal{N}" not in found.get("p(x)", "")


def test_a_gamma_density():
    text = (
        "$$\\begin{split} P: \\; X &\\sim \\mathrm{Gam}(a, b) \\\\ Q: \\; X &\\sim \\mathrm{Gam}(c, d) \\end{split}$$"
    )
    assert verdict(text, r"\left\langle x \right\rangle_{p(x)} = \frac{a}{b}") in TRUE
    assert verdict(text, r"\left\langle x^2 \right\rangle_{p(x)} = \frac{a (a + 1)}{b^2}") in TRUE
    assert verdict(text, r"\left\langle \ln x \right\rangle_{q(x)} = \psi(c) - \ln d") in TRUE
    wrong = r"\left\langle \ln x \right\rangle_{q(x)} = \psi(c) + \ln d"
    assert verdict(text, wrong) not in TRUE
    assert verdict(text, r"\left\langle \ln x \right\rangle_{p(x)} = \ln \frac{a}{b}") not in TRUE


VALUES = r"The entropy. Let $X$ be a random variable with $X \sim \mathcal{N}(\mu, \sigma^2)$."


@pytest.mark.parametrize(
    ("claim", "is_true"),
    [
        (r"\mathrm{E}[(x - \mu)^2] = \sigma^2", True),
        (r"\mathrm{h}(X) = - \mathrm{E}[ \ln p(x) ] = \frac{1}{2} \ln(2 \pi \sigma^2) + \frac{1}{2}", True),
        (r"\mathrm{E}[(x - \mu)^2] = \sigma", False),
        (r"\mathrm{E}[x X] = \mu^2 + \sigma^2", False),
    ],
)
def test_a_letter_in_lower_case_is_the_value(claim, is_true):
    assert (verdict(VALUES, claim) in TRUE) is is_true


def test_a_letter_that_is_random_itself_is_no_value():
    text = VALUES + r" Let $x$ be a random variable."
    assert verdict(text, r"\mathrm{E}[(x - \mu)^2] = \sigma^2") not in TRUE


def test_nothing_is_refuted_by_a_value():
    assert verdict(VALUES, r"\mathrm{E}[2 x] = 3 \mu") == "undecided"


def test_without_words_for_densities_p_is_any_function():
    claim = r"\int_{\mathbb{R}} p(x) \, \mathrm{d}x = 1"
    assert verdict(r"Let $X \sim \mathcal{N}(\mu, \sigma^2)$ with the density $p(x)$.", claim) in TRUE
    assert verdict(r"Let $X \sim \mathcal{N}(\mu, \sigma^2)$ and a polynomial $p(x)$.", claim) not in TRUE
