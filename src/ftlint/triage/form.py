"""Form: the numbers that say how weights become a score, for `few` and `model` alike."""

from __future__ import annotations

from math import exp
from pathlib import Path

PATH = Path(__file__).parents[1] / "models" / "toxicity.npz"

LABELS = 7
"""Scores a text, in the order of `ftlint.features.toxicity.LABELS`."""
RUNS = (3, 4, 5)
"""Lengths of the runs of letters."""
UNIT = 1 << 12
"""Whole numbers a unit of the score (the logarithm of the odds)."""
FEW = 4
"""Words of a text up to which one known word shows that it is English."""
SEVERE = 0.9
"""Toxicity from which a text with a slur, a threat or strong obscenity is severe."""
REPEATS = 2
"""Times that a word counts among `WINDOW` words: sums about sheep say sheep in each line."""
DOUBTFUL = 0.3
"""Toxicity from which repeated words are looked for; leaving them out only lowers a score."""
KNOWN = 0.5
"""Share of the words of a longer text that must be known for it to be judged."""
CALM = 6
"""Words added to the length of a text, so that short ones do not shout."""
WINDOW, STEP = 64, 32
"""Words that are judged together in a longer text, and how far apart such windows begin."""


def chance_of(odds: float) -> float:
    """Return the toxicity, in [0, 1], of a text with this score."""
    return 1 / (1 + exp(min(-odds, 700.0)))
