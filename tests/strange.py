"""Datasets of every kind, also broken ones, drawn by Hypothesis."""

from __future__ import annotations

import json

from hypothesis import strategies as st

texts = st.one_of(
    st.sampled_from(
        ["Hi", "Hello!", "", " ", "null", "None", "\u00e9", "漢字", "😀", "a\nb", '":']
    ),
    st.text(max_size=12),
)
scripts = st.text(
    st.sampled_from("abc XYZ.,!?-3½ßİéÀ\u0301 \u200b\u3000漢字かなกา한글दिİ😀⑴（％）\x00\n"),
    max_size=60,
)
"""Texts in many scripts, with signs that fold, join or vanish."""
roles = st.sampled_from(
    ["system", "user", "assistant", "tool", "function", "developer", "human", "Assistant", 7, None]
)
parts = st.one_of(
    st.fixed_dictionaries({"type": st.just("text"), "text": texts}),
    st.fixed_dictionaries(
        {"type": st.just("image_url"), "image_url": st.just({"url": "https://x.org/a.png"})}
    ),
    st.dictionaries(st.sampled_from(["type", "text"]), texts, max_size=2),
)
calls = st.fixed_dictionaries(
    {
        "id": st.sampled_from(["call_1", "call_2", "", 3]),
        "type": st.just("function"),
        "function": st.fixed_dictionaries(
            {
                "name": st.sampled_from(["f", "g", "bad name"]),
                "arguments": st.sampled_from(["{}", '{"a": 1}', "[]", '"{}"', "{", {}, ""]),
            }
        ),
    }
)
plain = st.builds(
    lambda role, content: {"role": role, "content": content},
    st.sampled_from(["system", "user", "assistant"]),
    texts,
)
odd = st.dictionaries(
    st.sampled_from(["role", "content", "weight", "name", "tool_calls", "tool_call_id", "x"]),
    st.one_of(roles, texts, st.none(), st.lists(parts, max_size=2), st.lists(calls, max_size=2)),
    max_size=4,
)
calling = st.builds(
    lambda items: {"role": "assistant", "tool_calls": items}, st.lists(calls, max_size=3)
)
answers = st.builds(
    lambda key, text: {"role": "tool", "tool_call_id": key, "content": text},
    st.sampled_from(["call_1", "call_2", "other"]),
    texts,
)
tools = st.lists(
    st.one_of(
        st.builds(
            lambda name, kind: {
                "type": "function",
                "function": {
                    "name": name,
                    "parameters": {"type": "object", "properties": {"a": {"type": kind}}},
                },
            },
            st.sampled_from(["f", "g"]),
            st.sampled_from(["string", "integer", "dict", "float"]),
        ),
        st.just({"name": "f"}),
        st.none(),
    ),
    max_size=3,
)
conversations = st.one_of(
    st.lists(plain, max_size=5),
    st.lists(st.one_of(plain, odd, calling, answers), max_size=6),
)
records = st.one_of(
    st.builds(lambda messages: {"messages": messages}, conversations),
    st.builds(
        lambda messages, declared: {"messages": messages, "tools": declared}, conversations, tools
    ),
    st.builds(lambda messages, key: {"messages": messages, key: 1}, conversations, texts),
    st.just({"prompt": "a", "completion": "b"}),
    st.sampled_from([{}, {"messages": None}, {"messages": "x"}, {"messages": ["x"]}]),
)
lines = st.one_of(
    st.builds(lambda record: json.dumps(record, ensure_ascii=False).encode(), records),
    st.builds(lambda record: json.dumps(record).encode(), records),
    st.builds(lambda record: json.dumps(record, separators=(",", " :")).encode(), records),
    st.sampled_from(
        [
            b"",
            b" ",
            b"null",
            b"[]",
            b"{",
            b'{"a":NaN}',
            b'{"a":1e999}',
            rb'{"a":"\ud800"}',
            b'{"a":"\xff"}',
            b'{"messages":[{"role":"user","content":"Caf\xe9"},'
            b'{"role":"assistant","content":"b"}]}',
            b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],'
            b'"tools":[{"x":1e999}]}',
            b'{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],'
            b'"tools":["\xff"]}',
            b'{"messages":[{"role":"user","content":"a"}],"z" :' + b"[" * 300 + b"]" * 300 + b"}",
            b'{"messages":[{"role":"user","content":"a"}],"z" :' + b"[" * 990 + b"]" * 990 + b"}",
            b"[" * 2000,
            b'{"messages":[{"role":"user","role":"user","content":"a"}]}',
            rb'{"messages":[{"role":"user","r\u006fle":"user","content":"a"},'
            rb'{"role":"assistant","content":"b"}]}',
            b'{"messages":[{"role" :"user","role":"user","content":"a"},'
            b'{"role":"assistant","content":"b"}]}\r',
            b'{"messages":[{"role"  :"user","role":"user","content":"a"},'
            b'{"role":"assistant","content" \t:"b","content":"c"}]}',
            b'{"messages":[{"role":"user","content":"a"},'
            b'{"role":"assistant","content":"b","weight":0}]}',
            b'{"messages":[{"role":"user","content":"a \\" :"},'
            b'{"role":"assistant","content":"b","weight":1}]}',
        ]
    ),
)
datasets = st.lists(lines, max_size=14)
