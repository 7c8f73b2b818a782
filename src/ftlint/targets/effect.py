"""What a target's figures do to the rules: options, and which rules are selected or errors.

Nothing of a provider stands here, only which rule asks for which figure. A new figure of a known
kind needs a line in `rules/targets`; a new kind needs a rule and an entry in one of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ftlint.configuration.document import suggest
from ftlint.targets.model import Day, Limits, Model

if TYPE_CHECKING:
    from ftlint.targets.target import Target

Options = dict[str, dict[str, Any]]

LIMITED = ("token-overrun", "answer-fully-truncated", "token-near-limit")
"""Rules that compare an example with what the model trains on."""
COUNTING = (*LIMITED, "repeated-instructions")
"""Rules that count tokens."""
LIMITING = {
    "min-examples": {"limit": "min_examples"},
    "max-examples": {
        "limit": "max_examples",
        "held": "max_validation_examples",
        "prompts": "rft_training_examples",
        "held-prompts": "rft_validation_examples",
    },
    "file-too-large": {"limit": "file_bytes"},
    "image-limit": {"count": "images_per_example", "size": "image_bytes"},
    "preference-output-shape": {"limit": "preference_outputs"},
}
"""Options of rules that are one of `Limits`, unset where a target does not say."""
ORDER = {
    "system-first": "system-not-first",
    "one-system": "several-systems",
    "user-first": "first-not-user",
    "alternating": "consecutive-roles",
    "no-repeats": "duplicate-message",
    "user-present": "no-user",
    "two-messages": "single-message",
}
"""What a target may demand of the order of roles, and the rule that is an error then."""
TOOLS = {
    "declared": "tools-absent",
    "described": "tool-undescribed",
    "content-or-calls": "content-and-tool-calls",
    "nine-character-ids": "tool-call-id-mistral",
}
"""What a target may demand of tools, and the rule that is an error then."""


def check_words(order: Iterable[str], tools: Iterable[str]) -> None:
    """Refuse words of `order:` and `tools:` that mean nothing. Raises: ValueError."""
    for key, words, known in (("order", order, ORDER), ("tools", tools, TOOLS)):
        for word in words:
            if word not in known:
                hint = suggest(word, known) or f" ({', '.join(known)})"
                raise ValueError(f"{key}: unknown demand {word!r}{hint}")


def completed(target: Target, method: str | None = None) -> Target:
    """Return the target with what follows from its figures, behind what its file says itself.

    A `method` is named by the rule that refuses the shapes of others.
    """
    options = of_limits(target.limits, whole=True)
    if context := target.limits.training_context:
        options |= _of_trainer(target, context.value)
    if target.model:
        options |= _of_model(target, target.model)
    elif target.closes:
        reason = f"end of fine-tuning at {target.title}"
        options |= _of_end(f"a model of {target.title}", (reason, target.closes))
    options |= _of_keys(target, f"{method} at {target.title}" if method else target.title)
    for rule, given in target.rules.items():
        options[rule] = {**options.get(rule, {}), **given}
    if not any(options["max-examples"].values()):
        del options["max-examples"]
    order = target.order.value if target.order else ()
    tools = target.tools.value if target.tools else ()
    check_words(order, tools)
    demanded = [*(ORDER[word] for word in order), *(TOOLS[word] for word in tools)]
    selected = [*demanded, *(rule for rule in _SELECTED if options.get(rule))]
    return replace(
        target,
        rules=options,
        select=(*target.select, *selected),
        severity={**dict.fromkeys(demanded, "error"), **target.severity},
    )


_SELECTED = ("role-not-taken", "record-refused", "reserved-text", "uneven-keys", "max-examples")
"""Rules that are off without a target which has something to say in them."""


def _of_keys(target: Target, reader: str) -> Options:
    """Return the options of the rules about keys, roles, words and forms of records."""
    made: Options = {}
    if target.roles:
        made["role-not-taken"] = {"roles": list(target.roles.value)}
    if target.reserved:
        made["reserved-text"] = {"words": list(target.reserved.value)}
    if target.even_keys:
        made["uneven-keys"] = {"keys": list(target.even_keys.value)}
    if target.records or (target.model and target.model.records):
        made["record-refused"] = {"schemas": _schemas(target)}
    if target.shapes:
        made["method-mismatch"] = {"shapes": _shapes(target), "reader": reader}
    if record := target.keys.get("record"):
        made["unknown-top-level-key"] = {"keys": list(record.value)}
    if message := target.keys.get("message"):
        made["unknown-message-key"] = {"keys": list(message.value)}
    return made


def _shapes(target: Target) -> list[str]:
    """Return the shapes that are read, by any method or those of the model."""
    methods = target.model.methods if target.model else None
    read = {
        shape
        for method, shapes in target.shapes.items()
        if methods is None or method in methods.value
        for shape in shapes.value
    }
    return sorted(read)


def _schemas(target: Target) -> dict[str, list[Mapping[str, Any]]]:
    """Return by shape what the provider demands of a record, then what the model does."""
    made: dict[str, list[Mapping[str, Any]]] = {}
    for records in (target.records, target.model.records if target.model else {}):
        for shape, record in records.items():
            made.setdefault(shape, []).append(record.value)
    return made


def of_limits(limits: Limits, *, whole: bool = False) -> Options:
    """Return the options that are limits; `whole` unsets those of which nothing is known."""
    made: Options = {}
    for rule, options in LIMITING.items():
        for option, key in options.items():
            limit = getattr(limits, key)
            if limit or whole:
                made.setdefault(rule, {})[option] = limit.value if limit else None
    if limits.image:
        made |= {rule: {"image": limits.image.value} for rule in LIMITED}
    return made


def _of_trainer(target: Target, limit: int) -> Options:
    """Return the options of a trainer of any model: its vocabulary is that of the tokenizer."""
    return {rule: {"limit": limit, "encoding": "", "model": target.title} for rule in LIMITED}


def _of_model(target: Target, model: Model) -> Options:
    # No encoding rather than the usual one: a wrong count is worse than none.
    encoding = model.encoding.value if model.encoding else ""
    known = {
        "limit": model.training_context or target.limits.training_context,
        "image": model.image or target.limits.image,
        "low-image": model.low_image,
    }
    facts = {key: figure.value for key, figure in known.items() if figure}
    made: Options = {rule: {"encoding": encoding} for rule in COUNTING}
    for rule in LIMITED:
        made[rule] |= {"model": model.name, **facts}
    made["over-budget"] = {"target": f"{target.name}:{model.name}"}
    made["min-examples"] = {"limit": _first(model.min_examples, target.limits.min_examples)}
    if model.max_examples:
        made["max-examples"] = {**of_limits(target.limits, whole=True)["max-examples"]}
        made["max-examples"]["limit"] = model.max_examples.value
    made["model-retired"] = made["model-closing"] = {"model": model.name}
    return made | _of_end(model.name, ending(target, model), model.shutdown)


def _of_end(name: str, last: tuple[str, Day] | None, shutdown: Day | None = None) -> Options:
    """Return the options of the rules about what can no longer be trained, or not for long."""
    if last is None:
        return {}
    reason, end = last
    dated: dict[str, Any] = {"date": end.value, "reason": reason, "uncertain": end.uncertain}
    gone = shutdown.value if shutdown else ""
    later = {"shutdown": gone} if gone > end.value else {}
    return {
        "model-retired": {"model": name, **dated},
        "model-closing": {"model": name, **dated, **later},
    }


def _first(*figures: Any) -> int | None:
    """Return the value of the first figure that is known."""
    return next((figure.value for figure in figures if figure), None)


def ending(target: Target, model: Model) -> tuple[str, Day] | None:
    """Return why and from which day on `model` cannot be trained; None if that is not known."""
    ends: Mapping[str, Day | None] = {
        "shutdown of the base model": model.shutdown,
        "end of training on this model": model.training_ends,
        f"end of fine-tuning at {target.title}": target.closes,
    }
    known = [(reason, end) for reason, end in ends.items() if end]
    return min(known, key=lambda entry: entry[1].value, default=None)
