"""FT1, content parts: text, image and refusal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ftlint.case import assistant, chat, user
from ftlint.decode import kind
from ftlint.example import Example, Message
from ftlint.finding import Finding, Severity
from ftlint.rule import ExampleRule, bad, good
from ftlint.wording import shown

PARTS = {
    "system": ("text",),
    "developer": ("text",),
    "user": ("text", "image_url"),
    "assistant": ("text", "refusal"),
}
"""Part types by role (OpenAI API specification; audio and files cannot be trained on)."""
DETAILS = ("auto", "low", "high")

_HELLO = assistant("Hello!")
_TEXT = {"type": "text", "text": "What is this?"}
_IMAGE = {"type": "image_url", "image_url": {"url": "https://example.com/cheese.jpg"}}


def parts(message: Message) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield pointer and value of each part that is an object, if all are."""
    content = message.content
    parted = message.role in PARTS and isinstance(content, list)
    if parted and all(isinstance(part, dict) for part in content):
        for index, part in enumerate(content):
            yield f"{message.pointer}/content/{index}", part


class PartType(ExampleRule):
    """Content part has no type, or one that its role may not have.

    Why: the target refuses the file, or skips the example: images are not trained on in an
    assistant message, audio and files not at all.

    Ignore when: never.

    Provider says: `Input messages may contain text or image content only. Audio and file inputs
    are not currently supported.`

    Source: OpenAI API specification.
    """

    code = "FT112"
    scope = "messages"
    name = "part-type"
    severity = Severity.ERROR
    message = "part of the {role} message has {found}; it can be {allowed}"
    good = (good(chat(user([_TEXT, _IMAGE]), _HELLO)),)
    bad = (
        bad(chat(user([{"text": "Hi"}]), _HELLO), at="/messages/0/content/0"),
        bad(chat(user("Hi"), assistant([_IMAGE])), at="/messages/1/content/0/type"),
        bad(
            chat(user([{"type": "input_audio", "input_audio": {}}]), _HELLO),
            at="/messages/0/content/0/type",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a part."""
        for message in example.messages:
            for pointer, part in parts(message):
                role = message.role or ""
                allowed = PARTS[role]
                type_ = part.get("type")
                if type_ in allowed:
                    continue
                missing = "type" not in part
                yield self.finding(
                    example.at(pointer if missing else f"{pointer}/type"),
                    role=role,
                    found="no type" if missing else f"the type {shown(type_)}",
                    allowed=" or ".join(allowed),
                )


class PartShape(ExampleRule):
    """Content part lacks what its type needs.

    Why: the target refuses the file, or skips the example silently.

    Ignore when: never.

    Provider says: Together: ``The dataset is malformed, the `url` field must be either a JPEG, PNG
    or WEBP base64-encoded image``.

    Source: OpenAI API specification; OpenAI vision fine-tuning guide (http(s) or data URL).
    """

    code = "FT113"
    scope = "messages"
    name = "part-shape"
    severity = Severity.ERROR
    message = "{fault}"
    good = (good(chat(user([_TEXT, _IMAGE]), _HELLO)),)
    bad = (
        bad(chat(user([{"type": "text"}]), _HELLO), at="/messages/0/content/0"),
        bad(
            chat(user([{"type": "image_url", "image_url": "https://x.org/a.png"}]), _HELLO),
            at="/messages/0/content/0/image_url",
            note="the address must be inside an object",
        ),
        bad(
            chat(user([{"type": "image_url", "image_url": {"url": "cheese.jpg"}}]), _HELLO),
            at="/messages/0/content/0/image_url/url",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding a part."""
        for message in example.messages:
            for pointer, part in parts(message):
                below, fault = _part_fault(part)
                if fault:
                    yield self.finding(example.at(pointer + below), fault=fault)
            if _mixed_refusal(message):
                fault = "a refusal part must be the only part of its message"
                yield self.finding(example.at(f"{message.pointer}/content"), fault=fault)


class ImageScheme(ExampleRule):
    """Image has an address that only some targets can fetch.

    Why: OpenAI fetches http(s) addresses and reads data URLs; an image that it cannot fetch is
    skipped with its example, without an error. `s3://` and `gs://` are read by the trainers of
    their own cloud only.

    Ignore when: the target reads that scheme (Bedrock reads `s3://`, Vertex `gs://`).

    Source: OpenAI vision fine-tuning guide; AWS Nova validator.
    """

    code = "FT114"
    scope = "messages"
    name = "image-scheme"
    severity = Severity.WARNING
    message = "image address begins with {scheme!r}, which is neither http(s) nor data"
    good = (good(chat(user([_TEXT, _IMAGE]), _HELLO)),)
    bad = (
        bad(
            chat(user([{"type": "image_url", "image_url": {"url": "s3://b/a.png"}}]), _HELLO),
            at="/messages/0/content/0/image_url/url",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding an image."""
        for message in example.messages:
            for pointer, part in parts(message):
                image = part.get("image_url") if part.get("type") == "image_url" else None
                url = image.get("url") if isinstance(image, dict) else None
                if isinstance(url, str) and "://" in url[:40]:
                    scheme = url.partition("://")[0]
                    if scheme.lower() not in ("http", "https"):
                        where = example.at(f"{pointer}/image_url/url", (0, len(scheme)))
                        yield self.finding(where, scheme=f"{scheme}://")


def _mixed_refusal(message: Message) -> bool:
    content = message.content
    if message.role != "assistant" or not isinstance(content, list) or len(content) < 2:
        return False
    # A list with other items than parts is content-type's.
    whole = all(isinstance(part, dict) for part in content)
    return whole and any(part.get("type") == "refusal" for part in content)


def _part_fault(part: dict[str, Any]) -> tuple[str, str]:
    """Return the pointer below the part and what is wrong there, or two empty strings."""
    type_ = part.get("type")
    if type_ in ("text", "refusal"):
        if type_ not in part:
            other = " ('value' is LLaMA-Factory's name for it)" if "value" in part else ""
            return "", f"{type_} part has no {type_!r}{other}"
        text = part[type_]
        return (
            ("", "")
            if isinstance(text, str)
            else (f"/{type_}", f"'{type_}' of the part is {kind(text)}, not a string")
        )
    return _image_fault(part) if type_ == "image_url" else ("", "")


def _image_fault(part: dict[str, Any]) -> tuple[str, str]:
    if "image_url" not in part:
        return "", "image part has no 'image_url'"
    image = part["image_url"]
    if not isinstance(image, dict):
        return "/image_url", f"'image_url' is {kind(image)}, not an object with 'url'"
    if "url" not in image:
        return "/image_url", "'image_url' has no 'url'"
    url = image["url"]
    if not isinstance(url, str):
        return "/image_url/url", f"'url' of the image is {kind(url)}, not a string"
    if "://" not in url and not url[:11].lower().startswith("data:image/"):
        return "/image_url/url", "image address is neither a URL nor a data URL of an image"
    detail = image.get("detail", "auto")
    if detail not in DETAILS:
        return "/image_url/detail", f"detail is {shown(detail)}; it can be {', '.join(DETAILS)}"
    return "", ""
