"""Reads the folder of a Hugging Face tokenizer: its chat template, special tokens, vocabulary.

Folder -> ChatTemplate -> `ftlint.tokens.renderer` (text) and `vocabulary` (tokens of that text).
Everything is read from the folder; nothing is fetched, and none of its code is run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftlint.error import FtlintError
from ftlint.value import dataclass

if TYPE_CHECKING:
    from tokenizers import Tokenizer

VOCABULARY = "tokenizer.json"
CONFIG = "tokenizer_config.json"
SPECIALS = "special_tokens_map.json"
JINJA = "chat_template.jinja"
PROCESSOR = "chat_template.json"
FURTHER = "additional_chat_templates"
"""Folder of named templates beside `JINJA`, as transformers saves them."""


class TokenizerError(FtlintError):
    """The folder of a tokenizer is wrong; the message begins with the path."""


@dataclass(frozen=True, slots=True)
class Source:
    """One template as it was written."""

    name: str
    origin: str
    """The file, with the key where it stands inside JSON."""
    source: str


@dataclass(frozen=True, slots=True)
class ChatTemplate:
    """What turns messages into text: named templates and the special tokens that they write."""

    origin: str
    """The folder, or what else the templates were taken from."""
    sources: tuple[Source, ...]
    specials: tuple[tuple[str, str], ...] = ()
    """Names such as `bos_token`, with the text of the token."""

    def place(self, name: str, line: int | None) -> str:
        """Return the beginning of a message about line `line` of the template `name`."""
        origin = next(each.origin for each in self.sources if each.name == name)
        if line is None:
            return f"{origin}: "
        # A line inside a string of JSON is not a line of the file.
        return f"{origin}:{line}: " if origin.endswith(".jinja") else f"{origin}: line {line}: "


def missing(*, counting: bool = False) -> str | None:
    """Return what must be installed before templates render, or tokens are counted."""
    if find_spec("jinja2") is None:
        return "needs jinja2 (pip install --upgrade ftlint)"
    if counting and find_spec("tokenizers") is None:
        return "needs tokenizers (pip install 'ftlint[tokenizer]')"
    return None


def read(folder: str, template: str = "") -> ChatTemplate:
    """Return the chat template of a tokenizer; `template` replaces it, and needs no folder.

    Raises: TokenizerError
    """
    if not folder:
        return ChatTemplate("template", (Source("default", "template", template),))
    require(folder)
    config = _json(Path(folder, CONFIG))
    specials = tuple(_specials(folder, config).items())
    if template:
        return ChatTemplate(folder, (Source("default", "template", template),), specials)
    sources = tuple(_written(folder)) or tuple(_configured(folder, config))
    if not sources:
        raise TokenizerError(
            f"{folder}: there is no chat template, neither {JINJA} nor chat_template in {CONFIG}"
        )
    if all(each.name != "default" for each in sources):
        names = ", ".join(sorted(each.name for each in sources))
        raise TokenizerError(f"{sources[0].origin}: no template is called 'default' ({names})")
    return ChatTemplate(folder, sources, specials)


def require(folder: str) -> None:
    """Check that a folder is that of a tokenizer. Raises: TokenizerError."""
    if not os.path.isdir(folder):
        wrong = "not a folder" if os.path.exists(folder) else "there is no such folder"
        hint = "; name the folder of a saved tokenizer, nothing is downloaded"
        raise TokenizerError(f"{folder}: {wrong}{hint}")
    if not os.path.isfile(os.path.join(folder, VOCABULARY)):
        raise TokenizerError(f"{folder}: there is no {VOCABULARY} in the folder")


def _written(folder: str) -> Iterator[Source]:
    """Yield the templates that are files of their own; they count before the configuration's."""
    path = Path(folder, JINJA)
    if path.is_file():
        yield Source("default", str(path), _text(path))
    for path in sorted(Path(folder, FURTHER).glob("*.jinja")):
        yield Source(path.stem, str(path), _text(path))


def _configured(folder: str, config: dict[str, Any]) -> Iterator[Source]:
    """Yield the templates of the configuration, or of a processor's older file."""
    value, path = config.get("chat_template"), Path(folder, CONFIG)
    if value is None:
        path = Path(folder, PROCESSOR)
        value = _json(path).get("chat_template")
    origin = f"{path}: chat_template"
    match value:
        case None:
            return
        case str():
            yield Source("default", origin, value)
        case list():
            for item in value:
                match item:
                    case {"name": str(name), "template": str(text)}:
                        yield Source(name, f"{origin} {name!r}", text)
                    case _:
                        raise TokenizerError(f"{origin}: an item is not a name with a template")
        case dict() if all(isinstance(text, str) for text in value.values()):
            for name, text in value.items():
                yield Source(name, f"{origin} {name!r}", text)
        case _:
            raise TokenizerError(f"{origin}: neither a text nor named templates")


