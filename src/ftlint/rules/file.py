"""FT0, whole files: encoding, layout, size and number of examples."""

from __future__ import annotations

from collections.abc import Iterator

from ftlint.example import Batch
from ftlint.finding import Finding, Fix, Safety, Severity, Where
from ftlint.rule import NO_LIMIT, DatasetRule, FileRule, bad, good
from ftlint.source import SUFFIXES, Dataset
from ftlint.summary import Counts, Nothing
from ftlint.value import dataclass

_LINE = b'{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"}]}'


class FileNotUtf8(FileRule):
    """File is not UTF-8 text: UTF-16, a compressed archive, Parquet, an image.

    Why: every provider reads JSONL as UTF-8; of such a file not one line is understood.

    Ignore when: never; save the file as UTF-8 (`iconv -f UTF-16 -t UTF-8`), or unpack it.

    Provider says: `Expected file to have JSONL format, where every line is a JSON dictionary.
    Line 1 is not a dictionary (HINT: line starts with: "{"p...").`

    Source: dotnet#59 and chatgpt-java#168 (users' reports); Together's file check.
    """

    code = "FT001"
    name = "file-not-utf8"
    severity = Severity.ERROR
    message = "file is {encoding}, not UTF-8 text"
    good = (good(_LINE),)
    bad = (
        bad(_LINE.decode().encode("utf-16"), at="-", pad=False, note="UTF-16 with its mark"),
        bad(_LINE.decode().encode("utf-16-le"), at="-", pad=False, note="UTF-16 without a mark"),
        bad(b"PAR1" + bytes(64) + b"PAR1", at="-", pad=False, note="Parquet under a wrong name"),
    )

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index, facts in enumerate(dataset.facts):
            if facts.layout.encoding:
                yield self.finding(Where(index), encoding=facts.layout.encoding)


class FileBom(FileRule):
    """File begins with a byte-order mark (U+FEFF).

    Why: strict readers take the mark for the first character of line 1 and refuse the file; only
    Azure's documentation asks for it.

    Ignore when: the file goes to Azure OpenAI, whose guide wants UTF-8 with a byte-order mark.

    Provider says: `Line 1 is not a dictionary`.

    Fix: removes the three bytes; safe.

    Source: users' reports; Azure OpenAI fine-tuning guide.
    """

    code = "FT002"
    name = "file-bom"
    severity = Severity.WARNING
    message = "file begins with a UTF-8 byte-order mark"
    good = (good(_LINE),)
    bad = (bad(b"\xef\xbb\xbf" + _LINE, at="-"),)

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index, facts in enumerate(dataset.facts):
            if facts.layout.bom:
                fix = Fix("remove the mark", (), Safety.SAFE, "remove-bom")
                yield self.finding(Where(index), fix=fix)


