"""One table: LaTeX macro to operator, brackets, spacing and names."""

from __future__ import annotations

SPACING = frozenset(
    r"\, \; \: \! \> \  \quad \qquad \enspace \thinspace \medspace \thickspace \negthinspace \hfill "
    r"\displaystyle \textstyle \scriptstyle \scriptscriptstyle \limits \nolimits \nonumber \notag \allowbreak "
    r"\noindent \left \right \big \Big \bigg \Bigg \bigl \bigr \Bigl \Bigr \biggl \biggr \Biggl \Biggr \bigm \Bigm "
    r"\middle \strut \mathstrut \hline \centering \protect \null \/ \hspace \vspace".split(" ")
) | {"\\ ", "\\\n"}
"""Macros without meaning here; the size of a bracket is no part of it."""

WIDE_SPACE = frozenset({"\\quad", "\\qquad"})

DROPPED_WITH_ARGUMENT = frozenset(
    r"\label \tag \tag* \vspace \hspace \hspace* \vspace* \phantom \hphantom \vphantom \color \textcolor "
    r"\nonumber \cite \footnote \index \mbox* \raisebox".split()
) - {"\\nonumber", "\\textcolor"}
"""Macros whose braced argument is no part of the formula."""

TRANSPARENT = frozenset(
    r"\boxed \fbox \underbrace \overbrace \mathop \mathrel \mathbin \mathord \mathstrut \smash \ensuremath "
    r"\displaylines \cancel \bcancel \xcancel \underline \colorbox \framebox \mathinner \hbox".split()
) - {"\\mathstrut", "\\underline"}
"""Macros that decorate their argument; what follows as a script of a brace is a remark."""

BRACES_WITH_REMARK = frozenset({"\\underbrace", "\\overbrace"})

TEXT = frozenset(r"\text \textrm \textnormal \textup \textit \textbf \textsf \texttt \mbox \emph \textsc".split())
"""Macros whose argument is words, or a name where a name can stand."""

CONSTANT_WORDS = frozenset({"const", "constant", "cst"})
"""Words for a term that does not depend on what varies."""

FONTS = {
    "\\mathbf": "bold",
    "\\boldsymbol": "bold",
    "\\bm": "bold",
    "\\pmb": "bold",
    "\\bf": "bold",
    "\\symbf": "bold",
    "\\mathbfit": "bold",
    "\\vec": "bold",
    "\\mathcal": "cal",
    "\\mathscr": "cal",
    "\\cal": "cal",
    "\\mathfrak": "frak",
    "\\mathbb": "bb",
    "\\mathds": "bb",
    "\\mathrm": "rm",
    "\\mathsf": "sf",
    "\\mathtt": "tt",
    "\\mathit": "it",
    "\\mathnormal": "it",
    "\\operatorname": "rm",
    "\\operatorname*": "rm",
    "\\rm": "rm",
    "\\mathbfsf": "bold",
    "\\boldmath": "bold",
}

SWITCHES = frozenset({"\\bf", "\\rm", "\\cal", "\\it", "\\sf", "\\boldmath"})
"""Old font commands, which act on the rest of their group; here on the next symbol."""

ACCENTS = frozenset(
    r"\hat \widehat \tilde \widetilde \bar \overline \underline \dot \ddot \check \breve \acute \grave".split()
)
ACCENT_NAMES = {"\\widehat": "\\hat", "\\widetilde": "\\tilde", "\\overline": "\\bar"}

GREEK = frozenset(
    r"\alpha \beta \gamma \delta \epsilon \varepsilon \zeta \eta \theta \vartheta \iota \kappa \varkappa \lambda "
    r"\mu \nu \xi \omicron \pi \varpi \rho \varrho \sigma \varsigma \tau \upsilon \phi \varphi \chi \psi \omega \Gamma "
    r"\Delta \Theta \Lambda \Xi \Pi \Sigma \Upsilon \Phi \Psi \Omega \varGamma \varSigma \varTheta \varLambda \varPhi "
    r"\varPsi \varOmega \ell \hbar \imath \jmath \Re \Im \aleph \wp \eth \digamma \bigstar".split()
)

LETTERS = {  # Unicode letters that authors type instead of a macro
    "α": "\\alpha",
    "β": "\\beta",
    "γ": "\\gamma",
    "δ": "\\delta",
    "ε": "\\epsilon",
    "ζ": "\\zeta",
    "η": "\\eta",
    "θ": "\\theta",
    "κ": "\\kappa",
    "λ": "\\lambda",
    "μ": "\\mu",
    "µ": "\\mu",
    "ν": "\\nu",
    "ξ": "\\xi",
    "π": "\\pi",
    "ρ": "\\rho",
    "σ": "\\sigma",
    "τ": "\\tau",
    "φ": "\\phi",
    "χ": "\\chi",
    "ψ": "\\psi",
    "ω": "\\omega",
    "Γ": "\\Gamma",
    "Δ": "\\Delta",
    "Θ": "\\Theta",
    "Λ": "\\Lambda",
    "Ξ": "\\Xi",
    "Π": "\\Pi",
    "Σ": "\\Sigma",
    "Φ": "\\Phi",
    "Ψ": "\\Psi",
    "Ω": "\\Omega",
    "ℓ": "\\ell",
    "∂": "\\partial",
    "∇": "\\nabla",
    "∑": "\\sum",
    "∏": "\\prod",
    "·": "\\cdot",
    "×": "\\times",
    "⊙": "\\odot",
    "∘": "\\circ",
    "⊗": "\\otimes",
    "∈": "\\in",
    "ℝ": "\\mathbb{R}",
    "→": "\\to",
    "⇒": "\\Rightarrow",
    "⇔": "\\iff",
    "≤": "\\le",
    "≥": "\\ge",
    "≠": "\\neq",
    "≈": "\\approx",
    "∝": "\\propto",
    "≡": "\\equiv",
    "−": "-",
    "‖": "\\|",
    "⊤": "\\top",
    "√": "\\sqrt",
    "…": "\\dots",
    "≜": "\\triangleq",
    "≔": ":=",
    "⟨": "\\langle",
    "⟩": "\\rangle",
    "∣": "|",
    "′": "'",
    "∞": "\\infty",
}

