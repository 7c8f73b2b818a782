"""FT1, images: what stands in a data URL, and how many and how large they are.

Where an image may stand is part-type's, its address image-scheme's, its detail part-shape's.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator

from ftlint.case import assistant, chat, user
from ftlint.example import Example
from ftlint.finding import Finding, Severity
from ftlint.rule import NO_LIMIT, ExampleRule, bad, good, later
from ftlint.rules.part import parts
from ftlint.text.expression import late
from ftlint.value import dataclass
from ftlint.wording import shown

MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%PDF", "pdf"),
    (b"<svg", "svg+xml"),
)
"""First bytes of kinds of file; WEBP is told by its fourth word."""
TAKEN = ("jpeg", "png", "webp")
"""Kinds that are trained on (OpenAI vision fine-tuning guide, Together's file check)."""
MEGABYTE = 1_000_000

_HELLO = assistant("A dot.")
_PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
    "awAAAABJRU5ErkJggg=="
)
_URL = late(r"data:image/([a-zA-Z0-9.+-]+)((?:;[a-zA-Z0-9=-]+)*),", re.IGNORECASE)


def _image(url: str) -> dict[str, object]:
    return {"type": "image_url", "image_url": {"url": url}}


def images(example: Example) -> Iterator[tuple[str, str]]:
    """Yield pointer and address of each image."""
    for message in example.messages:
        for pointer, part in parts(message):
            image = part.get("image_url") if part.get("type") == "image_url" else None
            url = image.get("url") if isinstance(image, dict) else None
            if isinstance(url, str):
                yield f"{pointer}/image_url/url", url


class ImageData(ExampleRule):
    """Image in a data URL is not what it is said to be, or not trained on.

    Why: the example is skipped in silence, or the file is refused.

    Ignore when: the trainer takes other kinds.

    Provider says: Together: ``the `url` field must be either a JPEG, PNG or WEBP base64-encoded
    image``.

    Source: OpenAI vision fine-tuning guide; Together's file check; the first bytes of the formats.
    """

    code = "FT183"
    scope = "messages"
    name = "image-data"
    severity = Severity.ERROR
    message = "{fault}"
    good = (
        good(chat(user([_image(f"data:image/png;base64,{_PNG}")]), _HELLO)),
        good(chat(user([_image("https://example.com/dot.png")]), _HELLO)),
    )
    bad = (
        bad(
            chat(user([_image(f"data:image/jpeg;base64,{_PNG}")]), _HELLO),
            at="/messages/0/content/0/image_url/url",
            note="the bytes are a PNG",
        ),
        bad(
            chat(user([_image("data:image/png;base64,dots & more")]), _HELLO),
            at="/messages/0/content/0/image_url/url",
        ),
        bad(
            chat(user([_image("data:image/gif;base64,R0lGODlhAQABAAAAACw=")]), _HELLO),
            at="/messages/0/content/0/image_url/url",
        ),
    )

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield at most one finding an image."""
        for pointer, url in images(example):
            match = _URL.match(url[:200])
            if match and (fault := _fault(match[1].lower(), match[2].lower(), url[match.end() :])):
                yield self.finding(example.at(pointer, (0, match.end())), fault=fault)


def _fault(said: str, how: str, data: str) -> str:
    """Return what is wrong with the data of an image that is said to be of a kind."""
    if ";base64" not in how:
        return "image data is not in base64 (data:image/png;base64,…)"
    try:
        binascii.a2b_base64(data, strict_mode=True)
    except (binascii.Error, ValueError) as bad:
        return f"image data is not base64: {str(bad)[:1].lower()}{str(bad)[1:]}"
    head = binascii.a2b_base64(data[: 64 * 4])
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    kinds = (kind for magic, kind in MAGIC if head.startswith(magic))
    found = "webp" if webp else next(kinds, "")
    kind = "jpeg" if said == "jpg" else said
    if not found:
        return f"image data is no image that is known: it begins with {shown(head[:8].hex())}"
    if found not in TAKEN:
        return f"image is {found.upper()}; {', '.join(TAKEN).upper()} are trained on"
    return "" if found == kind else f"image is said to be {shown(said)}, but its bytes are {found}"


@dataclass(frozen=True)
class ImageLimit(ExampleRule):
    """Example has too many images, or one that is too large.

    Why: the example is skipped in silence, or the file is refused.

    Ignore when: the target takes more; Azure takes 64 images an example.

    Source: OpenAI vision fine-tuning guide (10 images an example, 10 MB each); Together's file
    check (the same).
    """

    count: int | None = None
    """Images that an example may have; without a target as at OpenAI, none for any number."""
    size: int | None = None
    """Bytes that an image may have as decoded, likewise; only data URLs are measured."""

    code = "FT184"
    scope = "messages"
    name = "image-limit"
    severity = Severity.ERROR
    message = "{found}; at most {limit}"
    good = (good(chat(user([_image("https://example.com/dot.png")] * 10), _HELLO)),)
    bad = later(
        lambda: (
            bad(
                chat(user([_image("https://example.com/dot.png")] * 11), _HELLO),
                at="/messages/0/content/10/image_url/url",
            ),
            bad(
                chat(user([_image(f"data:image/png;base64,{_PNG[:-8]}{'AAAA' * 500}")]), _HELLO),
                at="/messages/0/content/0/image_url/url",
                options={"size": 900},
            ),
        )
    )

    def unready(self) -> str | None:
        """Return that there is nothing to compare with, if so."""
        return NO_LIMIT if self.count is None and self.size is None else None

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding for the number, at the first one too many, and one a large image."""
        found = list(images(example))
        if self.count is not None and len(found) > self.count:
            where = example.at(found[self.count][0])
            yield self.finding(where, found=f"{len(found)} images", limit=str(self.count))
        for pointer, url in found:
            size = len(url) * 3 // 4
            if self.size is not None and size > self.size and url[:5].lower() == "data:":
                place = example.at(pointer, (0, 40))
                told, limit = (f"{each / MEGABYTE:.3g} MB" for each in (size, self.size))
                yield self.finding(place, found=f"image of {told}", limit=limit)
