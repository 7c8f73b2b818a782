"""Diversity and topics: against naive counts, on made sets with known groups."""

from __future__ import annotations

import json
import random
import statistics
import zlib
from collections import Counter
from itertools import pairwise
from typing import Any
from zlib import crc32

import pytest

from ftlint.analyses.diversity import (
    BLOCK,
    PAIRS,
    AnswerDiversity,
    burstiness,
    compression,
    distinct,
    opening,
)
from ftlint.analyses.topic import QuestionTopics, clustered, terms, weighted
from ftlint.case import assistant, chat, user
from ftlint.example import Batch, Lines
from ftlint.features.sampled import SAMPLE, Sample
from ftlint.source import Dataset, Source

WORDS = [f"word{number}" for number in range(400)]


def raws(records: list[Any]) -> list[bytes]:
    return [json.dumps(record).encode() for record in records]


def test_distinct_2_is_a_naive_count() -> None:
    draw = random.Random(5)
    texts = [" ".join(draw.choices(WORDS, k=60)) for _ in range(200)]
    pairs = [pair for text in texts for pair in pairwise(text.split())][:PAIRS]
    assert distinct(texts) == len(set(pairs)) / PAIRS
    assert distinct(texts[:5]) is None
    assert distinct(["same words again and again " * 4000]) == 5 / PAIRS


def test_compression_is_that_of_zlib() -> None:
    text = "all work and no play makes Jack a dull boy. " * 800
    one = len(zlib.compress(text.encode()[:BLOCK], 6))
    assert compression([text[:BLOCK]]) == BLOCK / one
    assert compression(["short"]) is None
    noise = random.Random(1).randbytes(BLOCK * 2).hex()
    assert 1.5 < (compression([noise]) or 0) < 2.5


def test_burstiness_is_that_of_statistics() -> None:
    draw = random.Random(2)
    lengths = [draw.randint(1, 30) for _ in range(300)]
    text = " ".join(" ".join(["word"] * length) + "." for length in lengths)
    mean, deviation = statistics.fmean(lengths), statistics.pstdev(lengths)
    assert burstiness([text]) == pytest.approx((deviation - mean) / (deviation + mean))
    assert burstiness(["One two. " * 500]) == -1
    assert burstiness(["One. Two."]) is None


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Sure, here is\nthe list you asked for.", "sure, here is the"),
        ("Only four words here", ""),
        ("当然可以，下面是您所要求的一份清单，请您查收。", "当然可以，下面是您所要求的"),
        ("", ""),
        ("😀😀😀", ""),
    ],
)
def test_how_texts_begin(text: str, begins: str) -> None:
    assert opening(text) == begins


def test_the_sample_is_the_same_in_any_shards() -> None:
    lines = raws([chat(user(f"Q{n}"), assistant(f"A{n}")) for n in range(5000)])

    def fold(size: int) -> Sample:
        total = Sample()
        for start in range(0, len(lines), size):
            total = total.merge(Sample.of(Batch(Lines(0, start, lines[start : start + size]))))
        return total

    whole = fold(5000)
    assert fold(7) == fold(1024) == whole
    assert len(whole.kept) <= SAMPLE < 2 * len(whole.kept)
    bound = 1 << 32 >> whole.level
    assert [i.ordinal for i in whole.kept] == [n for n in range(5000) if crc32(b"%d" % n) < bound]
    assert [item.answer for item in whole.kept] == [f"A{item.ordinal}" for item in whole.kept]


def test_topics_are_those_that_were_put_in() -> None:
    draw = random.Random(3)
    about = {
        "cooking": ["soup", "oven", "flour", "butter", "recipe", "bake"],
        "travel": ["train", "ticket", "hotel", "airport", "luggage", "visa"],
        "code": ["python", "function", "compiler", "variable", "loop", "error"],
    }
    truth = [draw.choice(list(about)) for _ in range(240)]
    texts = [f"how do i use the {' and the '.join(draw.sample(about[t], 4))}" for t in truth]
    member = clustered(weighted([terms(text) for text in texts]), 12)
    agree = Counter(zip(member, truth, strict=True))
    assert sum(max(agree[g, t] for t in about) for g in set(member)) >= 0.95 * len(texts)

    lines = raws([chat(user(text), assistant(f"Number {n}")) for n, text in enumerate(texts)])
    analysis = QuestionTopics()
    batch = Batch(Lines(0, 0, lines))
    (found,) = analysis.conclude(analysis.summarize(batch), Dataset((Source("x"),)))
    assert {word for topic in found.topics[:3] for word in topic.terms} <= {
        word for words in about.values() for word in words
    }
    assert found.topics[0].count <= max(Counter(truth).values()) + 12


def test_function_words_name_no_topic() -> None:
    assert terms("What is the best way to bake bread?") == ["best", "way", "bake", "bread"]
    assert terms("Wie kann ich das Brot backen?") == ["brot", "backen"]
    assert "什么" not in terms("什么是面包")
    assert "面包" in terms("什么是面包")
    assert terms("😀 🎉") == []


def test_labels_are_not_judged_for_diversity() -> None:
    lines = raws([chat(user(f"Q{n}"), assistant("yes" if n % 2 else "no")) for n in range(100)])
    analysis = AnswerDiversity()
    summary = analysis.summarize(Batch(Lines(0, 0, lines)))
    (found,) = analysis.conclude(summary, Dataset((Source("x"),)))
    assert found.labelled
    assert found.looked == found.examples == 100
