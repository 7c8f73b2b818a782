"""Rules of YAML, for tests."""

from __future__ import annotations

from typing import Any

from ftlint.case import assistant, calling, chat, tool, user

HEAD: dict[str, Any] = {"code": "ACME001", "name": "test-rule"}
HI = chat(user("Hi"), assistant("Hello!"))
LONG = chat(
    {"role": "developer", "content": "ab"},
    user("abc"),
    user([{"type": "text", "text": "d"}]),
    calling(),
    tool("c", "four"),
    assistant("answer", weight=1),
    user("?"),
    assistant("masked", weight=0),
    user("unanswered"),
)