class FileCrlf(DatasetRule[Counts[int]]):
    r"""Lines end with carriage return and line feed, as Windows writes them.

    Why: JSON takes the carriage return for white space and every provider reads on; but programs
    that compare or cut lines as bytes take it for content, so that a line from elsewhere is
    another one, and a file that is saved on two systems changes in each line.

    Ignore when: the file is edited on Windows, and nothing but JSON readers look at it.

    Fix: removes the carriage returns; safe.

    Source: RFC 8259 section 2 (white space); the JSON Lines format (jsonlines.org: the line
    separator is `\n`, and `\r\n` is understood too).
    """

    code = "FT035"
    name = "file-crlf"
    severity = Severity.NOTE
    message = "{count:,} of {lines:,} lines end with a carriage return and a line feed"
    good = (
        good(_LINE),
        good(_LINE.replace(b"Hello!", rb"One\r\nTwo"), note="in a text they are content"),
    )
    bad = (
        bad(_LINE + b"\r", at="-"),
        bad(_LINE + b"\r", b'{"messages": []}\r', at="-", note="told once a file"),
    )

    def summarize(self, batch: Batch) -> Counts[int]:
        """Return the number of such lines by source. Size: O(sources)."""
        count = sum(raw.endswith(b"\r") for raw in batch.lines.raws) if batch.lines.odd_space else 0
        return Counts({batch.source: count} if count else {})

    def finish(self, summary: Counts[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index, count in sorted(summary.of.items()):
            fix = Fix("remove the carriage returns", (), Safety.SAFE, "remove-returns")
            lines = dataset.facts[index].lines
            yield self.finding(Where(index), fix=fix, count=count, lines=lines)


class FileEmpty(DatasetRule[Counts[int]]):
    """File holds no example: no bytes, or blank lines only.

    Why: a job on it is refused; most often an export failed before it.

    Ignore when: never.

    Provider says: Together refuses a file without a sample.

    Source: Together's file check.
    """

    code = "FT003"
    name = "file-empty"
    severity = Severity.ERROR
    message = "file holds no example{detail}"
    silences = ("FT009",)
    good = (good(_LINE),)
    bad = (
        bad(b"", at="-", pad=False),
        bad(b"", b"", b" ", at="-", pad=False, note="blank lines only; they are not reported too"),
    )

    def summarize(self, batch: Batch) -> Counts[int]:
        """Return the number of examples by source. Size: O(sources)."""
        return filled(batch)

    def finish(self, summary: Counts[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index, facts in enumerate(dataset.facts):
            if facts.layout.lines and not summary.of.get(index):
                detail = " (0 bytes)" if not facts.bytes else f" ({facts.lines} blank lines)"
                yield self.finding(Where(index), detail=detail)


class FileExtension(FileRule):
    """File name does not end in `.jsonl` or `.ndjson`.

    Why: upload forms and scripts choose the reader by the name; `.json` and `.txt` are taken for
    something else.

    Ignore when: the file is renamed before it is sent.

    Source: OpenAI fine-tuning guide (`.jsonl` only).
    """

    code = "FT004"
    name = "file-extension"
    severity = Severity.WARNING
    message = "file name {found}; '.jsonl' is wanted"
    good = (good(_LINE),)
    bad = (bad(_LINE, at="-", file="train.json"),)

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index, source in enumerate(dataset.sources):
            name = source.path.rsplit("/", 1)[-1]
            if source.path != "-" and not name.lower().endswith(SUFFIXES):
                _, dot, suffix = name.rpartition(".")
                found = f"ends in '.{suffix[:20]}'" if dot else "has no ending"
                yield self.finding(Where(index), found=found)


class FileJsonArray(FileRule):
    """File is one JSON array, pretty-printed JSON or no JSON: not one record a line.

    Why: the target reads line by line and refuses line 1; the whole file is lost for one bracket.

    Ignore when: never; `ftlint convert` and `jq -c '.[]' data.json > data.jsonl` write an array as
    JSONL, and `jq -c . data.json > data.jsonl` joins pretty-printed records. For a CSV table
    `pandas.read_csv("data.csv").to_json("data.jsonl", orient="records", lines=True)` does.

    Provider says: `Expected file to have JSONL format, where every line is a JSON dictionary.`

    Fix: writes an array one item a line, its text unchanged; safe. The other kinds have none.

    Source: openai-python#415 and many reports like it.
    """

    code = "FT005"
    name = "file-json-array"
    severity = Severity.ERROR
    message = "file is {what}, not one record a line{remedy}"
    good = (good(_LINE),)
    bad = (
        bad(b"[" + _LINE + b",", _LINE + b"]", at="-", pad=False),
        bad(b"[" + _LINE + b"]", at="-", pad=False, note="an array on one line"),
        bad(b"{", b'  "messages": []', b"}", at="-", pad=False, note="a pretty-printed record"),
        bad(b"question,answer", b"Hi,Hello!", b"Bye,Bye!", at="-", pad=False, note="a CSV table"),
    )

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        words = {
            "array": ("a JSON array", "; --fix or ftlint convert writes its items as lines"),
            "object": ("pretty-printed JSON", "; jq -c . writes each record on a line"),
            "text": ("text without a line of JSON", "; each row of a table must be a JSON object"),
        }
        for index, facts in enumerate(dataset.facts):
            if facts.layout.document:
                array = facts.layout.document == "array"
                title = "write one item a line"
                fix = Fix(title, (), Safety.SAFE, "split-array") if array else None
                what, remedy = words[facts.layout.document]
                yield self.finding(Where(index), fix=fix, what=what, remedy=remedy)


@dataclass(frozen=True)
class FileTooLarge(FileRule):
    """File is larger than an upload may be.

    Why: the upload is refused after it has been sent, or fails silently.

    Ignore when: the file is sent in parts (OpenAI's Uploads API takes up to 8 GB), or stays on
    your own machine: set `limit` to what the trainer takes.

    Source: OpenAI Files API (512 MB a file); Azure OpenAI (512 MB).
    """

    code = "FT006"
    name = "file-too-large"
    severity = Severity.ERROR
    message = "file has {bytes} bytes; an upload takes at most {limit}"
    good = (good(_LINE),)
    bad = (bad(_LINE, at="-", options={"limit": 80}),)

    limit: int | None = None
    """Bytes that one upload takes; without a target that of OpenAI."""

    def unready(self) -> str | None:
        """Return that there is nothing to compare with, if so."""
        return NO_LIMIT if self.limit is None else None

    def finish(self, summary: Nothing, dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a file."""
        for index, facts in enumerate(dataset.facts):
            if self.limit is not None and facts.bytes > self.limit:
                yield self.finding(Where(index), bytes=facts.bytes, limit=self.limit)


@dataclass(frozen=True)
class MinExamples(DatasetRule[Counts[int]]):
    """Training file has too few examples.

    Why: OpenAI refuses fewer than 10; a model learns little from fewer than about 50.

    Ignore when: the file is only a part of what is sent. Validation files are not counted.

    Provider says: `Training file has 3 example(s), but must have at least 10 examples`
    (`invalid_n_examples`).

    Source: OpenAI fine-tuning guide.
    """

    code = "FT016"
    name = "min-examples"
    severity = Severity.ERROR
    message = "file has {examples} example{s}; a training file needs at least {limit}"
    good = (good(*[_LINE] * 10, pad=False),)
    bad = (bad(_LINE, _LINE, at="-", pad=False), bad(*[_LINE] * 9, b"", at="-", pad=False))

    limit: int | None = None
    """Examples that a training file needs; without a target that of OpenAI."""

    def unready(self) -> str | None:
        """Return that there is nothing to compare with, if so."""
        return NO_LIMIT if self.limit is None else None

    def summarize(self, batch: Batch) -> Counts[int]:
        """Return the number of examples by source. Size: O(sources)."""
        return filled(batch)

    def finish(self, summary: Counts[int], dataset: Dataset) -> Iterator[Finding]:
        """Yield one finding a training file; an empty one is reported as such instead."""
        for index, source in enumerate(dataset.sources):
            count = summary.of.get(index, 0)
            if source.split == "train" and self.limit is not None and 0 < count < self.limit:
                s = "" if count == 1 else "s"
                yield self.finding(Where(index), examples=count, limit=self.limit, s=s)


def filled(batch: Batch) -> Counts[int]:
    """Return how many lines of `batch` are not blank, under the index of its source."""
    return Counts({batch.source: batch.filled} if len(batch) else {})
