"""How an answer is graded against a label: a label is the answer of a careful reader, confirmed numerically."""

TRUE = {"proved", "holds"}
FALSE = {"refuted", "malformed"}
RIGHT = {
    "true": TRUE,
    "right": TRUE,
    "false": {"refuted"},
    "wrong": FALSE,
    "conditional": {"conditional"},
    "ill-typed": {"malformed"},
    "defined": {"definition"},
    "assumed": {"assumption"},
}
IS_TRUE = {"true", "right", "defined", "assumed"}
IS_WRONG = {"false", "wrong", "ill-typed", "conditional"}


def grade(expect, verdict):
    """Return 'right', 'false-accept', 'false-refute', 'not-judged' or 'other'."""
    labels = expect if isinstance(expect, list) else [expect]
    if any(verdict in RIGHT[label] for label in labels):
        return "right"
    if all(label in IS_WRONG for label in labels) and verdict in TRUE:
        return "false-accept"
    if all(label in IS_TRUE for label in labels) and verdict in FALSE:
        return "false-refute"
    return "not-judged" if verdict in {"undecided", "unread", "missing"} else "other"


def assert_sound(rows):
    """Check rows of (name, label, verdict, remark): nothing wrong accepted, nothing right refuted."""
    unsound = [row for row in rows if grade(row[1], row[2]) in {"false-accept", "false-refute"}]
    assert not unsound, "\n".join(describe(row) for row in unsound)


def assert_share(rows, least):
    """Check that at least a share of the rows is judged right."""
    misses = [row for row in rows if grade(row[1], row[2]) != "right"]
    share = 1 - len(misses) / len(rows)
    assert share >= least, f"{share:.1%} judged right\n" + "\n".join(describe(row) for row in misses)


def describe(row):
    name, expect, verdict, remark = row
    return f"{grade(expect, verdict)}: {name}: expected {expect}, answered {verdict}: {remark}"
