"""Targets: where a dataset is sent, as dated data in `rules/targets/`.

A target changes the selection as a preset does: what it refuses is an error, what it takes is
not reported. Its limits, and those of a model, become options of rules. The rules themselves
know nothing of targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, fields, replace
from functools import cache
from pathlib import Path
from typing import Any

from ftlint.configuration import document as documents
from ftlint.configuration.config import Level
from ftlint.configuration.document import Document, convert, suggest
from ftlint.configuration.packs import rules_folder
from ftlint.error import PackError, UsageError
from ftlint.targets.effect import COUNTING, Options, completed, of_limits
from ftlint.targets.model import (
    Day,
    Defaults,
    Figure,
    Form,
    Limits,
    Model,
    Range,
    Source,
    Word,
    Words,
    day,
)
from ftlint.value import dataclass

USUAL = "openai"
"""The target whose limits hold where none is named: the one that the rules are written for."""

_SUFFIXES = (".yaml", ".yml")
"""How the path of a user's own target ends."""
_OWN = {"key": False}  # no key of the file


@dataclass(frozen=True)
class Target:
    """One provider or trainer, how its verdicts differ from the usual ones, and its models."""

    title: str
    as_of: str
    """Date at which the sources were read (ISO 8601)."""
    source: str
    aliases: tuple[str, ...] = ()
    """Other names of the target."""
    openai_compatible: bool = False
    """Whether it takes OpenAI's records; then its verdicts are told in runs without a target."""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Level] = field(default_factory=dict)
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Options of rules, as in a configuration; those that follow from limits and model too."""
    sources: Mapping[str, Source] = field(default_factory=dict)
    """What the figures name as their source."""
    closes: Day | None = None
    """The provider takes no fine-tuning jobs from this day on."""
    limits: Limits = field(default_factory=Limits)
    shapes: Mapping[str, Words] = field(default_factory=dict)
    """Record shapes that are taken, by method."""
    roles: Words | None = None
    order: Words | None = None
    """What is demanded of the order of roles: system-first, alternating, … (`effect.ORDER`)."""
    tools: Words | None = None
    """What is demanded of tools: declared, described, … (`effect.TOOLS`)."""
    keys: Mapping[str, Words] = field(default_factory=dict)
    """The only keys that are taken: of a `record` of chat, and of a `message`."""
    records: Mapping[str, Form] = field(default_factory=dict)
    """What a record must be, by shape."""
    reserved: Words | None = None
    """Words that no text may hold."""
    even_keys: Words | None = None
    """Optional keys of a record that stand in all examples once they stand in one."""
    hyperparameters: Mapping[str, Range] = field(default_factory=dict)
    defaults: Defaults | None = None
    models: Mapping[str, Model] = field(default_factory=dict)
    name: str = field(default="", metadata=_OWN)
    model: Model | None = field(default=None, metadata=_OWN)
    """The model that was asked for."""
    document: Document | None = field(default=None, metadata=_OWN, compare=False, repr=False)
    """The file of a target of the user's own, whose mistakes are told with their places."""

    def __post_init__(self) -> None:
        """Check the date, and that each name means one model. Raises: ValueError."""
        day(self.as_of)
        seen: set[str] = set()
        for name, model in self.models.items():
            for word in (name, *model.aliases):
                if word in seen:
                    raise ValueError(f"two models are called {word!r}")
                seen.add(word)


def names() -> list[str]:
    """Return the names of all targets."""
    return sorted(path.stem for path in _folder().glob("*.yaml"))


def model_names(target: Target) -> list[str]:
    """Return what the models of `target` may be called: dated names, then their aliases."""
    return [word for name, model in target.models.items() for word in (name, *model.aliases)]


def encodings() -> list[str]:
    """Return the encodings in which tokens can be counted."""
    from ftlint.tokens.encoding import VOCABULARIES

    return sorted(VOCABULARIES)


def read(
    name: str, encoding: str | None = None, root: Path | None = None, method: str | None = None
) -> Target:
    """Return the target `openai`, `openai:gpt-4.1-mini` with its model, or that of a YAML file.

    With an `encoding` of its own a model need not be known. A path starts at `root`, else at the
    working folder. With a `method` only its shapes are read. Raises: UsageError, PackError.
    """
    provider, colon, word = _parts(name)
    own = provider.endswith(_SUFFIXES)
    provider = provider if own else _known(provider)
    document = _own_file(provider, root) if own else _load(provider)
    target = convert(_dated(document), "", Target)
    models = {key: replace(model, name=key) for key, model in target.models.items()}
    target = replace(target, name=provider, models=models)
    if own:
        from ftlint.targets.proofread import words

        words(document)
        target = replace(target, document=document)
    if colon:
        target = replace(target, model=_model(target, word, encoding))
    if method:
        from ftlint.targets.method import restricted

        target = restricted(target, method)
    return completed(target, method)