FUNCTIONS = {
    "det": "det",
    "Det": "det",
    "tr": "trace",
    "Tr": "trace",
    "trace": "trace",
    "Trace": "trace",
    "TR": "trace",
    "log": "log",
    "ln": "log",
    "Log": "log",
    "Ln": "log",
    "exp": "exp",
    "Exp": "exp",
    "sqrt": "sqrt",
    "sin": "sin",
    "cos": "cos",
    "tanh": "tanh",
    "sinh": "sinh",
    "cosh": "cosh",
    "vec": "vec",
    "Vec": "vec",
    "diag": "diag",
    "Diag": "diag",
    "softmax": "softmax",
    "sigmoid": "sigmoid",
    "logistic": "sigmoid",
    "logdet": "logdet",
    "softplus": "softplus",
    "logsumexp": "logsumexp",
    "LSE": "logsumexp",
    "lse": "logsumexp",
    "relu": "relu",
    "ReLU": "relu",
    "abs": "abs",
    "sech": "sech",
    "rank": "rank",
    "adj": "adjugate",
    "blkdiag": "blkdiag",
}
"""Functions by the name they are written with, as a macro or in roman type."""

GREEDY = frozenset({"trace", "log", "exp", "tanh", "sin", "cos", "sinh", "cosh", "logdet", "vec"})
"""Functions that, written without brackets, take the rest of their product (``\\ln 2\\pi``)."""

UNSUPPORTED = {
    "\\oint": "an integral",
    "\\iint": "an integral",
    "\\lim": "a limit",
    "\\max": "a maximum",
    "\\min": "a minimum",
    "\\sup": "a supremum",
    "\\inf": "an infimum",
    "\\arg": "an arg max",
    "\\infty": "infinity",
    "\\pm": "a double sign",
    "\\mp": "a double sign",
    "\\forall": "a quantifier",
    "\\exists": "a quantifier",
    "\\cup": "a set operation",
    "\\cap": "a set operation",
    "\\sim": "a distribution statement",
    "\\lfloor": "a floor",
    "\\lceil": "a ceiling",
    "\\bigotimes": "a product ⊗",
    "\\bigoplus": "a sum ⊕",
    "\\oplus": "a direct sum",
    "\\wedge": "a wedge",
    "\\cases": "a case distinction",
}

OPENING = {
    "(": ")",
    "[": "]",
    "\\{": "\\}",
    "\\lbrace": "\\rbrace",
    "\\lbrack": "\\rbrack",
    "\\lparen": "\\rparen",
    "\\langle": "\\rangle",
    "\\lVert": "\\rVert",
    "\\lvert": "\\rvert",
}
CLOSING = frozenset(OPENING.values())
BARS = frozenset({"|", "\\vert"})
DOUBLE_BARS = frozenset({"\\|", "\\Vert"})

RELATIONS = {
    "=": "equal",
    ":=": "define",
    "\\coloneqq": "define",
    "\\coloneq": "define",
    "\\equiv": "define",
    "\\triangleq": "define",
    "\\doteq": "define",
    "\\eqdef": "define",
    "\\defeq": "define",
    "=:": "define-right",
    "\\eqqcolon": "define-right",
    "\\approx": "approx",
    "\\simeq": "approx",
    "\\cong": "approx",
    "\\propto": "propto",
    "<": "less",
    ">": "greater",
    "\\lt": "less",
    "\\gt": "greater",
    "\\le": "less-equal",
    "\\leq": "less-equal",
    "\\leqslant": "less-equal",
    "\\ge": "greater-equal",
    "\\geq": "greater-equal",
    "\\geqslant": "greater-equal",
    "\\ll": "less",
    "\\gg": "greater",
    "\\neq": "not-equal",
    "\\ne": "not-equal",
    "\\succ": "order",
    "\\succeq": "order",
    "\\prec": "order",
    "\\preceq": "order",
    "\\lesssim": "approx",
}
"""Relation signs, each counted as one in the positions of a report."""

ARROWS = {
    "\\Rightarrow": "implies",
    "\\implies": "implies",
    "\\Longrightarrow": "implies",
    "\\iff": "iff",
    "\\Leftrightarrow": "iff",
    "\\Longleftrightarrow": "iff",
    "\\therefore": "implies",
    "\\leadsto": "implies",
    "\\Leftarrow": "implied-by",
    "\\impliedby": "implied-by",
    "\\Longleftarrow": "implied-by",
}
REMARK_ARROWS = frozenset(
    {"\\rightarrow", "\\longrightarrow", "\\to", "\\leftarrow", "\\longleftarrow", "\\hookrightarrow"}
)

ALIGNMENTS = frozenset(
    "align align* aligned alignat alignat* alignedat flalign flalign* gather gather* gathered equation equation* "
    "multline multline* multlined split eqnarray eqnarray* displaymath math dmath dmath* subequations array* "
    "IEEEeqnarray IEEEeqnarray*".split()
)
MATRICES = frozenset(
    "matrix pmatrix bmatrix Bmatrix vmatrix Vmatrix smallmatrix array psmallmatrix bsmallmatrix".split()
)

DOTS = frozenset(r"\dots \ldots \cdots \vdots \ddots \dotsc \dotsb \dotsm \dotso".split())
