"""Casts: what is read by columns of texts is what is read example by example."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ftlint.example import Batch, Lines
from ftlint.features.cast import answers_in, casts
from ftlint.features.dialogue import DIALOGUES, answered, trained, unproven
from ftlint.features.suspicion import CUT, ECHO, EDGE, FENCE, LOOP, SURE, suspects
from ftlint.proof import prove

_ROLES = ("system", "user", "assistant")
_said = st.sampled_from(["Hi", " Hi", "Yes.", "No,", "What is that?", "```", "Nein\n", "好"])
_message = st.fixed_dictionaries(
    {"role": st.sampled_from(_ROLES), "content": _said},
    optional={"weight": st.sampled_from([0, 1])},
)
_records = st.lists(
    st.lists(_message, max_size=5).map(lambda told: {"messages": told})
    | st.sampled_from([{}, {"prompt": "a", "completion": "b"}]),
    max_size=8,
)


def batch_of(records: list[Any], proof: bool = True) -> Batch:
    batch = Batch(Lines(0, 0, [json.dumps(each).encode() for each in records]))
    if proof:
        prove(batch)
    return batch


@given(_records)
def test_every_example_is_in_one_cast_or_read_by_itself(records: list[Any]) -> None:
    batch = batch_of(records)
    known = casts(batch)
    rows = [row for cast in known.alike for row in cast.rows]
    assert sorted(rows + known.others) == list(range(len(records)))
    assert len({cast.roles for cast in known.alike}) == len(known.alike)
    for cast in known.alike:
        for place, row in enumerate(cast.rows):
            said = [(text.role, text.value) for text in batch.example(row).texts]
            assert said == [
                (role, column[place]) for role, column in zip(cast.roles, cast.texts, strict=True)
            ]


@given(_records, st.booleans())
def test_exchanges_are_the_answers_with_the_question_before_each(
    records: list[Any], proof: bool
) -> None:
    batch = batch_of(records, proof)
    wanted: Counter[Any] = Counter()
    for example in batch.examples:
        asked, number = "", 0
        for text in example.texts:
            if text.role == "user":
                asked = text.value
            elif text.role == "assistant":
                wanted[example.index, number, asked, text.value, text.value.strip()] += 1
                number += 1
    told = answers_in(batch)
    found = zip(told.rows, told.numbers, told.asked, told.said, told.bare, strict=True)
    assert Counter(found) == wanted


@given(_records)
def test_dialogues_are_the_same_with_and_without_a_proof(records: list[Any]) -> None:
    quick, slow = batch_of(records), batch_of(records, proof=False)
    dialogues = list(slow.column(DIALOGUES))
    assert list(quick.column(DIALOGUES)) == dialogues
    assert unproven(slow) == [(at, each) for at, each in enumerate(dialogues) if each]
    answers = [
        (row, number, text)
        for row, each in enumerate(dialogues)
        for number, text in enumerate(each.answers if each else ())
    ]
    last = [
        (row, each.question, each.answers[-1])
        for row, each in enumerate(dialogues)
        if each and each.answers
    ]
    for batch in (quick, slow):
        assert sorted(zip(*trained(batch), strict=True)) == answers
        told = answered(batch)
        assert sorted(zip(told.rows, told.asked, told.last, strict=True)) == last
        assert told.unlearnt == sum(
            1 for each in dialogues if each and not each.answers and "assistant" in each.roles
        )


@given(_records)
def test_a_proof_leaves_the_same_suspects(records: list[Any]) -> None:
    quick, slow = batch_of(records), batch_of(records, proof=False)
    for flag in (CUT, FENCE, EDGE, LOOP, ECHO, SURE):
        found = [[each.index for each in suspects(batch, flag)] for batch in (quick, slow)]
        assert found[0] == found[1] == sorted(found[0])
