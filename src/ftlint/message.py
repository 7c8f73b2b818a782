"""Messages and their texts: views of what is said in a record, whatever its shape."""

from __future__ import annotations

from typing import Any

ROLES = frozenset({"system", "developer", "user", "assistant", "tool", "function"})


class Text:
    """One piece of text of a message that a model would read."""

    __slots__ = ("pointer", "role", "trained", "value")

    def __init__(self, pointer: str, role: str, trained: bool, value: str) -> None:
        """Keep the text, its pointer in the record, its role, and whether it is trained on."""
        self.pointer = pointer
        self.role = role
        self.trained = trained
        self.value = value


class Message:
    """A view of one object in `messages`; nothing is assumed about its members."""

    __slots__ = ("content", "index", "role", "value")
    native = True
    """Whether `value` stands in the record as it is."""

    def __init__(self, index: int, value: dict[str, Any]) -> None:
        """Keep the decoded message and its place in the list.

        `role` is one of the six or None, `content` as decoded or None: plain slots, because
        every rule reads them.
        """
        self.index = index
        self.value = value
        role = value.get("role")
        self.role: str | None = role if isinstance(role, str) and role in ROLES else None
        self.content: Any = value.get("content")

    @property
    def pointer(self) -> str:
        """Return the pointer of the message in its record."""
        return f"/messages/{self.index}"

    @property
    def place(self) -> str:
        """Return the pointer of its content."""
        return f"{self.pointer}/content"

    @property
    def voice(self) -> str:
        """Return who is heard: the role, or `rejected` for an answer that is not to be learnt."""
        return self.role or ""

    @property
    def calls(self) -> list[Any]:
        """Return `tool_calls` if it is a list, else nothing."""
        calls = self.value.get("tool_calls")
        return calls if isinstance(calls, list) else []

    @property
    def trained(self) -> bool:
        """Return whether the target learns to say this: an assistant message not masked."""
        return self.role == "assistant" and self.value.get("weight", 1) != 0

    def texts(self) -> list[Text]:
        """Return the texts of the message: content, text parts, and what an assistant refuses."""
        role, trained = self.voice, self.trained
        members = ("text", "refusal") if self.role == "assistant" else ("text",)
        found = []
        content = self.content
        if isinstance(content, str):
            found.append(Text(self.place, role, trained, content))
        elif isinstance(content, list):
            for index, part in enumerate(content):
                for member in members:
                    if isinstance(part, dict) and isinstance(part.get(member), str):
                        pointer = f"{self.pointer}/content/{index}/{member}"
                        found.append(Text(pointer, role, trained, part[member]))
        refusal = self.value.get("refusal")
        if isinstance(refusal, str) and self.role == "assistant":
            found.append(Text(f"{self.pointer}/refusal", role, trained, refusal))
        return found


class Placed(Message):
    """A message as chat has it that stands elsewhere than in `messages`."""

    __slots__ = ("pointer", "trained", "voice")
    pointer: str
    trained: bool
    voice: str

    def __init__(
        self, index: int, value: dict[str, Any], pointer: str, trained: bool, voice: str = ""
    ) -> None:
        """Keep the message, its pointer, and whether it is learnt; `index` counts what is read."""
        super().__init__(index, value)
        self.pointer = pointer
        self.trained = trained
        self.voice = voice or self.role or ""


class Told(Message):
    """A message that its shape writes otherwise than chat; `value` is what chat would write."""

    __slots__ = ("pointer", "spots", "trained", "voice")
    native = False
    pointer: str
    trained: bool
    voice: str

    def __init__(
        self,
        index: int,
        role: str,
        spots: list[tuple[str, str]],
        pointer: str,
        trained: bool | None = None,
        voice: str = "",
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Keep the texts with their pointers; `extra` are further members such as `tool_calls`."""
        text = "\n".join([text for _, text in spots])
        content = {"content": text if spots or not extra else None}
        super().__init__(index, {"role": role, **content, **(extra or {})})
        self.pointer = pointer
        self.spots = spots
        self.trained = role == "assistant" if trained is None else trained
        self.voice = voice or self.role or ""

    @property
    def place(self) -> str:
        """Return the pointer of its text; of the message when there are several, or none."""
        return self.spots[0][0] if len(self.spots) == 1 else self.pointer

    def texts(self) -> list[Text]:
        """Return the texts of the message."""
        return [Text(place, self.voice, self.trained, text) for place, text in self.spots]
