"""What duplicates cost: tokens by tiktoken, copies by brute force over all pairs."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from datetime import date
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command import inside
from reference import Tiktoken

import ftlint as package
from ftlint.analyses.waste import DuplicateCost
from ftlint.case import assistant, chat, declare, system, user
from ftlint.engine import Plan, run
from ftlint.example import Batch, Lines
from ftlint.executors import Processes, Serial
from ftlint.features.tokens import Tokens
from ftlint.planning.advice import advise
from ftlint.planning.plan import TrainingPlan, draw
from ftlint.source import Dataset, Source
from ftlint.targets.target import read
from ftlint.text.normalise import normalise
from ftlint.views.plan import as_json

Record = dict[str, Any]
MINI = "openai:gpt-4.1-mini"
SHORT = "openai:gpt-3.5-turbo-0613"
TODAY = date(2026, 11, 23)
WAYS = ("exact", "normalised", "near")
SCHEMAS = Path(package.__file__).parent / "schemas"


def put(path: Path, records: Iterable[Record]) -> Path:
    path.write_text("".join(json.dumps(each) + "\n" for each in records), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def tiktoken(tmp_path_factory: pytest.TempPathFactory) -> Tiktoken:
    return Tiktoken("o200k_base", tmp_path_factory.mktemp("ranks"))


def tokens(record: Record, tiktoken: Tiktoken) -> int:
    """Return the tokens of an example by the cookbook's formula."""
    said = record["messages"]
    return 3 + sum(3 + tiktoken.count(m["role"]) + tiktoken.count(m["content"]) for m in said)


def shingles(record: Record) -> set[tuple[str, str]]:
    said = [m["content"] for m in record["messages"] if m["role"] != "system"]
    return {*pairwise(normalise(" ".join(said)).split())}


def brute_force(records: list[Record]) -> dict[str, tuple[list[int], int]]:
    """Return the copies of each kind and how many clusters they make, by looking at all pairs."""
    first: dict[str, int] = {}
    spelt: dict[str, int] = {}
    found: dict[str, list[int]] = {way: [] for way in WAYS}
    heads: dict[str, set[int]] = {way: set() for way in WAYS}
    new = []
    for at, record in enumerate(records):
        said = str([(m["role"], normalise(m["content"])) for m in record["messages"]])
        one = first.setdefault(json.dumps(record, sort_keys=True), at)
        same = spelt.setdefault(said, at)
        if one != at or same != at:
            way, head = ("exact", one) if one != at else ("normalised", same)
            found[way].append(at)
            heads[way].add(head)
        else:
            new.append(at)
    sets = {at: some for at in new if len(some := shingles(records[at])) >= 4}
    groups: list[set[int]] = []
    for left, right in combinations(sets, 2):
        a, b = sets[left], sets[right]
        if min(len(a), len(b)) >= 0.8 * max(len(a), len(b)) and len(a & b) >= 0.8 * len(a | b):
            found["near"].append(right)
            met = [group for group in groups if group & {left, right}]
            groups = [group for group in groups if group not in met]
            groups.append({left, right}.union(*met))
    return {
        "exact": (found["exact"], len(heads["exact"])),
        "normalised": (found["normalised"], len(heads["normalised"])),
        "near": (sorted(set(found["near"])), len(groups)),
    }


def varied(count: int, seed: int) -> list[Record]:
    """Return examples of random words, some of them copied, shouted or a little changed."""
    rng = random.Random(seed)
    words = [f"{a}{b}{c}" for a in "bdfgklmn" for b in "aeiou" for c in ("st", "rl", "nd", "mp")]
    records: list[Record] = []
    while len(records) < count:
        what = rng.random()
        if what < 0.6 or not records:
            said = [" ".join(rng.choices(words, k=rng.randint(3, 60))) for _ in range(2)]
        else:
            said = [m["content"] for m in rng.choice(records)["messages"][-2:]]
            if what < 0.7:
                said[1] = said[1].upper() + "!"
            elif what < 0.9:
                said[1] = f"{said[1]} {rng.choice(words)}"
        records.append(chat(system("Answer."), user(said[0]), assistant(said[1])))
    return records


