"""Equipment: rules with what command line and configuration name for them, such as a tokenizer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ftlint.configuration.config import Config
from ftlint.error import UsageError
from ftlint.rule import Rule


def with_tokenizer(config: Config, rules: Sequence[Rule], asked: str | None) -> tuple[Rule, ...]:
    """Return `rules` with the tokenizer of the command line, of their options, or of the file.

    Raises: ConfigError
    """
    usual = tokenizer_of(config, asked)
    given = []
    for rule in rules:
        own = getattr(rule, "tokenizer", None)
        if isinstance(own, str) and (usual or own):
            folder = str(config.beside(own)) if own and not asked else usual
            rule = replace(rule, **{"tokenizer": folder})  # a field of some rules only
        given.append(rule)
    return tuple(given)


def tokenizer_of(config: Config, asked: str | None) -> str:
    """Return the folder of the command line, or that of the file; empty for none.

    Raises: ConfigError
    """
    if asked or not config.tokenizer:
        return asked or ""
    from ftlint.tokens.chattemplate import TokenizerError, require

    folder = str(config.beside(config.tokenizer))
    try:
        require(folder)
    except TokenizerError as wrong:
        raise config.document.error("/tokenizer", str(wrong)) from None
    return folder


def with_pipeline(config: Config, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return `rules` with the spaCy pipeline that the file names: for those that have none."""
    name = config.spacy.pipeline
    if not name:
        return tuple(rules)
    folder = config.beside(name)
    named = str(folder) if folder.is_dir() else name
    return tuple(
        replace(rule, **{"pipeline": named})  # a field of some rules only
        if getattr(rule, "pipeline", None) == ""
        else rule
        for rule in rules
    )


def with_benchmarks(
    config: Config, rules: Sequence[Rule], asked: Sequence[str]
) -> tuple[Rule, ...]:
    """Return `rules` with the test sets that are named, read already. Raises: FtlintError."""
    if asked or config.benchmarks or any(getattr(rule, "benchmarks", ()) for rule in rules):
        from ftlint.contamination.testset import given

        return given(config, rules, asked)
    return tuple(rules)


def with_grader(config: Config, rules: Sequence[Rule], asked: str | None) -> tuple[Rule, ...]:
    """Return `rules` with the fields that the grader reads. Raises: UsageError, ConfigError."""
    if not asked and not config.grader:
        return tuple(rules)
    from ftlint.rules.reinforcement import GraderFieldMissing, ReferenceMissing
    from ftlint.targets.grader import fields_read

    try:
        read = fields_read(asked or str(config.beside(config.grader or "")))
    except UsageError as wrong:
        if asked:
            raise UsageError(f"--grader: {wrong}") from None
        raise config.document.error("/grader", str(wrong)) from None
    given = []
    for rule in rules:
        if isinstance(rule, GraderFieldMissing):
            rule = replace(rule, fields=read)
        elif isinstance(rule, ReferenceMissing):
            rule = replace(rule, self_contained=not read)
        given.append(rule)
    return tuple(given)
