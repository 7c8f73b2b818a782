"""Measures the twins of `ftlint augment` on real English chat data: how many, back again, how fast.

Swapping twice must give the original. `--axis religion` and `--axis race` read sentences of other
sets too, since few examples of chat sets name a faith or a race. What a person says of samples of
twins stands in `tests/twins`; those verdicts are counted here as well.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ftlint.twin.swap import Swap, changed, swap
from ftlint.twin.table import AXES, Table, table

DATA = Path(__file__).parent / "../../shared/data"
VERDICTS = Path(__file__).parent / "../tests/twins"
CHAT = (
    "anthropic_persona", "chatterbot_multilingual", "chitchat", "flan_cot", "gpteacher_roleplay",
    "gsm8k_train", "hh_harmless_chosen_even", "llmzoo_answers", "openassistant_reports",
    "taskmaster4",
)  # fmt: skip
MORE = ("toxicity/hatecheck", "toxicity/toxigen_prompts", "truth/bias_bbq/Religion_sample")


def texts_of(path: Path) -> Iterator[list[str]]:
    """Yield the texts of each record of a set."""
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        if "messages" in record:
            said = [message.get("content") for message in record["messages"]]
            yield [text for text in said if isinstance(text, str)]
        else:
            yield [record.get("text") or f"{record['context']} {record['question']}"]


def made(texts: Sequence[str], done: Swap) -> list[str]:
    """Return the texts of the twin; the texts themselves where there is none."""
    if not done.changes:
        return list(texts)
    return [changed(text, each) for text, each in zip(texts, done.changes, strict=True)]


def measure(names: Sequence[str], swaps: Table) -> tuple[Counter[str], dict[str, Counter[bool]]]:
    """Return why examples have no twin, and by set how many twins lead back."""
    left: Counter[str] = Counter()
    back: dict[str, Counter[bool]] = {}
    for name in names:
        for texts in texts_of(DATA / f"{name}.jsonl"):
            done = swap(texts, swaps)
            if not done.changes:
                left[done.left] += 1
                continue
            twin = made(texts, done)
            again = made(twin, swap(twin, swaps))
            back.setdefault(name, Counter())[again == list(texts)] += 1
    return left, back


def main() -> None:
    """Print a table an axis."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--axis", choices=AXES, action="append")
    for axis in parser.parse_args().axis or AXES:
        names = [f"chat/{name}" for name in CHAT] + ([] if axis == "gender" else list(MORE))
        started = time.process_time()
        left, back = measure(names, table(axis))
        total = sum(back.values(), Counter[bool]())
        print(f"{axis}: {total.total()} twins, {total[True]} lead back ", end="")
        print(f"({100 * total[True] / total.total():.1f} %), {time.process_time() - started:.1f} s")
        for name, counts in back.items():
            print(f"  {name:36} {counts.total():5} twins, {counts[True]:5} lead back")
        print("  left:", ", ".join(f"{why} {n}" for why, n in left.most_common()))
        lines = (VERDICTS / f"{axis}.tsv").read_text("utf-8").splitlines()
        verdicts = Counter(line.split("\t")[3] for line in lines if not line.startswith("#"))
        print(f"  read by a person: {verdicts['good']} of {verdicts.total()} good")


if __name__ == "__main__":
    main()
