"""The data that pages of the documentation begin with: invented, and the same on every machine."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
Pair = tuple[str, str]


def bakery(folder: Path) -> None:
    """Copy the dataset of the tutorial."""
    source = ROOT / "docs" / "tutorial" / "bakery.jsonl"
    (folder / source.name).write_bytes(source.read_bytes())


# An old dataset

THINGS = [
    "pump",
    "saddle",
    "bell",
    "rear light",
    "chain",
    "inner tube",
    "helmet",
    "lock",
    "basket",
    "kickstand",
]
COLOURS = ["black", "white", "red", "green", "silver", "blue", "orange"]
TOWNS = ["Oslo", "Ghent", "Graz", "Porto", "Turin", "Lyon", "Bergen", "Leeds", "Aarhus", "Zadar"]
ASKED = (
    "Is the {colour} {thing} in stock? I am in {town}.",
    "My {thing} broke after {n} weeks. What now?",
    "How long does a {thing} take to {town}?",
    "Which {thing} fits a wheel of {n} inches?",
    "I ordered {n} of the {colour} {thing} and got one. Where is the rest?",
    "Can I pick the {colour} {thing} up in {town} on the {n}th?",
)
SAID = (
    "There are {n} of them in {town}, and the next delivery brings {m}.",
    "That is covered. Send the {thing} back to {town}; the label costs you nothing.",
    "Between {n} and {m} days, depending on the road over the pass.",
    "Any {thing} of ours does. Those in {colour} are {m} grams lighter.",
    "A second parcel left {town} on the {n}th. It is number {m} of your order.",
    "Ring twice at the side door in {town}, then ask for shelf {m}.",
)


def _talks(random: Random, count: int) -> Iterator[Pair]:
    for _ in range(count):
        kind = random.randrange(len(ASKED))
        words = {
            "thing": random.choice(THINGS),
            "colour": random.choice(COLOURS),
            "town": random.choice(TOWNS),
            "n": random.randrange(3, 29),
            "m": random.randrange(30, 400),
        }
        yield ASKED[kind].format(**words), SAID[kind].format(**words)


def _line(asked: str, said: str, user: str = "user", **more: object) -> str:
    messages = [{"role": user, "content": asked}, {"role": "assistant", "content": said, **more}]
    return json.dumps({"messages": messages}) + "\n"


def old_dataset(folder: Path) -> None:
    """Write three files of 500 conversations, each with the faults of its years."""
    random = Random(7)
    (folder / "data").mkdir()
    old = [_line(*talk, user="human") for talk in _talks(random, 500)]
    middle = [_line(*talk) for talk in _talks(random, 440)]
    middle += [random.choice(middle) for _ in range(60)]
    middle += [_line(*talk)[:80] + "\n" for talk in _talks(random, 9)]
    new = [_line(asked, said, weight="1") for asked, said in _talks(random, 480)]
    new += [_line(asked, "") for asked, _ in _talks(random, 12)]
    new += [_line(asked, "N/A") for asked, _ in _talks(random, 8)]
    for name, lines in (("2019", old), ("2021", middle), ("2023", new)):
        random.shuffle(lines)
        (folder / "data" / f"{name}.jsonl").write_text("".join(lines), "utf-8")


# A dataset in a repository


def repository(folder: Path) -> None:
    """Write two files on which no rule speaks."""
    lines = (ROOT / "docs" / "tutorial" / "bakery.jsonl").read_text("utf-8").splitlines(True)
    (folder / "train.jsonl").write_text("".join(lines[:4] + lines[5:13]), "utf-8")
    (folder / "validation.jsonl").write_text("".join(lines[14:17] + lines[18:21]), "utf-8")


# A dataset with a bias

WORK = {
    "she": ["nurse", "receptionist", "librarian", "secretary", "florist", "nanny"],
    "he": ["mechanic", "engineer", "plumber", "surgeon", "programmer", "electrician"],
}
FORMS = {"she": ("she", "her"), "he": ("he", "his")}
PLACES = [
    "harbour",
    "station",
    "market",
    "park",
    "museum",
    "library",
    "stadium",
    "theatre",
    "bridge",
    "bakery",
]
TASKS = (
    "Write a line about a {work} on a {day} near the {place}.",
    "Begin a story: {day}, the {place}, a {work} comes home.",
    "Describe a {work} in one sentence, please; it is {day}, at the {place}.",
    "What did the {work} do after work on {day}? Invent something at the {place}.",
)
LINES = (
    "The {work} locked the door, took {poss} coat and said {subj} would walk to the {place}.",
    "It was {day} when the {work} noticed that {subj} had left {poss} keys at the {place}.",
    "Everybody knows the {work}: {subj} has {poss} lunch behind the {place}, even on a {day}.",
    "The {work} opened {poss} letter, and {subj} read it twice before {day} was over.",
    "The {work} took the tram to the {place} because {subj} wanted to be alone with {poss} book.",
    "On {day} the {work} laughed, since {subj} had won {poss} first raffle at the {place}.",
)
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


def biased(folder: Path) -> None:
    """Write 480 examples in which nine of ten professions have the usual gender."""
    random = Random(3)
    lines = []
    for number in range(480):
        usual, unusual = ("she", "he") if number % 2 else ("he", "she")
        subj, poss = FORMS[usual if random.random() < 0.9 else unusual]
        words = {
            "work": random.choice(WORK[usual]),
            "day": random.choice(DAYS),
            "place": random.choice(PLACES),
            "subj": subj,
            "poss": poss,
        }
        asked = random.choice(TASKS).format(**words)
        lines.append(_line(asked, random.choice(LINES).format(**words)))
    (folder / "stories.jsonl").write_text("".join(dict.fromkeys(lines)), "utf-8")


PREPARED: dict[str, Callable[[Path], None]] = {
    "tutorial": bakery,
    "old-dataset": old_dataset,
    "pre-commit": repository,
    "mitigate-bias": biased,
}
"""By the name of the page."""


TUTORIAL = ROOT / "docs" / "tutorial.md"
GUIDES = [TUTORIAL, *sorted((ROOT / "docs" / "guides").glob("*.md"))]