@pytest.mark.parametrize("size", [150, 900])  # below and above what is joined exactly
def test_copies_are_those_of_brute_force(tmp_path: Path, tiktoken: Tiktoken, size: int) -> None:
    records = varied(size, size)
    expected = brute_force(records)
    assert all(len(copies) > size // 50 for copies, _ in expected.values())
    path = put(tmp_path / "train.jsonl", records)
    done = inside(tmp_path, "check", path, "--target", MINI, "--format", "json")
    schema = json.loads((SCHEMAS / "report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(schema).validate(done.report)
    told = done.report["measures"]["duplicates"]
    price = read(MINI).model.training_price  # type: ignore[union-attr]
    assert price is not None
    assert told["price"]["value"] == price.value
    for way, (copies, clusters) in expected.items():
        count = sum(tokens(records[at], tiktoken) for at in copies)
        assert (told[way]["examples"], told[way]["clusters"]) == (len(copies), clusters)
        assert told[way]["tokens"] == told[way]["billed_tokens_an_epoch"] == count
        assert told[way]["cost_an_epoch"] == pytest.approx(count * price.value / 1e6)
        assert told[way]["bytes"] == sum(len(json.dumps(records[at])) for at in copies)


def planned(folder: Path, records: list[Record], target: str = MINI) -> TrainingPlan:
    return draw([Source(str(put(folder / "train.jsonl", records)))], target, TODAY, epochs=3)


def test_a_plan_says_the_same_of_a_real_set(
    tmp_path: Path, shared: Path, tiktoken: Tiktoken
) -> None:
    lines = (shared / "data/truth/dup_gpteacher/rows.jsonl").read_text("utf-8").splitlines()
    rows = [{"messages": json.loads(line)["messages"]} for line in lines]
    records = random.Random(4).sample(rows[:1500], 900)  # of which some come twice
    records += [chat(*row["messages"][:-1], assistant("Yes.")) for row in records[:20]]
    records += records[:5]
    expected = brute_force(records)
    plan = planned(tmp_path, records)
    for way, (copies, clusters) in expected.items():
        waste = plan.counted.copies[way]  # type: ignore[index]
        assert (waste.examples, waste.clusters) == (len(copies), clusters), way
        assert waste.tokens == sum(tokens(records[at], tiktoken) for at in copies)
        assert plan.cost_of(waste) == plan.cost(3 * waste.tokens)
    told = as_json(plan, advise(plan))
    jsonschema.validate(told, json.loads((SCHEMAS / "plan.json").read_text("utf-8")))
    exact = told["duplicates"]
    for way, kind in (
        ("exact", exact),
        ("normalised", exact["normalised"]),
        ("near", exact["near"]),
    ):
        waste = plan.counted.copies[way]  # type: ignore[index]
        assert (kind["examples"], kind["clusters"]) == (waste.examples, waste.clusters)


def test_copies_are_billed_as_far_as_they_are_trained_on(tmp_path: Path) -> None:
    long = [chat(user("Count."), assistant("one two three " * 3000))]
    held = put(tmp_path / "held.jsonl", [*varied(20, 1)[:20], *long, *long])
    train = put(tmp_path / "train.jsonl", [*varied(30, 2), *long, *long])
    sources = [Source(str(train)), Source(str(held), "validation")]
    plan = draw(sources, SHORT, TODAY, epochs=2)
    alone = draw(sources[:1], SHORT, TODAY, epochs=2)
    assert plan.counted.copies == alone.counted.copies  # what is held out is not billed
    limit = plan.counted.limit
    assert limit is not None
    others = draw([Source(str(put(tmp_path / "few.jsonl", varied(30, 2))))], SHORT, TODAY)
    assert plan.counted.copies["exact"].tokens == others.counted.copies["exact"].tokens + limit
    arguments = ["--train", train, "--validation", held, "--target", SHORT, "--format", "json"]
    told = inside(tmp_path, "check", *arguments).report["measures"]["duplicates"]["exact"]
    assert told["billed_tokens_an_epoch"] == plan.counted.copies["exact"].tokens
    assert told["tokens"] > 2 * limit  # both copies whole


def test_lines_without_messages_are_no_copies_of_a_job(tmp_path: Path) -> None:
    path = tmp_path / "train.jsonl"
    body = [json.dumps(record) for record in varied(20, 3)]
    path.write_text("\n".join([*body, '{"a": 1}', '{"a": 1}', "", "[]", "[]", body[0]]) + "\n")
    plan = draw([Source(str(path))], MINI, TODAY, epochs=1)
    before = draw([Source(str(put(tmp_path / "b.jsonl", varied(20, 3))))], MINI, TODAY, epochs=1)
    waste, usual = plan.counted.copies["exact"], before.counted.copies["exact"]
    assert waste.examples == usual.examples + 1


def test_tools_make_no_copy_cheaper(tmp_path: Path) -> None:
    record = chat(user("Where?"), assistant("Here."), tools=[declare("find")])
    plan = planned(tmp_path, [record, record, chat(user("Who?"), assistant("He."))])
    assert plan.counted.copies["exact"].tokens == plan.counted.tokens.max
    assert plan.counted.estimated


def test_tokens_are_told_where_both_are_asked_for(tmp_path: Path) -> None:
    path = put(tmp_path / "train.jsonl", varied(30, 5))

    def keys(*arguments: str) -> set[str]:
        done = inside(tmp_path, "check", path, "--format", "json", *arguments)
        return set(done.report["measures"].get("duplicates", {}).get("exact", {}))

    bare = {"examples", "share", "clusters", "bytes"}
    priced = {"tokens", "billed_tokens_an_epoch", "cost_an_epoch"}
    assert keys() == keys("--target", MINI, "--select", "FT4") == bare
    assert keys("--target", MINI) == keys("--target", MINI, "--select", "FT4,FT2") == bare | priced
    assert keys("--target", MINI, "--select", "FT2") == set()
    done = inside(tmp_path, "check", path, "--format", "json", "--target", "azure-openai:gpt-4o")
    told = done.report["measures"]["duplicates"]
    assert told["price"] is None and told["exact"]["cost_an_epoch"] is None
    assert told["exact"]["tokens"] > 0


def test_advice_names_what_is_nearly_the_same(tmp_path: Path) -> None:
    tale = " ".join(f"word{n}" for n in range(60))
    records = [*varied(100, 8), *(chat(user(tale), assistant(f"{tale} {n}")) for n in range(5))]
    advice = {each.name: each for each in advise(planned(tmp_path, records))}
    near = planned(tmp_path, records).counted.copies["near"]
    assert advice["near-duplicates"].numbers == {
        "examples": near.examples,
        "clusters": near.clusters,
        "tokens": near.tokens,
    }
    assert "% of their word pairs" in advice["near-duplicates"].reason
    copies = planned(tmp_path, records).counted.copies
    many = copies["exact"].examples + copies["normalised"].examples
    assert advice["duplicates"].numbers["examples"] == many > 0
    few = [chat(user(f"Who is number {n}?"), assistant(f"It is {n * 7}.")) for n in range(9)]
    assert not {"duplicates", "near-duplicates"} & {a.name for a in advise(planned(tmp_path, few))}


def test_shards_batches_and_processes_change_nothing(tmp_path: Path) -> None:
    path = put(tmp_path / "train.jsonl", varied(300, 6))
    cost = DuplicateCost(Tokens(), 40)
    told = []
    for shard, batch, jobs in ((8 << 20, 1024, 1), (999, 7, 1), (9999, 50, 2)):
        executor = Processes(jobs) if jobs > 1 else Serial()
        dataset = Dataset((Source(str(path)),), shard)
        plan = Plan((), analyses=(cost,), batch_size=batch)
        told.append(run(plan, dataset, executor).measures["duplicates"])
    assert told[0] == told[1] == told[2]
    assert told[0]["near"]["billed_tokens_an_epoch"] < told[0]["near"]["tokens"]


def test_summaries_merge_associatively() -> None:
    cost = DuplicateCost(Tokens())
    lines = [json.dumps(record).encode() for record in varied(9, 9)]
    batches = [Batch(Lines(0, at, lines[at : at + 3])) for at in (0, 3, 6)]
    a, b, c = map(cost.summarize, batches)
    nothing = cost.summarize(Batch(Lines(0, 0, [])))
    dataset = Dataset(())
    left, right = ((a.merge(b)).merge(c), a.merge(b.merge(c)))
    assert left == right
    assert nothing.merge(a) == a.merge(nothing) == a
    lengths = cost.parts[1].conclude(left.of[1], dataset)
    assert len(lengths) == 9 and all(lengths)
