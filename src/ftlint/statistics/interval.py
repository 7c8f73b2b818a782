"""Intervals and tests: how far numbers of a sample may be from those of the whole."""

from __future__ import annotations

from typing import Any


def wilson(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of the share `count / total` (Wilson 1927); (0, 1) of nothing."""
    if not total:
        return 0.0, 1.0
    z = 1.959963984540054  # the 97.5 % quantile of the normal distribution
    share, weight = count / total, z * z / total
    middle = (share + weight / 2) / (1 + weight)
    half = z * ((share * (1 - share) + weight / 4) / total) ** 0.5 / (1 + weight)
    # The ends are 0 and 1 exactly when nothing or everything counts; rounding misses them.
    low = 0.0 if count == 0 else middle - half
    high = 1.0 if count == total else middle + half
    return low, high


def stated(count: int, total: int, digits: int = 1) -> dict[str, Any]:
    """Return `share` and `interval`, in words, for the data of a finding; `total` is not 0."""
    low, high = wilson(count, total)
    words = f"95 % interval {low:.{digits}%} to {high:.{digits}%}"
    return {"share": count / total, "interval": words}
