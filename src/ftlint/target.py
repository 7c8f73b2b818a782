"""Targets: where a dataset is sent, as dated data in `rules/targets/`.

A target changes the selection as a preset does: what it refuses is an error, what it takes is
not reported. Its limits, and those of a model, become options of rules. The rules themselves
know nothing of targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from ftlint import document as documents
from ftlint.document import Document, convert, suggest
from ftlint.error import PackError, UsageError
from ftlint.model import Day, Defaults, Figure, Limits, Model, Range, Source, Word, Words, day
from ftlint.packs import rules_folder

Level = Literal["error", "warning", "note"]
Options = dict[str, dict[str, Any]]

USUAL = "openai"
"""The target whose limits hold where none is named: the one that the rules are written for."""

_OWN = {"key": False}  # no key of the file


@dataclass(frozen=True)
class Target:
    """One provider or trainer, how its verdicts differ from the usual ones, and its models."""

    title: str
    as_of: str
    """Date at which the sources were read (ISO 8601)."""
    source: str
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
    """Rules of the order of roles, by name: system-first, alternating, …"""
    tools: Words | None = None
    """Rules of tool records, by name."""
    hyperparameters: Mapping[str, Range] = field(default_factory=dict)
    defaults: Defaults | None = None
    models: Mapping[str, Model] = field(default_factory=dict)
    name: str = field(default="", metadata=_OWN)
    model: Model | None = field(default=None, metadata=_OWN)
    """The model that was asked for."""

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
    from ftlint.encoding import VOCABULARIES

    return sorted(VOCABULARIES)


def read(name: str, encoding: str | None = None) -> Target:
    """Return the target `openai`, or `openai:gpt-4.1-mini` with its model.

    With an `encoding` of its own a model need not be known. Raises: UsageError, PackError.
    """
    provider, colon, word = name.partition(":")
    known = names()
    if provider not in known:
        near = suggest(provider, known)
        raise UsageError(f"unknown target {provider!r}{near} ({', '.join(known)})")
    target = convert(_dated(_load(provider)), "", Target)
    models = {key: replace(model, name=key) for key, model in target.models.items()}
    target = replace(target, name=provider, models=models)
    if colon:
        target = replace(target, model=_model(target, word, encoding))
    return replace(target, rules=_completed(target))


def usual() -> Options:
    """Return the options that hold where no target is named. Raises: PackError."""
    return _of_limits(provider_limits(USUAL))


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
    return {rule: {"encoding": encoding} for rule in _COUNTING}


def _folder() -> Path:
    return rules_folder() / "targets"


def _load(name: str) -> Document:
    return documents.load(_folder() / f"{name}.yaml", PackError)


def _dated(document: Document) -> Document:
    """Return the document with the date of its source in each figure that has none of its own."""
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


_LIMITED = ("token-overrun", "answer-fully-truncated", "token-near-limit")
"""Rules that compare an example with what the model trains on."""
_COUNTING = (*_LIMITED, "repeated-instructions")
"""Rules that count tokens."""
_LIMITING = {"min-examples": "min_examples", "file-too-large": "file_bytes"}
"""Rules whose option `limit` is one of `Limits`."""


def _completed(target: Target) -> Options:
    """Return the options of the file after those that follow from limits and model."""
    made = _of_limits(target.limits)
    if target.shapes:
        shapes = dict.fromkeys(word for words in target.shapes.values() for word in words.value)
        made["method-mismatch"] = {"shapes": list(shapes), "reader": target.title}
    if context := target.limits.training_context:
        made |= _of_trainer(target, context.value)
    if target.model:
        made |= _of_model(target, target.model)
    for rule, options in target.rules.items():
        made[rule] = {**made.get(rule, {}), **options}
    return made


def _of_limits(limits: Limits) -> Options:
    found = {rule: getattr(limits, key) for rule, key in _LIMITING.items()}
    made: Options = {rule: {"limit": limit.value} for rule, limit in found.items() if limit}
    if limits.image:
        made |= {rule: {"image": limits.image.value} for rule in _LIMITED}
    return made


def _of_trainer(target: Target, limit: int) -> Options:
    """Return the options of a trainer of any model: its vocabulary is that of the tokenizer."""
    return {rule: {"limit": limit, "encoding": "", "model": target.title} for rule in _LIMITED}


def _of_model(target: Target, model: Model) -> Options:
    # No encoding rather than the usual one: a wrong count is worse than none.
    encoding = model.encoding.value if model.encoding else ""
    known = {
        "limit": model.training_context,
        "image": model.image or target.limits.image,
        "low-image": model.low_image,
    }
    facts = {key: figure.value for key, figure in known.items() if figure}
    made: Options = {rule: {"encoding": encoding} for rule in _COUNTING}
    for rule in _LIMITED:
        made[rule] |= {"model": model.name, **facts}
    made["over-budget"] = {"target": f"{target.name}:{model.name}"}
    made["model-retired"] = made["model-closing"] = {"model": model.name}
    if last := ending(target, model):
        reason, end = last
        dated: dict[str, Any] = {"date": end.value, "reason": reason, "uncertain": end.uncertain}
        made["model-retired"] = {"model": model.name, **dated}
        gone = model.shutdown.value if model.shutdown else ""
        later = {"shutdown": gone} if gone > end.value else {}
        made["model-closing"] = {"model": model.name, **dated, **later}
    return made


def ending(target: Target, model: Model) -> tuple[str, Day] | None:
    """Return why and from which day on `model` cannot be trained; None if that is not known."""
    ends = {
        "shutdown of the base model": model.shutdown,
        "end of training on this model": model.training_ends,
        f"end of fine-tuning at {target.title}": target.closes,
    }
    known = [(reason, end) for reason, end in ends.items() if end]
    return min(known, key=lambda entry: entry[1].value, default=None)


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
