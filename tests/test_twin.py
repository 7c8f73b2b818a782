"""Twins: what swaps with what, by hand-written pairs, by round trips, and by rows read one by one.

`tests/twins/*.tsv` hold verdicts of a person on twins of real data: by file, line and digest, so
that a twin that has changed since it was read is no longer counted as read.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ftlint.error import UsageError
from ftlint.twin.pronoun import grammar
from ftlint.twin.shelter import shelters
from ftlint.twin.swap import ALIKE, BODY, LANGUAGE, NAME, PERSON, TOPIC, changed, swap
from ftlint.twin.table import AXES, Table, table
from ftlint.twin.word import like, vowel

GENDER, RACE, RELIGION = (table(axis) for axis in ("gender", "race", "religion"))
VERDICTS = Path(__file__).parent / "twins"


def twin(text: str, swaps: Table = GENDER) -> str:
    """Return the twin of a text, or the reason why it has none."""
    done = swap([text], swaps)
    return done.left or changed(text, done.changes[0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She gave her book to him.", "He gave his book to her."),
        ("I saw her walking with her dog.", "I saw him walking with his dog."),
        ("I love her very much; it made her happy.", "I love him very much; it made him happy."),
        (
            "Let her go home, then take her home address.",
            "Let him go home, then take his home address.",
        ),
        (
            "She hurt her right arm. Is she right for her?",
            "He hurt his right arm. Is he right for him?",
        ),
        (
            "It takes her 20 minutes to walk her 3 dogs.",
            "It takes him 20 minutes to walk his 3 dogs.",
        ),
        ("She gave her money and lost her family.", "He gave him money and lost his family."),
        (
            "The car is his, not his dog; a friend of his.",
            "The car is hers, not her dog; a friend of hers.",
        ),
        ("The book is hers.", "The book is his."),
        ("HE IS HERE. SHE'S NOT. He’s late.", "SHE IS HERE. HE'S NOT. She’s late."),
        ("Ma'am, is this your husband?", "Sir, is this your wife?"),
        ("He is an heir and she is a waitress.", "She is an heiress and he is a waiter."),
        ("An uncle and a nephew asked an actor.", "An aunt and a niece asked an actress."),
        ("Mr. Smith says he is late.", "Mrs. Smith says she is late."),
        ("Mr. Smith and Ms. Jones say he is late.", "Ms. Smith and Mr. Jones say she is late."),
        ("John told Mary that she is tall.", "Jane told James that he is tall."),
        (
            "The man, a he or she, met boys and girls.",
            "The woman, a he or she, met boys and girls.",
        ),
        (
            "He knows `he = she` and https://x.org/he and he@x.org.",
            "She knows `he = she` and https://x.org/he and he@x.org.",
        ),
        ("My dad's angry; oh man, my dad.", "My mom's angry; oh man, my mom."),
        (
            'He read the constitution: "No man shall be king."',
            'She read the constitution: "No man shall be king."',
        ),
        ("> he said\nand he left for good reasons", "> he said\nand she left for good reasons"),
        ("The groom will groom the dog, he said.", "The bride will groom the dog, she said."),
        ("He bought 5 gal of paint for the man.", "She bought 5 gal of paint for the woman."),
        ("In 1980 the stewardess and her son left.", "In 1980 the steward and his daughter left."),
    ],
)
def test_gender(text: str, expected: str) -> None:
    assert twin(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why are black people so good at it?", "Why are white people so good at it?"),
        ("I have a white neighbor and a black car.", "I have a black neighbor and a black car."),
        ("Is it OK that I'm black?", "Is it OK that I'm white?"),
        ("An Asian woman asked a Hispanic man.", "A Hispanic woman asked an Asian man."),
        ("Why do Whites like it?", "Why do Blacks like it?"),
        ("Do you wash the whites with the laundry?", "nothing to swap"),
        ("Some say that black and white people differ.", ALIKE),
        ("She is my friend and the dress is white as snow.", NAME),
        ("She is my friend and has a white dress.", "nothing to swap"),
        ("Why did slavery hurt black people?", TOPIC),
    ],
)
def test_race(text: str, expected: str) -> None:
    assert twin(text, RACE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Why are muslims so angry?", "Why are christians so angry?"),
        ("My Muslim friend went to the mosque.", "My Christian friend went to the church."),
        ("We met at the church.", "nothing to swap"),
        ("Is a Hindu allowed to eat there?", "Is a Jew allowed to eat there?"),
        ("I know a Hindu family that does.", "I know a Jewish family that does."),
        ("What did Jesus tell Christians?", TOPIC),
        ("Did you see Christian Bale in it?", "nothing to swap"),
    ],
)
def test_religion(text: str, expected: str) -> None:
    assert twin(text, RELIGION) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Marie Curie won the prize; she was great.", PERSON),
        ("What did Einstein tell his wife?", PERSON),
        ("She told him that Heloise was late.", NAME),
        ("My dad loves the Man in Black, and he will see it.", NAME),
        ("Is feminism good for her husband?", TOPIC),
        ("Her pregnancy is going well, says her mother.", BODY),
        ("Mon fils aime bien le son de sa voix et le chant des oiseaux.", LANGUAGE),
        ("Is it for boys and girls?", ALIKE),
    ],
)
def test_what_has_no_twin(text: str, reason: str) -> None:
    assert twin(text) == reason


def test_all_texts_are_read_together() -> None:
    done = swap(["Who is she?", "She is my sister; Einstein knew it."], GENDER)
    assert done.left == PERSON and done.groups == {"women"}
    assert [len(text) for text in swap(["Is she in?", "No, she left."], GENDER).changes] == [1, 1]


def test_a_firm_in_the_instructions_is_nobody() -> None:
    texts = ["You help the customers of Fernhill Bikes.", "My wife left her helmet with you."]
    assert swap(texts, GENDER).left == PERSON
    done = swap(texts, GENDER, (0,))
    assert [len(changes) for changes in done.changes] == [0, 2]
    owned = ["You help Ada Lovelace, who owns the shop; she is kind.", texts[1]]
    assert swap(owned, GENDER, (0,)).left == PERSON
    asked = ["Be brief.", "What did Einstein say?", "He said no."]
    assert swap(asked, GENDER, (0,)).left == PERSON


def test_groups_are_paired_as_asked() -> None:
    swaps = table("religion", (("jewish", "muslim"),))
    assert twin("My Jewish neighbour met a Christian.", swaps) == (
        "My Muslim neighbour met a Christian."
    )
    with pytest.raises(UsageError, match="no group 'jews'"):
        table("religion", (("jews", "muslim"),))
    with pytest.raises(UsageError, match="named twice"):
        table("religion", (("jewish", "muslim"), ("muslim", "hindu")))


@pytest.mark.parametrize("axis", AXES)
def test_ways_lead_back(axis: str) -> None:
    """A word that two others become (mom and mum) leads back to one of them."""
    ways = table(axis).ways
    for phrase, way in ways.items():
        back = ways[tuple(way.new.lower().split())]
        again = tuple(back.new.lower().split())
        assert again == phrase or ways[again].new == way.new
        assert back.group != way.group


def test_lists_are_words() -> None:
    """YAML takes `on` and `no` for truth values unless they are quoted."""
    for name in ("ends", "gives", "absolute", "english"):
        assert all(isinstance(word, str) for word in getattr(grammar(), name))


_PARTS = {
    "who": ["my sister", "the man", "a waitress", "her uncle", "his wife", "John", "Linda"],
    "did": ["saw", "gave", "told", "asked", "thanked"],
    "whom": ["him", "her", "my brother", "the queen"],
    "end": ["about his car.", "about her cats.", "and went home.", "because she was late."],
}


@given(st.tuples(*(st.sampled_from(values) for values in _PARTS.values())))
def test_twice_is_once(parts: tuple[str, ...]) -> None:
    text = f"Then {' '.join(parts)}"
    once = twin(text)
    assert once != text and twin(once) == text


def test_case_and_articles() -> None:
    assert [like("she", old) for old in ("he", "He", "HE")] == ["she", "She", "SHE"]
    words = ("uncle", "university", "heir", "hour", "one", "European", "apple", "man")
    assert [vowel(word) for word in words] == [True, False, True, True, False, False, True, False]


def test_shelters() -> None:
    text = "a ```x``` b https://h.e/he c <b>his</b> {{her}} $20 for her and $10"
    covered = {text[slice(*span)] for span in shelters(text)}
    assert {"```x```", "https://h.e/he", "<b>", "{{her}}"} <= covered
    assert not any("for her" in piece for piece in covered)


# Real data


def contents(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and texts of a set of chat, of sentences, or of BBQ."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        record = json.loads(line)
        if "messages" in record:
            said = [message.get("content") for message in record["messages"]]
            yield number, [text for text in said if isinstance(text, str)]
        elif "context" in record:
            yield number, [f"{record['context']} {record['question']}"]
        else:
            yield number, [record["text"]]


@pytest.mark.parametrize("axis", AXES)
def test_twins_are_as_they_were_read(axis: str, shared: Path) -> None:
    lines = (VERDICTS / f"{axis}.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    texts: dict[str, dict[int, list[str]]] = {}
    for file in {row[0] for row in rows}:
        texts[file] = dict(contents(shared / "data" / file))
    verdicts = Counter[str]()
    for file, number, digest, verdict in rows:
        original = texts[file][int(number)]
        made = swap(original, table(axis)).changes
        new = [changed(text, each) for text, each in zip(original, made, strict=bool(made))]
        found = hashlib.blake2b("\x1f".join(new).encode(), digest_size=5).hexdigest()
        verdicts[verdict if found == digest else "unread"] += 1
    assert len(rows) == 50 and verdicts["good"] >= 47, verdicts


@pytest.mark.parametrize("name", ["gsm8k_train", "gpteacher_roleplay", "hh_harmless_chosen_even"])
def test_most_twins_lead_back(name: str, shared: Path) -> None:
    back = Counter[bool]()
    for _, texts in contents(shared / f"data/chat/{name}.jsonl"):
        done = swap(texts, GENDER)
        if done.changes:
            new = [changed(text, made) for text, made in zip(texts, done.changes, strict=True)]
            again = swap(new, GENDER).changes or [()] * len(new)
            back[[changed(text, made) for text, made in zip(new, again, strict=True)] == texts] += 1
    assert back[True] >= 0.95 * back.total() and back.total() > 50
