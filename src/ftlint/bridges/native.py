"""Bridges of the shapes that hold messages as chat has them, or single texts."""

from __future__ import annotations

from typing import Any

from ftlint.bridges.bridge import Bridge
from ftlint.formats import FORMATS
from ftlint.formats.talk import JSON, Lack, Loss, Talk, objects, only, string, text_of
from ftlint.message import Message

_SWITCHES = ("parallel_tool_calls",)


def _beside(value: JSON, *keys: str) -> JSON:
    """Return the keys beside those that the shape reads itself."""
    return {k: v for k, v in value.items() if k not in (*keys, "tools", *_SWITCHES)}


def _job(value: JSON) -> dict[str, Any]:
    """Return tools and switches of an object that has them as chat does."""
    tools = objects(value["tools"], "'tools'") if value.get("tools") is not None else None
    return {"tools": tools, "switches": {key: value[key] for key in _SWITCHES if key in value}}


def _told(talk: Talk) -> JSON:
    """Return tools and switches as chat writes them."""
    tools = {} if talk.tools is None else {"tools": talk.tools}
    return {**tools, **talk.switches}


class ChatBridge(Bridge):
    """Chat: messages as they are."""

    def read(self, value: JSON) -> Talk:
        """Return the messages."""
        messages = objects(value.get("messages"), "'messages'")
        return Talk(messages, extra=_beside(value, "messages"), **_job(value))

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("extra")
        return {"messages": talk.messages, **_told(talk)}


class ReinforcementBridge(Bridge):
    """Reinforcement: messages, and what a grader reads."""

    def read(self, value: JSON) -> Talk:
        """Return the prompt."""
        messages = objects(value.get("messages"), "'messages'")
        extra = _beside(value, "messages")
        return Talk(messages, answered=False, extra=extra, **_job(value))

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        if talk.answered or talk.better is not None or talk.wanted is not None:
            raise Loss("the answer")
        if "messages" in talk.extra:
            raise Loss("the key 'messages' beside the prompt")
        return {"messages": talk.messages, **_told(talk), **talk.extra}


class PromptBridge(Bridge):
    """Prompt: TRL's prompts without answers, as messages."""

    def read(self, value: JSON) -> Talk:
        """Return the prompt."""
        prompt = value.get("prompt")
        messages = (
            [{"role": "user", "content": prompt}]
            if isinstance(prompt, str)
            else objects(prompt, "'prompt'")
        )
        return Talk(messages, answered=False, extra=_beside(value, "prompt"), **_job(value))

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        if talk.answered or talk.better is not None or talk.wanted is not None:
            raise Loss("the answer")
        if talk.extra.keys() & {"prompt", "completion", "chosen", "rejected", "response"}:
            raise Loss("keys that have a meaning of their own beside 'prompt'")
        return {"prompt": talk.messages, **_told(talk), **talk.extra}


class PreferenceBridge(Bridge):
    """Preference: OpenAI's pairs."""

    def read(self, value: JSON) -> Talk:
        """Return the input and both outputs."""
        asked = value.get("input")
        if not isinstance(asked, dict):
            raise Loss("'input', which is no object")
        only(asked, ("messages", "tools", *_SWITCHES), "'input'")
        return Talk(
            objects(asked.get("messages"), "'input'"),
            better=objects(value.get("preferred_output"), "'preferred_output'"),
            worse=objects(value.get("non_preferred_output"), "'non_preferred_output'"),
            extra=_beside(value, "input", "preferred_output", "non_preferred_output"),
            **_job(asked),
        )

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.without("extra")
        if talk.better is None or talk.worse is None:
            raise Lack("a second answer, to which the first is preferred")
        return {
            "input": {"messages": talk.messages, **_told(talk)},
            "preferred_output": talk.better,
            "non_preferred_output": talk.worse,
        }


