"""Bridge: what every shape that can be converted has."""

from __future__ import annotations

from ftlint.formats.talk import JSON, Talk


class Bridge:
    """How records of one shape are read and written."""

    def read(self, value: JSON) -> Talk:
        """Return what a record says. Raises: Loss for what a talk cannot hold."""
        raise NotImplementedError

    def write(self, talk: Talk) -> JSON:
        """Return the record that says it. Raises: Loss for what the shape cannot hold."""
        raise NotImplementedError
