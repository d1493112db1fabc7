"""Pages for tests: small documents that are judged once, and a reader of their elements."""

from functools import cache
from html.parser import HTMLParser

import derive
from derive.report.page import page

TEXT = r"""# Quadratic forms

Let $A \in \mathbb{R}^{n \times n}$, $x \in \mathbb{R}^n$ and $\Sigma \in \mathbb{S}_{++}^n$, *all fixed*.

- A form:

  $$q := x^\top A x$$

> The gradient is
> $$\frac{\partial q}{\partial x} = (A + A^\top) x$$

## Wrong

$$
\begin{aligned}
\frac{\partial \log \det \Sigma}{\partial \Sigma} &= \Sigma^{-1} \\
\frac{\partial q}{\partial x} &= 2 A x \\
\frac{\partial q}{\partial A} &= x^\top x
\end{aligned}
$$

```python
x = "$y = 1$"
```

$$A^\top = A$$

Assume that $$x^\top x = 1$$ and therefore $$\operatorname{tr}(x x^\top) = 1 \quad \unheard$$
"""

HOSTILE = r"""# <script>window.pwned = 1</script>

</section></main><img src=x onerror="window.pwned = 2"> `<svg onload="window.pwned=3">` **<b onclick=x>** <!-- <i> -->

Let $a \in \mathbb{R}$ and $"><script>window.pwned=4</script>$.

$$a \text{<script>window.pwned=5</script>} = \href{javascript:window.pwned=6}{a}$$

$$a + a = 3 a \tag{"><img src=x onerror=window.pwned=7>}$$

$$\unheard{</code><script>window.pwned=8</script>} = a$$

```
</code></pre><script>window.pwned=9</script>
```

[link](javascript:window.pwned=10) <a href="javascript:window.pwned=11">x</a> &lt;script&gt;
<style>*{display:none}</style>

$$a = \style{background:url(https://example.org/x)}{2 a}$$
"""


class Elements(HTMLParser):
    """The elements of a page in order, as (tag, attributes), and its text."""

    VOID = frozenset({"meta", "br", "img", "link", "rect", "input"})

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.found, self.open, self.faults, self.text = [], [], [], ""
        self.feed(html)
        self.close()
        self.faults += [f"{tag} is not closed" for tag in self.open]

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> where none is open")

    def handle_data(self, data):
        if not self.open or self.open[-1] not in ("script", "style"):
            self.text += data

    def named(self, tag):
        return [attributes for name, attributes in self.found if name == tag]

    @property
    def ids(self):
        return [attributes["id"] for _, attributes in self.found if "id" in attributes]


@cache
def report(text=TEXT, name="forms.md"):
    return derive.check(text, name=name)


@cache
def html(text=TEXT, name="forms.md"):
    return page(report(text, name))
