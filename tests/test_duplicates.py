"""Duplicates against independent oracles: brute force, counting, and edits planted in real data."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ftlint.analyses.duplicates import Duplicates
from ftlint.case import assistant, chat, system, user
from ftlint.engine import Plan, lint_shard, run
from ftlint.executors import Processes
from ftlint.report import Report
from ftlint.reporters import Options, load
from ftlint.rules.duplicate import ExactDuplicate, NearDuplicate, NormalisedDuplicate
from ftlint.similarity.cluster import clusters
from ftlint.similarity.duplicate import DuplicateIndex
from ftlint.source import Dataset, Source
from ftlint.text.normalise import normalise

RULES = (ExactDuplicate(), NormalisedDuplicate(), NearDuplicate())
Pairs = dict[tuple[int, int], float]


def written(path: Path, records: Iterable[Any]) -> Path:
    path.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    return path


def lint(*paths: Path, **how: Any) -> Report:
    sources = tuple(Source(str(p), "validation" if "valid" in p.name else "train") for p in paths)
    return run(Plan(RULES, cap=0, **how), Dataset(sources))


def index(path: Path) -> DuplicateIndex:
    analysis, dataset = Duplicates(), Dataset((Source(str(path)),))
    plan = Plan((), analyses=(analysis,))
    first, *rest = [lint_shard(plan, shard).summaries[analysis] for shard in dataset.shards()]
    for other in rest:
        first = first.merge(other)
    return analysis.conclude(first, dataset)


def found(report: Report, code: str) -> dict[int, int]:
    """Return the lines of copies, each with the line of the earlier one."""
    return {
        f.place.line: f.related[0].line
        for f in report.findings
        if f.code == code and f.place.line and f.related[0].line
    }


def read(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def text(record: Any) -> str:
    """Return what the messages say; the sets of these tests hold nothing but texts."""
    return "\n".join(m["content"] for m in record["messages"] if m["role"] != "system")


def brute_force(texts: Sequence[str], least: float) -> Pairs:
    """Return all pairs of texts that differ, with their similarity, by counting what they share."""
    shingles = []
    for each in texts:
        words = re.sub(r"([\u3040-\u30ff\u4e00-\u9fff])", r" \1 ", normalise(each)).split()
        shingles.append({*pairwise(words)})
    holders: dict[tuple[str, str], list[int]] = {}
    for number, some in enumerate(shingles):
        for shingle in some:
            holders.setdefault(shingle, []).append(number)
    sizes = np.array([len(some) for some in shingles])
    pairs = {}
    for number, some in enumerate(shingles):
        if len(some) < 4:
            continue
        held = np.concatenate([holders[shingle] for shingle in some])
        shared = np.bincount(held, minlength=len(texts))[:number]
        similarity = shared / (sizes[:number] + sizes[number] - shared)
        for other in np.flatnonzero((similarity >= least) & (sizes[:number] >= 4)).tolist():
            if normalise(texts[other]) != normalise(texts[number]):
                pairs[other, number] = float(similarity[other])
    return pairs


# Near duplicates


@pytest.mark.parametrize("threshold", [0.8, 0.9])
def test_near_duplicates_are_those_of_brute_force(
    shared: Path, tmp_path: Path, threshold: float
) -> None:
    distinct = {}
    for record in read(shared / "data/truth/dup_gpteacher/rows.jsonl"):
        key = [(message["role"], normalise(message["content"])) for message in record["messages"]]
        distinct[str(key)] = {"messages": record["messages"]}
    chosen = list(distinct.values())
    random.Random(5).shuffle(chosen)
    chosen = chosen[:5000]
    expected = brute_force([text(record) for record in chosen], threshold)
    pairs = index(written(tmp_path / "train.jsonl", chosen)).pairs(threshold)
    assert len(expected) > 400
    assert {(p.left, p.right): p.jaccard for p in pairs}.items() <= expected.items()
    assert len(pairs) >= 0.97 * len(expected)


def edited(words: list[str], rng: random.Random) -> list[str]:
    """Return the words with one in thirty replaced, left out, or written twice."""
    words = list(words)
    for _ in range(max(1, len(words) // 30)):
        at = rng.randrange(len(words))
        words[at : at + 1] = rng.choice(([], ["otherwise"], [words[at], words[at]]))
    return words


def test_planted_edits_are_found(shared: Path, tmp_path: Path) -> None:
    rng, planted = random.Random(7), []
    for name in ("gpteacher_roleplay", "hh_harmless_chosen_even", "llmzoo_answers", "gsm8k_train"):
        for record in read(shared / f"data/chat/{name}.jsonl"):
            *before, last = record["messages"]
            if len(last["content"].split()) >= 25 and last["content"].isascii():
                changed = " ".join(edited(last["content"].split(" "), rng))
                planted.append((record, {"messages": [*before, {**last, "content": changed}]}))
    assert len(planted) > 2000
    originals = [{"messages": record["messages"]} for record, _ in planted]
    path = written(tmp_path / "train.jsonl", [*originals, *(copy for _, copy in planted)])
    report = lint(path)
    copies = [found(report, code) for code in ("FT401", "FT402", "FT403")]
    hit = sum(
        any(number + len(planted) in c for c in copies) for number in range(1, len(planted) + 1)
    )
    assert hit >= 0.95 * len(planted)


def test_pairs_of_published_questions(shared: Path, tmp_path: Path) -> None:
    """The pairs that toolkit-mmqa 1.0.0 lists at 0.8 by trigrams of characters are here, too.

    By pairs of words they are less alike: one other name stands in two pairs.
    """
    import gzip

    path = shared / "data/truth/benchmarks/gsm8k_train.jsonl.gz"
    with gzip.open(path, "rt", encoding="utf-8") as file:
        questions = [json.loads(line)["question"] for line in file]
    peer = {(1174, 7233), (1314, 5162), (2483, 6691), (3794, 4519), (3810, 6108)}
    peer |= {(4997, 5419), (6103, 6388)}
    expected = brute_force(questions, 0.59)
    here = index(written(tmp_path / "train.jsonl", [chat(user(q)) for q in questions]))
    assert {(p.left, p.right): p.jaccard for p in here.pairs(0.59)} == expected
    assert peer <= expected.keys()
    assert [(p.left, p.right) for p in here.pairs()] == [(2483, 6691)]


def test_small_and_large_datasets_agree(shared: Path, tmp_path: Path) -> None:
    lines = (shared / "data/chat/lf_glaive_toolcall_zh.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    small = written(tmp_path / "small.jsonl", records[:150])
    large = written(tmp_path / "large.jsonl", records[:150] + [chat(user("Hi"))] * 400)
    assert [*index(small).pairs()] == [*index(large).pairs()] != []


def test_a_system_prompt_makes_nothing_alike(tmp_path: Path) -> None:
    rules = "You are the assistant of a bank, and these are your many rules: " + "be kind, " * 40
    one, two = chat(user("My card is gone."), assistant("Call us.")), chat(user("Rates?"))
    for record in (one, two):
        record["messages"].insert(0, system(rules))
    assert lint(written(tmp_path / "train.jsonl", [one, two])).findings == []


def test_splits_are_not_compared(tmp_path: Path) -> None:
    record = chat(user("Where is Lisbon?"), assistant("In Portugal."))
    paths = [written(tmp_path / name, [record]) for name in ("train.jsonl", "valid.jsonl")]
    assert lint(*paths).findings == []
    more = written(tmp_path / "more.jsonl", [record])
    (finding,) = lint(*paths, more).findings
    assert finding.message == f"the record of {paths[0]}:1 again"


# Exact and normalised duplicates


def test_repeats_are_those_of_counting(shared: Path, tmp_path: Path) -> None:
    messages = read(shared / "data/truth/dup_sms_spam/sms.jsonl")
    records = [chat(user(m["text"]), assistant(m["label"])) for m in messages]
    report = lint(written(tmp_path / "train.jsonl", records))
    first: dict[str, int] = {}
    repeats = {}
    for number, record in enumerate(map(json.dumps, records), 1):
        earlier = first.setdefault(record, number)
        if earlier != number:
            repeats[number] = earlier
    assert found(report, "FT401") == repeats
    assert report.measures["duplicates"]["exact"]["examples"] == len(repeats) == 403
    same = Counter(f"{m['label']} {normalise(m['text'])}" for m in messages)
    normal = found(report, "FT402")
    # None of these messages is blank, and none is nothing but punctuation.
    assert len(repeats) + len(normal) == len(messages) - len(same)
    for line, earlier in normal.items():
        assert normalise(messages[line - 1]["text"]) == normalise(messages[earlier - 1]["text"])


def test_many_copies_are_no_flood(tmp_path: Path) -> None:
    records = [chat(user("Where is Lisbon?"), assistant("In Portugal."))] * 1000
    report = lint(written(tmp_path / "train.jsonl", records))
    assert len(report.findings) == 50
    assert (
        report.findings[-1].message == "the record of line 1 again; 949 more copies are not listed"
    )
    assert report.measures["duplicates"]["exact"]["examples"] == 999
    assert report.measures["duplicates"]["clusters"]["largest"] == 1000


# Any size, any process


def shown(report: Report) -> str:
    report.duration = 0.0
    return "".join(load("json")(report, Options()))


@pytest.mark.parametrize(("shard", "batch"), [(1 << 16, 1024), (1 << 20, 100), (8 << 20, 5000)])
def test_sizes_never_change_the_clusters(shared: Path, shard: int, batch: int) -> None:
    source = Source(str(shared / "data/truth/dup_gpteacher/rows.jsonl"))
    whole = shown(run(Plan(RULES, cap=0), Dataset((source,))))
    cut = run(Plan(RULES, cap=0, batch_size=batch), Dataset((source,), shard))
    assert shown(cut) == whole
    assert '"FT403"' in whole


def test_sketches_on_disk_give_the_same_clusters(
    shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source(str(shared / "data/chat/banking77_train.jsonl"))
    plan = Plan(RULES, cap=0)
    kept = shown(run(plan, Dataset((source,), 1 << 18)))
    monkeypatch.setattr("ftlint.similarity.spool.LIMIT", 100_000)
    assert shown(run(plan, Dataset((source,), 1 << 18))) == kept
    assert '"FT403"' in kept


@pytest.mark.parametrize("kept", [0, 30])
def test_texts_that_are_read_again_give_the_same_pairs(
    shared: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    path = shared / "data/chat/banking77_train.jsonl"
    every = [*index(path).pairs()]
    monkeypatch.setattr("ftlint.similarity.lot.KEPT", kept)
    assert [*index(path).pairs()] == every != []


def test_processes_never_change_the_clusters(shared: Path) -> None:
    source = Source(str(shared / "data/truth/dup_gpteacher/rows.jsonl"))
    plan = Plan(RULES, cap=0)
    one, two = (run(plan, Dataset((source,), 1 << 18), how) for how in (None, Processes(2)))
    assert shown(two) == shown(one)


def test_compressed_files_have_the_same_clusters(shared: Path, tmp_path: Path) -> None:
    import gzip

    data = (shared / "data/chat/chatterbot_multilingual.jsonl").read_bytes()
    plain, zipped = tmp_path / "a.jsonl", tmp_path / "b.jsonl.gz"
    plain.write_bytes(data)
    zipped.write_bytes(gzip.compress(data, 1))
    for code in ("FT401", "FT402", "FT403"):
        assert found(lint(plain), code) == found(lint(zipped), code) != {}


# Bad input


class Counting(Dataset):
    """A dataset that counts the lines that are read once more."""

    again = 0

    def fetch(self, places: Any) -> Any:
        lines = super().fetch(places)
        Counting.again += len(lines)
        return lines


def read_again(path: Path) -> tuple[Report, int]:
    """Return the report and how many lines were read again to find near duplicates."""
    Counting.again = 0
    report = run(Plan(RULES, cap=1), Counting((Source(str(path)),)))
    return report, Counting.again


def test_one_text_a_hundred_thousand_times(tmp_path: Path) -> None:
    line = json.dumps(chat(user("Tell me of Lisbon, the old town by the river."), assistant("No.")))
    path = tmp_path / "train.jsonl"
    path.write_text(f"{line}\n" * 100_000)
    report, again = read_again(path)
    assert report.measures["duplicates"]["exact"]["examples"] == 99_999
    assert again < 1000


def test_one_template_is_not_quadratic(tmp_path: Path) -> None:
    middle = "of the old town by the river where the boats come in at night with fish and salt"
    records = [chat(user(f"Tell me {middle} and {n}"), assistant("No.")) for n in range(20_000)]
    report, again = read_again(written(tmp_path / "train.jsonl", records))
    assert report.measures["duplicates"]["near"]["examples"] == 19_999
    assert report.measures["duplicates"]["clusters"]["largest"] == 20_000
    assert again < 3 * len(records)


ODD: dict[str, Callable[[int], Any]] = {
    "blank": lambda n: chat(user(" " * n), assistant("")),
    "punctuation": lambda n: chat(user("?!" * (n + 1)), assistant("..." * (n + 1))),
    "nothing": lambda n: {"messages": [], "n": n},
    "no messages": lambda n: {"prompt": "a " * n, "completion": "b"},
    "broken": lambda n: {"messages": [n, None, {"role": n}, {"content": {"a": n}}]},
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("count", [20, 1500])
def test_odd_records_are_no_copies(tmp_path: Path, kind: str, count: int) -> None:
    report = lint(written(tmp_path / "train.jsonl", map(ODD[kind], range(count))))
    assert not report.crashed
    assert report.findings == []


def test_a_huge_message_among_others(tmp_path: Path) -> None:
    rng = random.Random(3)
    words = [f"word{rng.randrange(100_000)}" for _ in range(1_000_000)]
    huge = " ".join(words)
    words[1000] = words[500_000] = "other"
    unspaced = "".join(chr(0x4E00 + rng.randrange(5000)) for _ in range(1_000_000))
    endless = "x" * 1_000_000
    records = [chat(user(each)) for each in (huge, unspaced, endless, "Hi")]
    copies = [" ".join(words), unspaced[:-9] + "漢", endless + "y"]
    records += [chat(user(each)) for each in copies]
    report = lint(written(tmp_path / "train.jsonl", records))
    assert found(report, "FT403") == {5: 1, 6: 2}


def test_scripts_are_mixed(tmp_path: Path) -> None:
    mixed = "Der Name der Stadt ist 東京都 กรุงเทพมหานคร Αθήνα Москва القاهرة and न\u0908 दिल्ली {}"
    records = [chat(user(mixed.format(n)), assistant("ok")) for n in ("一", "二")]
    report = lint(written(tmp_path / "train.jsonl", records))
    assert found(report, "FT403") == {2: 1}


def test_few_pairs_make_the_same_clusters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(2)
    words = [f"w{number}" for number in range(400)]
    records = []
    for _ in range(60):
        base = rng.choices(words, k=40)
        for _ in range(12):
            said = " ".join([*base, rng.choice(words)])
            records.append(chat(user("Go on."), assistant(said)))
    rng.shuffle(records)
    path = written(tmp_path / "train.jsonl", records)
    every = index(path).pairs()
    monkeypatch.setattr("ftlint.similarity.search.MOST", 10)
    monkeypatch.setattr("ftlint.similarity.search.STEP", 20)
    few = index(path).pairs()
    assert len(few) < len(every) // 2
    found, expected = (clusters(pairs.left, pairs.right) for pairs in (few, every))
    assert found == expected
    assert len(found) == 60
