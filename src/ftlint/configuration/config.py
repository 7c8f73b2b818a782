"""The configuration: the nearest ftlint.yaml or [tool.ftlint]; every error in it has its place."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import Any, Literal

from ftlint.configuration import document as documents
from ftlint.configuration.document import Document, convert
from ftlint.error import ConfigError
from ftlint.pointer import join
from ftlint.scoring.setting import Toxicity
from ftlint.value import dataclass

Level = Literal["error", "warning", "note"]
Threshold = Literal["error", "warning", "note", "never"]

NAMES = ("ftlint.yaml", "ftlint.yml")
PROJECT = "pyproject.toml"
TABLE = "/tool/ftlint"


def _doc(text: str, **more: int) -> dict[str, Any]:
    return {"doc": text, **more}


@dataclass(frozen=True)
class Data:
    """The dataset that is checked when the command line names none."""

    train: tuple[str, ...] = field(default=(), metadata=_doc("The training files."))
    validation: tuple[str, ...] = field(default=(), metadata=_doc("The validation files."))


@dataclass(frozen=True)
class Spacy:
    """How spaCy reads the sentences that token patterns look at."""

    pipeline: str | None = field(
        default=None, metadata=_doc("An installed pipeline, or its folder; never downloaded.")
    )


SELECTORS = "codes, prefixes of codes, names, DEFAULT or ALL"
_OWN = {"key": False}  # no key of the file


@dataclass(frozen=True)
class Config:
    """What ftlint.yaml or [tool.ftlint] says."""

    extends: Literal["minimal", "recommended", "strict"] = field(
        default="recommended", metadata=_doc("The preset that this file changes.")
    )
    target: tuple[str, ...] = field(
        default=(),
        metadata=_doc(
            "Where the data is sent: openai, openai:gpt-4.1-mini, ./own.yaml; or several."
        ),
    )
    tokenizer: str | None = field(
        default=None, metadata=_doc("Folder of a Hugging Face tokenizer: it renders and counts.")
    )
    shape: str | None = field(
        default=None,
        kw_only=True,
        metadata=_doc("Shape of the records, where their keys do not tell: chat, alpaca, …."),
    )
    grader: str | None = field(
        default=None, kw_only=True, metadata=_doc("Grader of a reinforcement job: its JSON file.")
    )
    select: tuple[str, ...] = field(
        default=(), metadata=_doc(f"Rules to run besides those of the preset: {SELECTORS}.")
    )
    ignore: tuple[str, ...] = field(default=(), metadata=_doc(f"Rules not to run: {SELECTORS}."))
    severity: Mapping[str, Level] = field(
        default_factory=dict, metadata=_doc(f"Severities of rules: by {SELECTORS}.")
    )
    rules: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict, metadata=_doc("Options of rules, by code or name.")
    )
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, metadata=_doc("Rules not to run on the files of a glob.")
    )
    languages: tuple[str, ...] = field(
        default=(),
        kw_only=True,
        metadata=_doc("Languages that the dataset is meant to be in: [en, de]."),
    )
    packs: tuple[str, ...] = field(default=(), metadata=_doc("Folders of your own rules."))
    lexicons: tuple[str, ...] = field(
        default=(), kw_only=True, metadata=_doc("Your own lexicons of groups and attributes.")
    )
    benchmarks: Mapping[str, str] = field(
        default_factory=dict,
        kw_only=True,
        metadata=_doc("Test sets whose items must not be in training data: files by name."),
    )
    baseline: str | None = field(
        default=None,
        kw_only=True,
        metadata=_doc("File of known findings, as --update-baseline writes it."),
    )
    suppressions: str | None = field(
        default=None,
        kw_only=True,
        metadata=_doc("File of accepted findings; else the nearest .ftlint-ignore.yaml."),
    )
    toxicity: Toxicity = field(
        default=Toxicity(),
        kw_only=True,
        metadata=_doc("Who judges toxicity: the shipped model, Detoxify, or an endpoint."),
    )
    spacy: Spacy = field(
        default_factory=Spacy,
        kw_only=True,
        metadata=_doc("The pipeline for token patterns; without one, spaCy's rules for words."),
    )
    data: Data = field(
        default_factory=Data, metadata=_doc("What is checked when the command line names nothing.")
    )
    fail_on: Threshold | None = field(
        default=None, metadata=_doc("The lowest severity that makes a run fail.")
    )
    max_findings: int = field(
        default=500, metadata=_doc("Findings kept of one rule; 0 keeps all.", minimum=0)
    )
    cache: str | None = field(
        default=None,
        kw_only=True,
        metadata=_doc("Folder in which results of runs are kept, instead of that of the user."),
    )
    root: Path = field(default_factory=Path.cwd, metadata=_OWN)
    """The folder of the file, absolute: every path in the file starts here."""
    document: Document = field(
        default=Document("configuration", {}, raises=ConfigError), compare=False, metadata=_OWN
    )
    """Where the values stand, for errors that show only later."""

    def beside(self, path: str) -> Path:
        """Return a path of the configuration as seen from the working folder."""
        full, here = self.root / path, Path.cwd()
        return full.relative_to(here) if full.is_relative_to(here) else full


def discover(start: Path, explicit: str | None = None) -> Config:
    """Return the configuration in the file `explicit`, or in the one nearest to `start`.

    Raises: ConfigError
    """
    if explicit is not None:
        return load(explicit)
    path = find(start)
    if path is None:
        return Config(root=Path(os.path.abspath(start)))
    here = Path.cwd()
    return load(path.relative_to(here) if path.is_relative_to(here) else path)


def find(start: Path) -> Path | None:
    """Return the configuration of the nearest folder that has one. Raises: ConfigError."""
    start = Path(os.path.abspath(start))
    for folder in (start, *start.parents):
        for name in NAMES:
            if os.path.isfile(folder / name):
                return folder / name
        if _has_table(folder / PROJECT):
            return folder / PROJECT
    return None


def _has_table(path: Path) -> bool:
    try:
        # Most projects do not name ftlint, and then their file need not be parsed.
        if b"ftlint" not in path.read_bytes():
            return False
    except OSError:
        return False
    tool = documents.load(path, ConfigError).data.get("tool")
    return isinstance(tool, dict) and "ftlint" in tool


def load(path: str | Path) -> Config:
    """Return the configuration in a file. Raises: ConfigError."""
    document = documents.load(path, ConfigError)
    if Path(path).name == PROJECT:
        try:
            document = document.part(TABLE)
        except LookupError:
            raise document.error("/tool", "there is no table [tool.ftlint]") from None
    config = convert(document, "", Config)
    _check_languages(config.languages, document)
    return replace(config, root=Path(os.path.abspath(path)).parent, document=document)


def _check_languages(languages: Sequence[str], document: Document) -> None:
    """Refuse a language that cannot be told. Raises: ConfigError."""
    if not languages:
        return
    from ftlint.text.languagename import NAMES, canonical, meant

    for index, word in enumerate(languages):
        if canonical(word) is None:
            code = meant(word)
            hint = f"; did you mean {code!r}?" if code else documents.suggest(word, NAMES)
            hint = hint or " (ISO 639-1 codes: en, de, zh, …)"
            raise document.error(join(["languages", index]), f"unknown language {word!r}{hint}")


def schema_text() -> str:
    """Return the JSON Schema of ftlint.yaml, as `ftlint/schemas/config.json` has it."""
    schema = documents.schema(Config)
    head = {"$schema": schema.pop("$schema"), "$id": "urn:ftlint:schema:config:1"}
    return json.dumps({**head, "title": "ftlint.yaml", **schema}, indent=2) + "\n"


if __name__ == "__main__":
    print(schema_text(), end="")
