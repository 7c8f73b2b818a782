"""Request: one call of OpenAI's batch API, which no job trains on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ftlint.formats.format import Format, numbered, placed
from ftlint.message import Message


class Request(Format):
    """Requests to answer, often taken for training data by mistake."""

    name = "batch"
    words = "requests of the batch API"
    methods = ()
    ways = (("custom_id", "body"),)

    def messages(self, value: Mapping[str, Any]) -> list[Message]:
        """Return the messages of the request; none is learnt."""
        body = value.get("body")
        messages = body.get("messages") if isinstance(body, dict) else None
        return numbered(list(placed(messages, "/body/messages", trained=False)))