class RankingBridge(Bridge):
    """Ranking: TRL's pairs, written as messages; all of its spellings are read."""

    def read(self, value: JSON) -> Talk:
        """Return the prompt and both answers."""
        for side in ("chosen", "rejected", "chosen_messages", "rejected_messages"):
            inner = value.get(side)
            if isinstance(inner, dict):
                only(inner, ("messages", "from", "value", "role", "content"), f"{side!r}")
        format_ = FORMATS["ranking"]
        said = format_.messages(value)
        rejected = [message for message in said if message.voice == "rejected"]
        chosen = [message for message in said if message.trained]
        asked = [each for each in said if each not in rejected and each not in chosen]
        if not chosen or not rejected:
            raise Loss("an answer that is not the assistant's")
        keys = ("prompt", "conversations", "chosen", "rejected")
        extra = _beside(value, *keys, "chosen_messages", "rejected_messages")
        order = [*asked, *chosen, *rejected]
        if order != said:
            raise Loss("the order of messages")
        return Talk(_values(asked), _values(chosen), _values(rejected), extra=extra, **_job(value))

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        if talk.better is None or talk.worse is None:
            raise Lack("a second answer, which is rejected")
        pair = {"prompt": talk.messages, "chosen": talk.better, "rejected": talk.worse}
        return {**pair, **_told(talk), **talk.extra}


class CompletionBridge(Bridge):
    """Completion: two texts where there is one turn, else messages (TRL)."""

    def read(self, value: JSON) -> Talk:
        """Return the prompt and what follows it."""
        key = "completion" if "completion" in value else "response"
        prompt, told = value.get("prompt"), value.get(key)
        if isinstance(prompt, str):
            messages: list[JSON] = [{"role": "user", "content": prompt}] if prompt else []
        else:
            messages = objects(prompt, "'prompt'")
        if isinstance(told, str):
            messages.append({"role": "assistant", "content": told})
        else:
            messages += objects(told, f"{key!r}")
        if not all("role" in message for message in messages):
            raise Loss("a prompt of parts")
        return Talk(messages, extra=_beside(value, "prompt", key), **_job(value))

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        talk.plain()
        talk.without("extra")
        roles = [message.get("role") for message in talk.messages]
        if not roles or roles[-1] != "assistant":
            raise Lack("an answer at its end")
        texts = [message.get("content") for message in talk.messages]
        simple = all(len(message) == 2 for message in talk.messages) and not _told(talk)
        if (
            simple
            and roles in (["user", "assistant"], ["assistant"])
            and all(isinstance(text, str) for text in texts)
        ):
            if len(roles) == 2 and not texts[0]:
                raise Loss("that an empty question is asked")
            return {"prompt": texts[0] if len(roles) == 2 else "", "completion": texts[-1]}
        if len(roles) == 1:
            raise Loss("more than the text of an answer to nothing")
        return {
            "prompt": talk.messages[:-1],
            "completion": talk.messages[-1:],
            **_told(talk),
        }


class KtoBridge(Bridge):
    """KTO: an answer and its mark."""

    def read(self, value: JSON) -> Talk:
        """Return prompt, answer and mark."""
        mark = "label" if "label" in value else "kto_tag"
        if not isinstance(value.get(mark), bool):
            raise Loss(f"the mark {mark!r}, which is no boolean")
        messages = _values(FORMATS["kto"].messages(value))
        extra = _beside(value, "prompt", "completion", "messages", mark)
        return Talk(messages, wanted=value[mark], extra=extra, **_job(value))

    def write(self, talk: Talk) -> JSON:
        """Return the record."""
        if talk.wanted is None:
            raise Lack("a mark that says whether the answer is wanted")
        if len(talk.messages) < 2:
            raise Lack("a prompt")
        pair = {"prompt": talk.messages[:-1], "completion": talk.messages[-1:]}
        return {**pair, "label": talk.wanted, **_told(talk), **talk.extra}


class TextBridge(Bridge):
    """Text: one document."""

    def read(self, value: JSON) -> Talk:
        """Return the document as the assistant's."""
        key = "text" if "text" in value else "content"
        text = string(value.get(key), f"{key!r}")
        extra = {k: v for k, v in value.items() if k != key}
        return Talk([{"role": "assistant", "content": text}], extra=extra)

    def write(self, talk: Talk) -> JSON:
        """Return the document."""
        talk.plain()
        talk.without("tools", "switches", "extra")
        if len(talk.messages) != 1 or talk.messages[0].get("role") != "assistant":
            raise Loss("who says what")
        return {"text": text_of(talk.messages[0])}


def _values(messages: list[Message]) -> list[JSON]:
    return [message.value for message in messages]
