"""Averages over conditional densities that a text gives."""

import pytest
from undeclared import verdict

POSTERIOR = "$$p(\\beta|y) = \\mathcal{N}(\\beta; \\mu_n, \\Sigma_n)$$\n\n"
GAMMA = "$$p(\\tau|y) = \\mathrm{Gam}(\\tau; a, b)$$\n\n"
MODEL = "$$y = X\\beta + \\varepsilon, \\; \\varepsilon \\sim \\mathcal{N}(0, V)$$\n\n"


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (r"$$\langle \beta^T A \beta \rangle_{p(\beta|y)} = \mu_n^T A \mu_n + \mathrm{tr}(A \Sigma_n)$$", {"proved"}),
        (r"$$\langle \beta^T A \beta \rangle_{p(\beta|y)} = \mu_n^T A \mu_n$$", {"undecided", "refuted"}),
        (r"$$\langle y^T \beta \rangle_{p(\beta|y)} = y^T \mu_n$$", {"proved"}),
        (r"$$\mathrm{E}_{p(\beta|y)}[\beta] = \mu_n$$", {"proved"}),
        (r"$$\langle \beta \rangle_{p(\beta)} = \mu_n$$", {"undecided", "unread"}),
        (r"$$\langle \beta \rangle_{p(\beta|x)} = \mu_n$$", {"unread"}),
        (r"$$\langle \beta \rangle_{q(\beta|y)} = \mu_n$$", {"unread"}),
        (r"$$\langle \theta^T \beta \rangle_{p(\beta|y;\theta)} = \theta^T \mu_n$$", {"unread"}),
    ],
)
def test_averages_over_a_conditional_density_that_the_text_gives(text, verdicts):
    assert verdict(POSTERIOR + text) in verdicts


@pytest.mark.parametrize(
    ("text", "verdicts"),
    [
        (MODEL + POSTERIOR + r"$$\langle y^T \beta \rangle_{p(\beta|y)} = y^T \mu_n$$", {"proved"}),
        (MODEL + POSTERIOR + r"$$\langle \varepsilon^T \beta \rangle_{p(\beta|y)} = \varepsilon^T \mu_n$$", {"unread"}),
        (
            r"$$p(\beta|y) = \mathcal{N}(\beta; B y, S)$$ $$\langle y^T \beta \rangle_{p(\beta|y)} = y^T B y$$",
            {"proved"},
        ),
        (
            r"$$p(x|\mu) = \mathcal{N}(x; \mu, S)$$ $$p(\mu) = \mathcal{N}(\mu; m, T)$$ "
            r"$$\langle \langle x \rangle_{p(x|\mu)} \rangle_{p(\mu)} = m$$",
            {"proved"},
        ),
        (r"$$p(\tau|y) = \mathrm{Gam}(\tau; a, b)$$ $$\langle \tau \rangle_{p(\tau|y)} = \frac{a}{b}$$", {"proved"}),
        (
            r"$$p(\tau|y) = \mathrm{Gam}(\tau; a, b)$$ $$\langle \tau \rangle_{p(\tau|y)} = a b$$",
            {"undecided", "refuted"},
        ),
    ],
)
def test_what_is_given_is_constant_under_a_conditional_density(text, verdicts):
    assert verdict(text) in verdicts
