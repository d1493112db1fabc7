"""Documents that give moments in words."""

import pytest
from undeclared import answers, declared, infer

WRONG = "not true"
VECTORS = r"""Let $X$ be an $n$-dimensional random vector with mean $\mu$ and covariance matrix $\Sigma$. Let $A$ be an
$n \times n$ matrix and let $b$ be an $n \times 1$ vector.

"""


def verdicts(text):
    found = answers("t.md", text)
    return [found[place].judgement.verdict.value for place in sorted(found, key=lambda place: place[1:])]


def verdict(text, claim):
    return verdicts(f"{text}\n\n$${claim}$$\n")[-1]


def check(text, claim, expected):
    """Check a verdict; what is wrong may be left open where its symbols are not declared, but is never true."""
    assert verdict(text, claim) in (("refuted", "undecided") if expected == WRONG else (expected,))


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\mathrm{E}(X) = \mu", "proved"),
        (r"\mathrm{E}[A X + b] = A \mu + b", "proved"),
        (r"\mathrm{Var}[A X + b] = A \Sigma A^\mathrm{T}", "proved"),
        (r"\mathrm{E}[X^\mathrm{T} A X] = \mu^\mathrm{T} A \mu + \mathrm{tr}(A \Sigma)", "proved"),
        (r"\mathrm{E}[X X^\mathrm{T}] = \Sigma + \mu \mu^\mathrm{T}", "proved"),
        (r"\mathrm{E}[A X + b] = A \mu", WRONG),
        (r"\mathrm{Var}[A X + b] = A^\mathrm{T} \Sigma A", WRONG),
        (r"\mathrm{E}[X^\mathrm{T} A X] = \mathrm{tr}(A \Sigma)", WRONG),
        (r"\mathrm{E}[X X^\mathrm{T}] = \Sigma", WRONG),
    ],
)
def test_mean_and_covariance_in_words(claim, expected):
    check(VECTORS, claim, expected)


def test_they_are_reported_with_their_line():
    found = declared(VECTORS + "\n\n$$\\mathrm{E}(A X) = A \\mu$$")
    assert found["\\mathrm{E}(X)"] == r"\mathrm{E}(X) = \mu"
    assert found["\\mathrm{Var}(X)"] == r"\mathrm{Var}(X) = \Sigma"
    (report,) = answers("t.md", VECTORS + "\n\n$$\\mathrm{E}(A X) = A \\mu$$").values()
    assert r"\mathrm{E}(X) = \mu, as line 1 says" in report.judgement.notes
    assert r"\mathrm{E}(X) = \mu" in [each.latex for each in report.assumed]


def test_what_is_declared_in_the_document_has_moments_in_words_too():
    text = r"Let $X \in \mathbb{R}^n$ be a random vector with mean $m \in \mathbb{R}^n$. Let $c \in \mathbb{R}$."
    assert verdict(text, r"\mathrm{E}[c X] = c m") == "undecided"  # “m ∈ …” declares, and is no value
    text = r"Let $m \in \mathbb{R}^n$, $c \in \mathbb{R}$. Let $X \in \mathbb{R}^n$ be a random vector with mean $m$."
    assert verdict(text, r"\mathrm{E}[c X] = c m") == "proved"
    assert verdict(text, r"\mathrm{E}[c X] = m") == "refuted"


PAIR = r"""Let $X$ be an $n$-dimensional random vector with mean $\mu_X$ and let $Y$ be an $m$-dimensional random vector
with mean $\mu_Y$. Let $A$ be an $n \times m$ matrix and let $\Sigma_{XY}$ be the cross-covariance matrix of $X$ and
$Y$."""


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\mathrm{E}[X^\mathrm{T} A Y] = \mu_X^\mathrm{T} A \mu_Y + \mathrm{tr}(A^\mathrm{T} \Sigma_{XY})", "proved"),
        (r"\mathrm{Cov}(Y, X) = \Sigma_{XY}^\mathrm{T}", "proved"),
        (r"\mathrm{E}[Y X^\mathrm{T}] = \Sigma_{XY}^\mathrm{T} + \mu_Y \mu_X^\mathrm{T}", "proved"),
        (r"\mathrm{E}[X^\mathrm{T} A Y] = \mu_X^\mathrm{T} A \mu_Y - \mathrm{tr}(A^\mathrm{T} \Sigma_{XY})", WRONG),
        (r"\mathrm{E}[Y X^\mathrm{T}] = \Sigma_{XY}^\mathrm{T}", WRONG),
    ],
)
def test_a_cross_covariance_in_words(claim, expected):
    check(PAIR, claim, expected)


