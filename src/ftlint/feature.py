"""Features: derived values, computed once a batch however many rules ask."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.example import Batch, Example

T = TypeVar("T")


@dataclass(frozen=True)
class Feature(Generic[T]):
    """A frozen dataclass; its value is its cache key within a batch."""

    version: ClassVar[int] = 1
    heavy: ClassVar[bool] = False
    requires: ClassVar[tuple[str, ...]] = ()
    """Extras that must be installed, such as `spacy`."""

    def compute(self, batch: Batch) -> Sequence[T]:
        """Return one value an example of `batch.examples`, in their order."""
        raise NotImplementedError


class CheapFeature(Feature[T]):
    """A feature that gains nothing from batching: asked of one example, it measures just that.

    Rules that look at the few examples which are not proven clean would otherwise make the
    batch measure all of them.
    """

    def of(self, example: Example) -> T:
        """Return the value for `example`."""
        raise NotImplementedError

    def compute(self, batch: Batch) -> Sequence[T]:
        """Return one value an example of `batch.examples`, in their order."""
        return [example[self] for example in batch.examples]
