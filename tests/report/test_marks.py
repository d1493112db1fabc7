"""Every verdict has a sign of its own beside its colour, and white on its colour can be read."""

from derive.report.marks import MARKS
from derive.verdict import Verdict


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_every_verdict_has_a_glyph_of_its_own():
    assert set(MARKS) == set(Verdict)
    assert len({mark.glyph for mark in MARKS.values()}) == len(Verdict)


def test_contrast():
    assert min(1.05 / (luminance(mark.colour) + 0.05) for mark in MARKS.values()) >= 4.5