def test_a_cross_covariance_in_the_other_order():
    text = PAIR.replace(r"\Sigma_{XY}$ be", "$S$ be".strip("$")).replace("of $X$ and\n$Y$.", "of $Y$ and $X$.")
    assert verdict(text, r"\mathrm{Cov}(X, Y) = S^\mathrm{T}") == "proved"
    assert verdict(text, r"\mathrm{Cov}(Y, X) = S") == "proved"


SAMPLE = r"""Let $X_1, \ldots, X_n$ be independent random variables with mean $\mu$ and variance $\sigma^2$.

$$\bar{X} = \frac{1}{n} \sum_{i=1}^n X_i$$
"""


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\mathrm{E}(\bar{X}) = \mu", "proved"),
        (r"\mathrm{Var}(\bar{X}) = \frac{\sigma^2}{n}", "proved"),
        (r"\frac{1}{n} \sum_{i=1}^n \mathrm{E}(X_i) = \mu", "proved"),
        (r"\mathrm{E}\left[\sum_{i=1}^n X_i^2\right] = n (\sigma^2 + \mu^2)", "proved"),
        (r"\mathrm{Var}(\bar{X}) = \sigma^2", WRONG),
        (r"\mathrm{E}(\bar{X}) = n \mu", WRONG),
    ],
)
def test_the_members_of_a_family(claim, expected):
    check(SAMPLE, claim, expected)


def test_members_with_means_of_their_own():
    text = r"Let $X_1, \ldots, X_n$ be independent random variables with means $\mu_1, \ldots, \mu_n$."
    assert verdict(text, r"\mathrm{E}\left[\sum_{i=1}^n X_i\right] = \sum_{i=1}^n \mu_i") == "proved"
    assert verdict(text, r"\mathrm{E}\left[\sum_{i=1}^n X_i\right] = n \sum_{i=1}^n \mu_i") != "proved"


APART = r"""Let $X$ and $Y$ be $n$-dimensional random vectors. Suppose that $X$ and $Y$ are {}.

$$\mathrm{E}(X + Y) = \mathrm{E}(X) + \mathrm{E}(Y)$$
"""


@pytest.mark.parametrize("word", ["independent", "uncorrelated"])
def test_what_is_uncorrelated(word):
    text = APART.replace("{}", word)
    assert verdict(text, r"\mathrm{Cov}(X, Y) = 0") in ("proved", "holds", "assumption")
    assert verdict(text, r"\mathrm{Var}(X + Y) = \mathrm{Var}(X) + \mathrm{Var}(Y)") == "proved"
    assert verdict(text, r"\mathrm{E}[X^\mathrm{T} Y] = \mathrm{E}(X)^\mathrm{T} \mathrm{E}(Y)") == "proved"


def test_nothing_is_refuted_by_independence():
    text = (
        r"Let $a, b, X, Y \in \mathbb{R}$. Let $X$ and $Y$ be independent random variables with variances $a$ and $b$."
    )
    text = text.replace(
        "$X$ and $Y$ be independent random variables", "there be independent random variables $X$ and $Y$"
    )
    assert verdict(text, r"\mathrm{Var}(X + Y) = a + b") == "proved"
    assert verdict(text, r"\mathrm{Var}(X + Y) = a + b + 1") == "undecided"
    assert verdict(text.replace("independent ", ""), r"\mathrm{Var}(X + Y) = a + b") == "undecided"


@pytest.mark.parametrize("word", ["dependent", "not independent", "linearly independent", "independent given $Z$"])
def test_what_is_not_uncorrelated(word):
    assert verdict(APART.replace("{}", word), r"\mathrm{Var}(X + Y) = \mathrm{Var}(X) + \mathrm{Var}(Y)") == "undecided"


def test_words_hold_behind_them_only():
    before = r"Let $X$ be a random variable. $$\mathrm{Var}(X) = \mathrm{E}(X^2)$$ "
    after = r"Now suppose the random variable $X$ has zero mean. $$\mathrm{E}(X^2) = \mathrm{Var}(X)$$"
    assert verdicts(before + "\n\n" + after)[-1] == "proved"
    claim = r"Let $X$ be a random variable. $$\mathrm{E}(2 X^2) = 2 \mathrm{Var}(X)$$ "
    assert verdicts(claim + "\n\n" + after) == ["undecided", "proved"]


def test_a_symbol_that_is_introduced_anew_has_no_moments():
    text = (
        "Let $X$ be a random variable with zero mean. $$\\mathrm{E}(2 X^2) = 2 \\mathrm{Var}(X)$$\n\n"
        "Let $X$ be a random variable. $$\\mathrm{E}(3 X^2) = 3 \\mathrm{Var}(X)$$"
    )
    assert verdicts(text) == ["proved", "undecided"]