def _specials(folder: str, config: dict[str, Any]) -> dict[str, str]:
    """Return the named special tokens, as transformers hands them to a template."""
    values = dict(config)
    if "added_tokens_decoder" not in config:  # written before there was one: the older file counts
        values |= _json(Path(folder, SPECIALS))
    named = values.get("extra_special_tokens")
    if isinstance(named, dict):
        values |= named
    wanted = {key: value for key, value in values.items() if key.endswith("_token")}
    wanted |= named if isinstance(named, dict) else {}
    return {key: text for key, value in wanted.items() if (text := _token(value)) is not None}


def _token(value: Any) -> str | None:
    """Return the text of a token, which stands alone or with its properties."""
    content = value.get("content") if isinstance(value, dict) else value
    return content if isinstance(content, str) else None


def _json(path: Path) -> dict[str, Any]:
    """Return the object in a file; an empty one if there is no file. Raises: TokenizerError."""
    if not path.is_file():
        return {}
    try:
        value = json.loads(_text(path))
    except json.JSONDecodeError as error:
        raise TokenizerError(f"{path}:{error.lineno}:{error.colno}: {error.msg}") from None
    except RecursionError:
        raise TokenizerError(f"{path}: nested too deeply") from None
    if not isinstance(value, dict):
        raise TokenizerError(f"{path}: not an object")
    return value


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TokenizerError(f"{path}: not UTF-8 (byte {error.start})") from None
    except OSError as error:
        raise TokenizerError(f"{path}: cannot be read: {error.strerror}") from None


def digest(folder: str, template: str = "") -> str:
    """Return a hash of everything that decides what is rendered and counted.

    Raises: TokenizerError
    """
    seen = blake2b(template.encode(errors="surrogatepass"), digest_size=16)
    if folder:
        require(folder)
        names = [VOCABULARY, CONFIG, SPECIALS, JINJA, PROCESSOR]
        paths = [Path(folder, name) for name in names]
        for path in [*paths, *sorted(Path(folder, FURTHER).glob("*.jinja"))]:
            # Names and lengths too, so that no file can pass for the end of another.
            data = _bytes(path)
            seen.update(f"\0{path.name}\0{-1 if data is None else len(data)}\0".encode())
            seen.update(data or b"")
    return seen.hexdigest()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError as error:
        raise TokenizerError(f"{path}: cannot be read: {error.strerror}") from None


@lru_cache(maxsize=4)
def load(folder: str, template: str, known: str) -> ChatTemplate:
    """Return the template of the folder whose digest is `known`, read once a process.

    Raises: TokenizerError, also when the folder has changed since.
    """
    _same(folder, template, known)
    return read(folder, template)


def _same(folder: str, template: str, known: str) -> None:
    if digest(folder, template) != known:
        raise TokenizerError(f"{folder}: has changed while it was in use")


@lru_cache(maxsize=2)
def vocabulary(folder: str, template: str, known: str) -> Tokenizer:
    """Return the tokenizer of the folder whose digest is `known`, loaded once a process.

    Raises: TokenizerError, also when the folder has changed since.
    """
    from tokenizers import Tokenizer

    _same(folder, template, known)
    path = os.path.join(folder, VOCABULARY)
    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as error:  # the library raises bare Exceptions
        raise TokenizerError(f"{path}: {error}") from None
    # Such settings are for inference, and a trainer has its own.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    _add_specials(tokenizer, folder)
    return tokenizer


def _add_specials(tokenizer: Tokenizer, folder: str) -> None:
    """Add the tokens that only the configuration knows, as transformers does."""
    from tokenizers import AddedToken

    config = _json(Path(folder, CONFIG))
    added = config.get("added_tokens_decoder")
    listed = list(added.values()) if isinstance(added, dict) else []
    for key in ("extra_special_tokens", "additional_special_tokens"):
        extra = config.get(key)
        listed += extra if isinstance(extra, list) else []
    for value in [*listed, *_specials(folder, config).values()]:
        text = _token(value)
        if text and tokenizer.token_to_id(text) is None:
            how = value if isinstance(value, dict) else {"special": True}
            names = ("single_word", "lstrip", "rstrip", "normalized", "special")
            tokenizer.add_tokens(
                [AddedToken(text, **{name: bool(how[name]) for name in names if name in how})]
            )
