"""Measures what ``ftlint check`` costs on a small file before it has read anything.

Prints the CPU time as a multiple of that of a bare Python, and what is imported, how long that
takes, and why. Exits with 1 when a package is imported that a light run must not load.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import process

RUNS = 15
TRACES = 3
SHOWN = 25
COSTLY = 1.0  # milliseconds; what costs more needs a reason
FORBIDDEN = {"pandas", "spacy", "torch", "detoxify", "openai", "numpy", "yaml", "rich"}
FORBIDDEN |= {"jsonschema_rs", "tiktoken"}
REASONS = {
    "runpy": "python -m",
    "importlib": "python -m; modules loaded on demand",
    "click": "the command line",
    "gettext": "click: its messages",
    "inspect": "click and dataclasses: signatures",
    "ast": "inspect",
    "dis": "inspect",
    "tokenize": "inspect: source lines",
    "orjson": "decodes lines, writes reports",
    "json": "orjson's error is one of json's; places of JSON errors",
    "uuid": "orjson can write UUIDs",
    "platform": "uuid",
    "datetime": "orjson and click can handle dates",
    "zoneinfo": "orjson can write dates",
    "msgspec": "decodes lines",
    "dataclasses": "rules, findings and options are dataclasses",
    "typing": "generic rules and features; click",
    "enum": "severities; re; click",
    "re": "patterns of rules; click",
    "collections": "re, typing, click",
    "functools": "re, dataclasses, click",
    "contextlib": "importlib, click",
    "pathlib": "paths of sources",
    "hashlib": "hashes of sources and fingerprints",
    "_hashlib": "hashes of sources and fingerprints",
    "tomllib": "configuration in pyproject.toml",
    "splintr": "token counts of the default rules",
    "ahocorasick_rs": "word lists of the default rules",
}
LINE = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|( +)(\S+)")


@dataclass(frozen=True, slots=True)
class Import:
    """One line of ``python -X importtime``."""

    module: str
    parent: str  # the module that imported it first; empty: the interpreter
    own: float  # milliseconds, without what it imports
    total: float  # milliseconds, with what it imports first


def main() -> int:
    """Measure and print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("arguments", nargs="*", help="more arguments for check, after --")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "train.jsonl"
        file.write_text("".join(f"{json.dumps(example(n))}\n" for n in range(100)))
        command = ["-m", "ftlint", "check", str(file), *options.arguments]
        process.run(command, folder, allowed=(0, 1))
        bare = fastest(["-c", "pass"], folder)
        check = fastest(command, folder)
        interpreter = {found.module for found in trace(["-c", "pass"], folder)}
        traces = [trace(command, folder) for _ in range(TRACES)]
    print(f"Bare Python {bare * 1e3:.1f} ms, ftlint check on 100 lines {check * 1e3:.1f} ms")
    print(f"(CPU, fastest of {RUNS}). Ratio: **{check / bare:.2f}**\n")
    imports = min(traces, key=lambda found: sum(each.own for each in found))
    print_imports([found for found in imports if found.module not in interpreter])
    loaded = FORBIDDEN & {found.module.partition(".")[0] for found in imports}
    for package in sorted(loaded):
        print(f"\n**{package} is imported: a light run must not load it**")
    return 1 if loaded else 0


def example(number: int) -> dict[str, object]:
    """A small valid example, unlike the others."""
    question = f"How many legs do {number + 2} spiders have together?"
    answer = f"A spider has 8 legs, so {number + 2} spiders have {8 * number + 16} legs."
    roles = (("user", question), ("assistant", answer))
    return {"messages": [{"role": role, "content": content} for role, content in roles]}


def fastest(command: Sequence[str], folder: Path) -> float:
    """CPU seconds of the fastest of several runs."""
    return min(process.run(command, folder, allowed=(0, 1)).cpu for _ in range(RUNS))


def trace(command: Sequence[str], folder: Path) -> list[Import]:
    """Everything that a command imports, in the order of ``-X importtime`` turned round."""
    process.run(["-X", "importtime", *command], folder, allowed=(0, 1))
    text = (folder / "stderr").read_text()
    found, importers = [], [""]
    # A module stands below those it imports, so read upwards: importers come first.
    for line in reversed(LINE.findall(text)):
        own, total, indent, module = line
        depth = len(indent) // 2
        importers[depth + 1 :] = [module]
        found.append(Import(module, importers[depth], int(own) / 1e3, int(total) / 1e3))
    return found


def package_of(module: str) -> str:
    """Our own modules stand for themselves, all others for their top-level package."""
    top = module.partition(".")[0]
    return module if top == "ftlint" else top


def print_imports(imports: Sequence[Import]) -> None:
    """A Markdown table of the costliest packages, and the sum of all."""
    own: defaultdict[str, float] = defaultdict(float)
    total: defaultdict[str, float] = defaultdict(float)
    importers: defaultdict[str, set[str]] = defaultdict(set)
    for found in imports:
        package, importer = package_of(found.module), package_of(found.parent)
        own[package] += found.own
        if importer != package:
            total[package] += found.total
            importers[package].add(importer or "python")
    print("| package | own ms | with its imports ms | imported by | why |")
    print("|---|---|---|---|---|")
    costly = sorted(own, key=lambda package: -own[package])
    for package in costly[:SHOWN]:
        names = ", ".join(sorted(importers[package]))
        figures = f"{own[package]:.2f} | {total[package]:.2f}"
        print(f"| {package} | {figures} | {names} | {reason(package, own[package])} |")
    print(f"\n{len(imports)} modules beyond those of a bare Python, {sum(own.values()):.1f} ms")
    print("of wall time with tracing, which exceeds the CPU time above.")


def reason(package: str, cost: float) -> str:
    """Why a package is imported."""
    if package.partition(".")[0] == "ftlint":
        return "ours"
    return REASONS.get(package, "**unjustified**" if cost > COSTLY else "")


if __name__ == "__main__":
    raise SystemExit(main())
