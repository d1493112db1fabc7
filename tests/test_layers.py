"""Imports of our own code go one way, from the end of this list to its beginning, and stand at the top of a module."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("derive", "numeric")

# Lowest first. A name that ends in ".*" stands for a package with all its modules, which may import one another
# as long as there is no circle.
ORDER = """
    version limits options source views verdict
    containers.*
    expr shape facts
    notation tokens line_breaks syntax brackets parsing.* parse
    opaque dotted covariances scope typed indices names printing declarations calculus reductions integration
    terms moments densities normalised measures random_symbols known_moments conditional expectations
    known counting applied applications instances elaborate readings labels upto relations
    distributions laws withdrawn
    exact.*
    statement
    term.* polynomial conditions_shown encode rules.* axioms
    kernel.steps kernel.arithmetic kernel.powers kernel.operators kernel.identification kernel.rewriting kernel
    certificate normal.* isolate hypotheses contexts consequences prove
    decode latex present.* naming steps derivation curvature
    definitions hats conditions satisfiable tester premises judge ties expected integrals joints
    diagnosis.* diagnostics repair.* mending
    given piecewise judging congruence extrema proportional claims prose items stated told predefined cases varying
    document origins guessed_sizes guesses roles
    infer.* ambiguity
    checking
    fixing pool
    rules_page proofs
    solver stationary problem records solved models.model models.*
    report.* proofreading jupyter.* corpus.*
    derive
    cli.*
""".split()

# The command line stands above both packages; nothing else in `derive` may know `numeric`.
MAY_IMPORT_NUMERIC = {"derive.cli", "derive.cli.deriving", "derive.cli.generating"}


def module_name(path, root=ROOT):
    parts = list(path.relative_to(root).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def modules(root=ROOT):
    return {module_name(path, root): path for package in PACKAGES for path in sorted((root / package).rglob("*.py"))}


def statements(tree):
    """Yield (statement, whether it stands inside a function); imports are statements, so expressions are left out."""
    stack = [(tree, False)]
    while stack:
        node, inside = stack.pop()
        yield node, inside
        inside = inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        children = ast.iter_child_nodes(node)
        stack.extend((each, inside) for each in children if isinstance(each, STATEMENTS))


STATEMENTS = (ast.stmt, ast.excepthandler, ast.match_case)


def imports(tree, name, is_package, known):
    """Yield (module, node, whether inside a function) for every import of our own code."""
    for node, inside in statements(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = name.split(".") if is_package else name.split(".")[:-1]
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, [base, node.module]))
            # `from derive import pool` imports a module, `from derive.pool import run` a name.
            targets = [each if (each := f"{source}.{alias.name}") in known else source for alias in node.names]
        else:
            continue
        for target in targets:
            if target.split(".")[0] in PACKAGES:
                yield target, node, inside


def rank(name, order):
    """Return the place of a module in the order, or None."""
    short = name.removeprefix("derive.")
    for place, entry in enumerate(order):
        package = entry.removesuffix(".*")
        if short == package or (entry.endswith(".*") and short.startswith(package + ".")):
            return place
    return None


def faults(root=ROOT, order=ORDER):
    known = modules(root)
    graph = {}
    for name, path in known.items():
        if name.startswith("derive") and rank(name, order) is None:
            yield f"{name} has no place: add it to ORDER in tests/test_layers.py"
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for target, node, inside in imports(tree, name, path.name == "__init__.py", known):
            where = f"{name}:{node.lineno}"
            if inside:
                yield f"{where} imports {target} inside a function"
            if name.startswith("derive") and target.split(".")[0] == "numeric":
                if name not in MAY_IMPORT_NUMERIC:
                    yield f"{where} imports {target}: derive does not know numeric"
                continue
            graph.setdefault(name, set()).add(target)
            if not name.startswith("derive"):
                continue
            mine, other = rank(name, order), rank(target, order)
            if other is not None and other > mine:
                yield f"{where} imports {target}, which stands above it"
            if other == mine and not order[mine].endswith(".*") and target != name:
                yield f"{where} imports {target}, which stands beside it"
    try:
        TopologicalSorter(graph).prepare()
    except ValueError as error:
        yield f"a circle of imports: {' -> '.join(error.args[1])}"


def test_imports_go_one_way():
    assert list(faults()) == []


def test_the_order_has_no_module_twice():
    assert len(set(ORDER)) == len(ORDER)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"derive/source.py": "from derive.verdict import Verdict\n", "derive/verdict.py": ""}, "stands above it"),
        ({"derive/source.py": "from derive import verdict\n", "derive/verdict.py": ""}, "derive.verdict, which stands"),
        ({"derive/source.py": "from . import verdict\n", "derive/verdict.py": ""}, "stands above it"),
        ({"derive/source.py": "", "derive/pool.py": "def f():\n    import derive.source\n"}, "inside a function"),
        ({"derive/pool.py": "import numeric.em\n", "numeric/em.py": ""}, "does not know numeric"),
        ({"derive/elephant.py": ""}, "has no place"),
        ({"derive/exact/a.py": "from derive.exact import b\n", "derive/exact/b.py": "from .a import x\n"}, "circle"),
        ({"numeric/a.py": "from numeric import b\n", "numeric/b.py": "from .a import x\n"}, "circle"),
    ],
)
def test_a_fault_is_found(tmp_path, files, fault):
    write(tmp_path, files)
    (found,) = faults(tmp_path)
    assert fault in found


def test_what_is_allowed_is_not_a_fault(tmp_path):
    write(
        tmp_path,
        {
            "derive/source.py": "import os\n",
            "derive/verdict.py": "from derive.source import Span\n",
            "derive/exact/__init__.py": "from derive.exact import field\n",
            "derive/exact/field.py": "from ..source import Span\n",
            "derive/cli.py": "def f():\n    import rich\nfrom numeric import em\n",
            "numeric/em.py": "from derive import verdict\n",
        },
    )
    assert list(faults(tmp_path)) == []


def write(folder, files):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