def _parts(name: str) -> tuple[str, str, str]:
    """Return provider or path, a colon if there is one, and the model."""
    for suffix in _SUFFIXES:
        # A path may have a colon of its own.
        path, found, rest = name.partition(suffix)
        if found and (not rest or rest.startswith(":")):
            return path + found, rest[:1], rest[1:]
    return name.partition(":")


def _known(provider: str) -> str:
    """Return the name of a target that comes with ftlint. Raises: UsageError."""
    known = names()
    if provider not in known:
        for name in known:
            if provider in _load(name).data.get("aliases", ()):
                return name
        near = suggest(provider, known)
        raise UsageError(f"unknown target {provider!r}{near} ({', '.join(known)})")
    return provider


def _own_file(path: str, root: Path | None) -> Document:
    """Return the file of a target of the user's own. Raises: UsageError, PackError."""
    place = (root or Path()) / path
    if not place.is_file():
        raise UsageError(f"target {path!r}: there is no such file")
    return documents.load(place, PackError)


def brief(name: str) -> Target:
    """Return a target that comes with ftlint without its models. Raises: PackError."""
    # To read all models would cost every run some milliseconds.
    document = _load(name)
    kept = {key: value for key, value in document.data.items() if key != "models"}
    target = convert(_dated(replace(document, data=kept)), "", Target)
    return completed(replace(target, name=name))


def compatible() -> list[str]:
    """Return the targets that take OpenAI's requests. Raises: PackError."""
    return [name for name in names() if _load(name).data.get("openai-compatible")]


def usual() -> Options:
    """Return the options that hold where no target is named. Raises: PackError."""
    return of_limits(provider_limits(USUAL), whole=True)


def provider_limits(name: str) -> Limits:
    """Return the limits alone of a target. Raises: PackError."""
    # To read all models would cost every run some milliseconds.
    document = _load(name)
    part = {key: document.data.get(key, {}) for key in ("sources", "limits")}
    return convert(_dated(replace(document, data=part)), "/limits", Limits)


def encoded(encoding: str) -> Options:
    """Return the options of all rules that count tokens, for the user's own `encoding`.

    Raises: UsageError
    """
    known = encodings()
    if encoding not in known:
        hint = f"{suggest(encoding, known)} ({', '.join(known)})"
        raise UsageError(f"--encoding: unknown encoding {encoding!r}{hint}")
    return {rule: {"encoding": encoding} for rule in COUNTING}


def _folder() -> Path:
    return rules_folder() / "targets"


def _load(name: str) -> Document:
    return _loaded(_folder(), name)


@cache
def _loaded(folder: Path, name: str) -> Document:
    return documents.load(folder / f"{name}.yaml", PackError)


def _dated(document: Document) -> Document:
    """Return the document with the date of its source in each figure that has none of its own."""
    if not isinstance(document.data, dict):
        return document
    sources = document.data.get("sources", {})

    def walk(value: Any, pointer: str) -> Any:
        if not isinstance(value, dict):
            return value
        if pointer and "source" in value:
            known = sources.get(value["source"])
            if not isinstance(known, dict) or "as-of" not in known:
                message = f"no source is called {value['source']!r}; name it, dated, under sources"
                raise document.error(f"{pointer}/source", message)
            return {"as-of": known["as-of"], **value}
        return {key: walk(inner, f"{pointer}/{key}") for key, inner in value.items()}

    return replace(document, data=walk(document.data, ""))


def _model(target: Target, word: str, encoding: str | None) -> Model:
    """Return the model that `word` means. Raises: UsageError."""
    if word.startswith("ft:"):
        word = word.split(":")[1]  # a model that was trained before, named after its base
    for model in target.models.values():
        if model.answers_to(word):
            return model
    if encoding and word:
        return Model(name=word, encoding=Word(value=encoding, source="--encoding"))
    if not target.models:
        raise UsageError(f"no models of target {target.name!r} are listed; name it alone")
    near = suggest(word, model_names(target))
    raise UsageError(
        f"unknown model {word!r} of {target.name}{near} ({', '.join(target.models)}); "
        "--encoding NAME counts tokens for a model that is not listed"
    )


def figures(value: Any, path: str = "") -> Iterator[tuple[str, Figure]]:
    """Yield each figure in a target, its limits or a model, with its dotted name."""
    if isinstance(value, Figure):
        yield path, value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from figures(inner, f"{path}.{key}" if path else key)
    elif isinstance(value, Target | Limits | Defaults | Model):
        for each in fields(value):
            key = each.name.replace("_", "-")
            if key != "model":
                inner = getattr(value, each.name)
                yield from figures(inner, f"{path}.{key}" if path else key)