def test_two_things_that_are_said_give_nothing():
    text = "Let $X$ be a random variable with mean $a$. The random variable $X$ has mean $b$."
    assert verdict(text, r"\mathrm{E}(2 X) = 2 a") == "undecided"
    assert verdict(text, r"\mathrm{E}(2 X) = 2 b") == "undecided"


def test_a_distribution_goes_before_words():
    text = r"Let $X$ be a random variable with mean $a$. $$X \sim \mathcal{N}(m, s^2)$$"
    assert verdict(text, r"\mathrm{E}(2 X) = 2 m") == "proved"
    assert "\\mathrm{E}(X)" not in declared(text + "\n\n$$\\mathrm{E}(2 X) = 2 m$$")


def test_an_equation_goes_before_words():
    text = "Let $X$ be a random variable with mean $a$. $$\\mathrm{E}(X) = c$$"
    assert verdict(text, r"\mathrm{E}(2 X) = 2 c") == "proved"


def test_what_is_not_random_has_no_moments():
    text = "Let $x$ be a vector with mean $m$. Let $Y$ be a random vector."
    assert not infer(text + "\n\n$$\\mathrm{E}(Y + x) = \\mathrm{E}(Y) + x$$").wording.told


DECLARED = r"""Let $m, v \in \mathbb{R}^n$, $S \in \mathbb{S}_{++}^n$ and $A \in \mathbb{R}^{n \times n}$.
Let $X \in \mathbb{R}^n$ be a random vector with mean $m$ and covariance matrix $S$. """


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        (r"\mathrm{Var}(A X + v) = A S A^\top", "proved"),
        (r"\mathrm{E}[X^\top A X] = m^\top A m + \mathrm{tr}(A S)", "proved"),
        (r"\mathrm{E}[(X - m)^\top S^{-1} (X - m)] = n", "proved"),
        (r"\mathrm{Var}(A X + v) = A S + S A^\top", "refuted"),
        (r"\mathrm{E}[X^\top A X] = m^\top A m + \mathrm{tr}(A) \mathrm{tr}(S)", "refuted"),
        (r"\mathrm{E}[(X - m)^\top S^{-1} (X - m)] = 1", "refuted"),
        (r"\mathrm{E}[X X^\top] = S - m m^\top", "refuted"),
    ],
)
def test_moments_of_what_is_declared(claim, expected):
    assert verdict(DECLARED, claim) == expected


@pytest.mark.parametrize(
    "words",
    [
        "In the next section, $X$ and $Y$ are no longer uncorrelated.",
        "Here $X$ and $Y$ need not be uncorrelated.",
        "We drop the assumption that $X$ and $Y$ are uncorrelated.",
        "In general, more has to be said.",
        "Without this assumption, more has to be said.",
        "Let $Y$ be a random vector.",
    ],
)
def test_what_the_text_takes_back_proves_nothing(words):
    claim = r"\mathrm{Var}(X - Y) = \mathrm{Var}(X) + \mathrm{Var}(Y)"
    text = APART.replace("{}", "uncorrelated")
    assert verdict(text, claim) == "proved"
    assert verdict(f"{text}\n\n{words}", claim) == "undecided"


def test_a_moment_can_be_edited_and_given_back():
    text = SAMPLE + "\n\n$$\\mathrm{E}(\\bar{X}) = \\mu$$\n"
    preamble = infer(text).text()
    assert r"\mathrm{E}(X_{i}) = \mu" in preamble
    last = max(answers("t.md", text), key=lambda place: place[1:])
    assert answers("t.md", text, preamble)[last].judgement.verdict.value == "proved"
    edited = preamble.replace(r"\mathrm{E}(X_{i}) = \mu", r"\mathrm{E}(X_{i}) = 2 \mu")
    assert answers("t.md", text, edited)[last].judgement.verdict.value == "refuted"


@pytest.mark.parametrize(
    ("text", "claim", "expected"),
    [
        (r"Let $X$ be a random vector with mean $\mathrm{E}(X)$.", r"\mathrm{E}(2 X) = 2 \mathrm{E}(X)", "proved"),
        (
            r"Let $Y$ be a random vector with mean $\mathrm{E}(Z)$ and let $Z$ be a random vector with mean "
            r"$\mathrm{E}(Y)$.",
            r"\mathrm{E}(2 Y) = 2 \mathrm{E}(Z)",
            "undecided",
        ),
        (
            r"Let $X$ be a random vector with mean $\mu$. $$\mu = \mathrm{E}(X)$$",
            r"\mathrm{E}(2 X) = 2 \mu",
            "proved",
        ),
        (r"Let $X$ be a random vector with mean $\mu$. Let $\mu = A b$.", r"\mathrm{E}(2 X) = 2 A b", "proved"),
    ],
)
def test_values_that_speak_of_moments(text, claim, expected):
    assert verdict(text, claim) == expected
