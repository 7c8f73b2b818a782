"""Records on which validators are compared: clean ones, and others with one fault each."""

from __future__ import annotations

from typing import Any

from ftlint.case import assistant, call, calling, chat, declare, system, tool, user

HI, HELLO, SYSTEM = user("Hi"), assistant("Hello!"), system("Be brief.")
ID = "AbCd56789"
TOOLS = [declare("go", {"type": "object", "properties": {}}, description="Goes.")]


def called(*messages: Any, **extra: Any) -> dict[str, Any]:
    """Return a chat that declares the function `go`."""
    return chat(*messages, **{"tools": TOOLS, **extra})


def pair(good: Any, bad: Any, **given: Any) -> dict[str, Any]:
    """Return a preference pair."""
    return {
        "input": {"messages": [HI], **given},
        "preferred_output": good,
        "non_preferred_output": bad,
    }


CLEAN: dict[str, dict[str, Any]] = {
    "one turn": chat(HI, HELLO),
    "system prompt": chat(SYSTEM, HI, HELLO),
    "two turns": chat(HI, HELLO, user("Bye"), assistant("Bye!")),
    "weights": chat(HI, assistant("Hm.", weight=0), user("So?"), assistant("Hello!", weight=1)),
    "final call": called(HI, calling(call(ID, "go"))),
    "answered call": called(HI, calling(call(ID, "go")), tool(ID), HELLO),
    "preference pair": pair([HELLO], [assistant("No.")]),
    "prompt and completion": {"prompt": "Hi", "completion": "Hello!"},
    "text": {"text": "Hello!"},
    "chosen and rejected": {"prompt": "Hi", "chosen": "Hello!", "rejected": "No."},
    "chosen and rejected chats": {"chosen": [HI, HELLO], "rejected": [HI, assistant("No.")]},
}
"""Records that are right for at least one of the validators."""

FAULTY: dict[str, dict[str, Any]] = {
    "no messages": {"messages": []},
    "messages are null": {"messages": None},
    "messages are text": {"messages": "Hi"},
    "message is text": chat("Hi", HELLO),
    "no role": chat({"content": "Hi"}, HELLO),
    "unknown role": chat({"role": "human", "content": "Hi"}, HELLO),
    "developer": chat({"role": "developer", "content": "Be brief."}, HI, HELLO),
    "no content": chat({"role": "user"}, HELLO),
    "null content": chat(user(None), {"role": "assistant", "content": None}),
    "content is a number": chat(user(42), HELLO),
    "content is a list of texts": chat(user(["Hi"]), HELLO),
    "empty answer": chat(HI, assistant("")),
    "part without type": chat(user([{"text": "Hi"}]), HELLO),
    "image of the assistant": chat(
        HI, assistant([{"type": "image_url", "image_url": {"url": "https://a.org/b.png"}}])
    ),
    "no answer": chat(HI),
    "last is the user": chat(HI, HELLO, user("Bye")),
    "two users in a row": chat(HI, user("Anybody?"), HELLO),
    "assistant first": chat(HELLO, HI, HELLO),
    "system in the middle": chat(HI, SYSTEM, HELLO),
    "extra key of a message": chat(user("Hi", timestamp=7), HELLO),
    "extra key of the record": chat(HI, HELLO, id=7),
    "weight of 2": chat(HI, assistant("Hello!", weight=2)),
    "weight of a half": chat(HI, assistant("Hello!", weight=0.5)),
    "weight as text": chat(HI, assistant("Hello!", weight="1")),
    "weight as truth": chat(HI, assistant("Hello!", weight=True)),
    "nothing is trained": chat(HI, assistant("Hello!", weight=0)),
    "unanswered call": called(HI, calling(call(ID, "go")), user("And?"), HELLO),
    "answer without a call": called(HI, tool(ID), HELLO),
    "answer to another call": called(HI, calling(call(ID, "go")), tool("ZyXw43210"), HELLO),
    "long id": called(HI, calling(call("call_1", "go")), tool("call_1"), HELLO),
    "content beside a call": called(HI, calling(call(ID, "go"), content="Wait."), tool(ID), HELLO),
    "arguments are an object": called(HI, calling(call(ID, "go", {"a": 1})), tool(ID), HELLO),
    "arguments are not JSON": called(HI, calling(call(ID, "go", "{a")), tool(ID), HELLO),
    "bad name of a function": called(HI, calling(call(ID, "go now")), tool(ID), HELLO),
    "undeclared function": called(HI, calling(call(ID, "stop")), tool(ID), HELLO),
    "tools are text": chat(HI, HELLO, tools="[]"),
    "function without a name": chat(HI, HELLO, tools=[{"type": "function", "function": {}}]),
    "function without a description": chat(HI, HELLO, tools=[declare("go", {"type": "object"})]),
    "schema of a wrong type": called(
        HI, HELLO, tools=[declare("go", {"type": "objekt"}, description="Goes.")]
    ),
    "lone surrogate": chat(user("Hi \ud83d"), HELLO),
    "special token": chat(user("Hi <|endoftext|>"), HELLO),
    "no answer preferred": pair([], [HELLO]),
    "user preferred": pair([HI], [HELLO]),
    "equal answers": pair([HELLO], [HELLO]),
    "input is a list": {"input": [HI], "preferred_output": [HELLO], "non_preferred_output": [HI]},
    "prompt alone": {"prompt": "Hi"},
    "completion is a number": {"prompt": "Hi", "completion": 7},
    "text is a number": {"text": 7},
    "no known key": {"question": "Hi", "answer": "Hello!"},
}
"""Records with one fault each, as the most careful of the validators sees it."""

RECORDS = CLEAN | FAULTY
