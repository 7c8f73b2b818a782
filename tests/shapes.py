"""Records of every shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from ftlint.report import Report

Lint = Callable[..., Report]
USER, TOLD, WORSE = "Name a river in Spain.", "The Ebro.", "The Nile."
ASK = {"role": "user", "content": USER}
SAY = {"role": "assistant", "content": TOLD}
BAD = {"role": "assistant", "content": WORSE}
RECORDS: dict[str, list[dict[str, Any]]] = {
    "chat": [{"messages": [ASK, SAY]}, {"messages": [ASK, SAY], "tools": []}],
    "preference": [
        {
            "input": {"messages": [ASK]},
            "preferred_output": [SAY],
            "non_preferred_output": [BAD],
        }
    ],
    "reinforcement": [{"messages": [ASK], "reference_answer": "Ebro"}],
    "ranking": [
        {"prompt": USER, "chosen": TOLD, "rejected": WORSE},
        {"prompt": [ASK], "chosen": [SAY], "rejected": [BAD]},
        {"chosen": [ASK, SAY], "rejected": [ASK, BAD]},
        {"chosen": {"messages": [ASK, SAY]}, "rejected": {"messages": [ASK, BAD]}},
        {"chosen_messages": [ASK, SAY], "rejected_messages": [ASK, BAD]},
        {
            "conversations": [{"from": "human", "value": USER}],
            "chosen": {"from": "gpt", "value": TOLD},
            "rejected": {"from": "gpt", "value": WORSE},
        },
    ],
    "kto": [
        {"prompt": USER, "completion": TOLD, "label": True},
        {"prompt": [ASK], "completion": [SAY], "label": True},
        {"messages": [ASK, SAY], "kto_tag": True},
    ],
    "completion": [
        {"prompt": USER, "completion": TOLD},
        {"prompt": USER, "response": TOLD},
        {"prompt": [ASK], "completion": [SAY]},
    ],
    "prompt": [{"prompt": USER}, {"prompt": [ASK]}, {"id": "1", "metadata": {"prompt": USER}}],
    "sharegpt": [
        {"conversations": [{"from": "human", "value": USER}, {"from": "gpt", "value": TOLD}]},
        {"conversations": [{"role": "user", "content": USER}, {"role": "bot", "content": TOLD}]},
    ],
    "alpaca": [
        {"instruction": USER, "output": TOLD},
        {"instruction": USER, "input": "", "output": TOLD, "system": "", "history": []},
    ],
    "converse": [
        {
            "schemaVersion": "bedrock-conversation-2024",
            "messages": [
                {"role": "user", "content": [{"text": USER}]},
                {"role": "assistant", "content": [{"text": TOLD}]},
            ],
        }
    ],
    "claude": [{"system": "Be brief.", "messages": [ASK, SAY]}],
    "gemini": [
        {
            "contents": [
                {"role": "user", "parts": [{"text": USER}]},
                {"role": "model", "parts": [{"text": TOLD}]},
            ]
        }
    ],
    "cohere": [
        {"messages": [{"role": "User", "content": USER}, {"role": "Chatbot", "content": TOLD}]}
    ],
    "text": [{"text": TOLD}, {"content": TOLD}],
    "batch": [{"custom_id": "1", "body": {"messages": [ASK]}}],
}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                sorted({"role", "content", "text", "from", "value", "messages", "parts"})
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
