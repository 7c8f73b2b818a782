"""The setting `toxicity:`: which backend judges, and what it is told."""

from __future__ import annotations

from dataclasses import field, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from ftlint.error import FtlintError, ModelError
from ftlint.finding import Severity
from ftlint.value import dataclass

if TYPE_CHECKING:
    from ftlint.configuration.config import Config
    from ftlint.configuration.selection import Selection
    from ftlint.rule import Rule
    from ftlint.scoring.backend import Deep

Precision = Literal["float32", "bfloat16", "int8"]
Device = Literal["auto", "cpu", "cuda"]


def _doc(text: str, **more: int) -> dict[str, Any]:
    return {"doc": text, **more}


@dataclass(frozen=True)
class Toxicity:
    """Who judges toxicity, and how."""

    backend: Literal["triage", "detoxify", "openai-moderation"] = field(
        default="triage",
        metadata=_doc("Who judges; triage is the small model that ships with ftlint."),
    )
    threshold: float | None = field(
        default=None, metadata=_doc("Toxicity, in [0, 1], from which a text is toxic.")
    )
    max_texts: int = field(
        default=0,
        metadata=_doc("Different texts that are scored, most suspicious first; 0: all.", minimum=0),
    )
    seconds: int = field(
        default=0, metadata=_doc("Time for scoring; 0: as long as it takes.", minimum=0)
    )
    model: str | None = field(
        default=None,
        metadata=_doc("Of detoxify: original, unbiased, multilingual; else a moderation model."),
    )
    checkpoint: str | None = field(
        default=None, metadata=_doc("Checkpoint of Detoxify; without one, what was fetched.")
    )
    sha256: str | None = field(default=None, metadata=_doc("SHA-256 of the checkpoint."))
    tokenizer: str | None = field(
        default=None, metadata=_doc("Hugging Face folder of the model that Detoxify is built on.")
    )
    device: Device = field(default="auto", metadata=_doc("Where Detoxify runs."))
    precision: Precision = field(
        default="float32", metadata=_doc("Of Detoxify on a processor; checked before it is used.")
    )
    base_url: str | None = field(
        default=None, metadata=_doc("Where the moderation endpoint is, if not at OpenAI's.")
    )
    requests_per_minute: int = field(
        default=0, metadata=_doc("At most so many calls of the endpoint; 0: any.", minimum=0)
    )
    pause: float = field(
        default=1.0,
        metadata=_doc("Seconds before the first repetition of a call; doubled each time."),
    )


_DEEP = ("threshold", "max_texts", "seconds", "model")
_OF = {
    "triage": ("threshold",),
    "detoxify": (*_DEEP, "checkpoint", "sha256", "tokenizer", "device", "precision"),
    "openai-moderation": (*_DEEP, "base_url", "requests_per_minute", "pause"),
}
"""Keys that each backend knows."""
RAISED = {"FT608": Severity.WARNING, "FT611": Severity.ERROR}
"""Severities of rules when a backend judges that deserves it."""


def with_toxicity(config: Config, selection: Selection, offline: bool) -> Selection:
    """Return the selection with the configured backend, and severities that it deserves.

    Raises: ConfigError, ModelError
    """
    setting = config.toxicity
    if setting == Toxicity():
        return selection
    _check(config, setting)
    deep = None if setting.backend == "triage" else _deep(config, setting, offline)
    rules = tuple(_given(rule, deep, setting.threshold) for rule in selection.rules)
    severities = {**(RAISED if deep else {}), **selection.severities}
    return replace(selection, rules=rules, severities=severities)


def _given(rule: Rule, deep: Deep | None, threshold: float | None) -> Rule:
    """Return a rule about toxicity with the backend and the threshold."""
    known = {each.name: each for each in fields(rule)}
    if "backend" not in known or not rule.code.startswith("FT6"):
        return rule
    changes: dict[str, Any] = {"backend": deep}
    # The general threshold is that of the rules which judge toxicity, not those about labels.
    general = known["threshold"].default == 0.8 and getattr(rule, "threshold", 0) == 0.8
    if threshold is not None and general:
        changes["threshold"] = threshold
    return replace(rule, **changes)


def _check(config: Config, setting: Toxicity) -> None:
    """Refuse keys of another backend, and a threshold that is none. Raises: ConfigError."""
    usual = Toxicity()
    for each in fields(setting):
        name = each.name
        if name == "backend" or getattr(setting, name) == getattr(usual, name):
            continue
        if name not in _OF[setting.backend]:
            key = name.replace("_", "-")
            owners = " and ".join(backend for backend, names in _OF.items() if name in names)
            raise _error(config, key, f"{key!r} is for {owners}, not for {setting.backend}")
    if setting.threshold is not None and not 0 < setting.threshold <= 1:
        text = f"'threshold' must be above 0 and up to 1, not {setting.threshold:g}"
        raise _error(config, "threshold", text)
    url = setting.base_url
    if url is not None and not url.startswith(("https://", "http://")):
        raise _error(config, "base-url", f"'base-url' must begin with https://, not {url!r}")
    if setting.pause < 0:
        raise _error(config, "pause", f"'pause' must be 0 or more, not {setting.pause:g}")


def _error(config: Config, key: str, message: str) -> FtlintError:
    return config.document.error(f"/toxicity/{key}", message)


def _deep(config: Config, setting: Toxicity, offline: bool) -> Deep:
    usual: dict[str, Any] = {"most": setting.max_texts, "seconds": setting.seconds}
    if setting.threshold is not None:
        usual["threshold"] = setting.threshold
    if setting.backend == "detoxify":
        return _detoxify(config, setting, usual)
    from ftlint.scoring.moderation import Moderation

    return Moderation(
        **usual,
        model=setting.model or Moderation.model,
        base_url=setting.base_url or "",
        per_minute=setting.requests_per_minute,
        pause=setting.pause,
        offline=offline,
    )


def _detoxify(config: Config, setting: Toxicity, usual: dict[str, Any]) -> Deep:
    from ftlint.configuration.document import suggest
    from ftlint.scoring.detoxify import MODELS, Detoxify

    model = setting.model or "unbiased"
    if model not in MODELS:
        hint = suggest(model, MODELS) or f" ({', '.join(MODELS)})"
        raise _error(config, "model", f"Detoxify has no model {model!r}{hint}")
    checkpoint, folder = (
        str(config.beside(path)) if path else "" for path in (setting.checkpoint, setting.tokenizer)
    )
    made = Detoxify(
        **usual,
        model=model,
        checkpoint=checkpoint,
        sha256=(setting.sha256 or "").lower(),
        tokenizer=folder,
        device=setting.device,
        precision=setting.precision,
    )
    try:
        made.check()
    except ModelError as wrong:
        key = getattr(wrong, "key", "")
        if key and config.document.path:
            raise _error(config, key, str(wrong)) from None
        raise
    return made
