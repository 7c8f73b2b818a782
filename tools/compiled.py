"""Writes the YAML files that come with ftlint as plain data, which runs read instead of them.

python tools/compiled.py, whenever a file of `rules` has changed. The same files give the same
bytes; an entry that is stale is not used, which costs each run the time that a parser takes.
"""

from __future__ import annotations

import orjson

from ftlint.configuration.compiled import PLACE
from ftlint.configuration.document import fingerprint
from ftlint.configuration.packs import rules_folder
from ftlint.configuration.syntax import compile_text


def text() -> bytes:
    """Return the file as it should be: JSON with a line for each document."""
    made = []
    for path in sorted(rules_folder().rglob("*.yaml")):
        raw = path.read_bytes()
        data = compile_text(raw, "yaml")[0]
        entry = orjson.dumps(data)
        if orjson.loads(entry) != data:
            raise ValueError(f"{path}: holds what JSON cannot say")
        made.append(b'"%b":%b' % (fingerprint(raw, "yaml").encode(), entry))
    return b"{\n" + b",\n".join(made) + b"\n}\n"


if __name__ == "__main__":
    PLACE.write_bytes(text())
