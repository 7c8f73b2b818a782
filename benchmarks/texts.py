"""Writes the texts of chat records for programs that read nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_texts(file: Path, output: Path) -> int:
    """Write the text of each record without its system prompt; returns how many there are.

    A line that is no record with messages is left out; ``line`` says which one a text is from.
    """
    rows = 0
    with file.open("rb") as lines, output.open("w", encoding="utf-8") as out:
        for number, line in enumerate(lines, 1):
            text = text_of(line)
            if text is None:
                continue
            row = json.dumps({"text": text, "line": number}, ensure_ascii=False)
            # A lone surrogate cannot be written; the programs are spared it.
            out.write(row.encode("utf-8", "replace").decode() + "\n")
            rows += 1
    return rows


def text_of(line: bytes) -> str | None:
    """What is said in one record, in the order in which it is said."""
    try:
        record: Any = json.loads(line)
        messages = record["messages"]
        said = [m.get("content") for m in messages if m.get("role") != "system"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    return "\n".join(text for text in said if isinstance(text, str))
