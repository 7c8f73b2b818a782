"""The same work done by ftlint and by its peers: with which commands, and what each reports."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from peer import Environment

HERE = Path(__file__).resolve().parent
OURS = "ftlint"
MODEL = "openai:gpt-4.1-mini"
SCHEMA = (
    *("FT003", "FT005", "FT007", "FT008", "FT019"),  # JSON Lines in UTF-8
    *("FT101", "FT102", "FT104", "FT105", "FT106", "FT107", "FT108", "FT109", "FT110"),
    *("FT121", "FT122", "FT125", "FT126", "FT187"),  # order of the roles
)
"""What cleanllm's preflight checks."""
STRUCTURE = (*SCHEMA, "FT401", "FT002", "FT320", "FT323")
"""What parallelogram checks but for its estimate of tokens: also repeats and encoding."""
NEAR = ("FT401", "FT402", "FT403")


@dataclass(frozen=True, slots=True)
class Job:
    """What one program is asked to do with one file."""

    file: Path
    folder: Path  # where it works; its output is in ``stdout``
    rows: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One program with one command."""

    peer: str  # of peer.PEERS, or ftlint
    command: Callable[[Environment, Job], list[str]]
    found: Callable[[Job], int]
    what: str = ""  # the command in short
    texts: bool = False  # reads the texts alone
    small: bool = False  # takes so long that it gets a smaller file

    @property
    def label(self) -> str:
        """Its name in tables."""
        return f"{self.peer} {self.what}".strip()


@dataclass(frozen=True, slots=True)
class Target:
    """How many times less CPU or wall time than a peer ftlint is to use."""

    peer: str
    measure: str  # ``cpu`` or ``wall``
    times: float


@dataclass(frozen=True, slots=True)
class Contest:
    """Entries that do the same work, and what is aimed at."""

    title: str
    megabytes: float  # of the file, unless the user says otherwise
    entries: tuple[Entry, ...]
    targets: tuple[Target, ...] = ()
    cpu_base: int = 0  # which of the entries others are compared with
    wall_base: int = 0


def ftlint(what: str, *arguments: str, jobs: int = 1, rules: tuple[str, ...] = ()) -> Entry:
    """A run of this checkout."""
    selected = ("--select", ",".join(rules)) if rules else ()
    told = ("--format", "json", "--no-cache", "--jobs", str(jobs))

    def command(_: Environment, job: Job) -> list[str]:
        program = [sys.executable, "-m", "ftlint", "check", str(job.file)]
        return [*program, *selected, *arguments, *told]

    return Entry(OURS, command, reported, what)


def reported(job: Job) -> int:
    """All findings that ftlint counts."""
    counts = json.loads((job.folder / "stdout").read_bytes())["counts"]
    return sum(counts["by_rule"].values())


def parallelogram(_env: Environment, job: Job) -> list[str]:
    """Its only check."""
    return _env.command("parallelogram", "check", job.file, "--json")


def parallelogram_found(job: Job) -> int:
    """All issues."""
    return len(json.loads((job.folder / "stdout").read_bytes())["issues"])


def cleanllm(*arguments: str, what: str, counted: str) -> Entry:
    """One of its commands; ``counted`` matches the number of what it has found."""

    def command(env: Environment, job: Job) -> list[str]:
        first, *others = arguments
        return env.command("cleanllm", first, job.file, *others)

    def found(job: Job) -> int:
        told = re.findall(counted, (job.folder / "stdout").read_text("utf-8"))
        return sum(map(int, told))

    return Entry("cleanllm", command, found, what)


def mmqa(name: str) -> Entry:
    """Its search for exact and near duplicates."""

    def command(env: Environment, job: Job) -> list[str]:
        return env.command("toolkit-mmqa", "dedup", "--input", job.file, "--near-dup")

    def found(job: Job) -> int:
        told = json.loads((job.folder / "stdout").read_bytes())
        return int(told["predicate"]["summary"]["removable_count"])

    return Entry(name, command, found, "dedup --near-dup", texts=True, small=True)


def data_juicer(env: Environment, job: Job, operators: Mapping[str, object]) -> list[str]:
    """A recipe that writes what is left to ``left.jsonl``; one process."""
    recipe = {
        "project_name": "peers",
        "dataset_path": str(job.file),
        "export_path": str(job.folder / "left.jsonl"),
        "np": 1,
        "process": [{name: settings} for name, settings in operators.items()],
    }
    path = job.folder / "recipe.yaml"
    path.write_text(json.dumps(recipe))  # JSON is YAML
    return env.command("dj-process", "--config", path)


def left_out(job: Job) -> int:
    """How many texts data-juicer has removed."""
    return job.rows - len((job.folder / "left.jsonl").read_bytes().splitlines())


def datatrove(env: Environment, job: Job) -> list[str]:
    """Its MinHash pipeline, which is no program but four stages."""
    return [str(env.python), str(HERE / "datatrove_baseline.py"), str(job.file)]


def removed(job: Job) -> int:
    """How many texts datatrove has removed."""
    told = (job.folder / "stdout").read_text("utf-8").splitlines()
    return int(json.loads(told[-1])["removed"])


MINHASH: dict[str, object] = {"document_minhash_deduplicator": {}}
COUNTED = ("--target", MODEL)
CONTESTS = {
    "structure": Contest(
        "Structure, roles, empty texts, exact duplicates, encoding",
        24,
        (
            ftlint("schema, roles, empty", rules=SCHEMA),
            ftlint("all of these", rules=STRUCTURE),
            ftlint("and exact tokens", *COUNTED, rules=(*STRUCTURE, "FT201")),
            ftlint("and exact tokens, 2 jobs", *COUNTED, rules=(*STRUCTURE, "FT201"), jobs=2),
            Entry("parallelogram", parallelogram, parallelogram_found, "check"),
            cleanllm(
                *("preflight", "--framework", "trl"),
                what="preflight: schema, roles, empty",
                counted=r"(?i)invalid[ _]rows\W+(\d+)",
            ),
            cleanllm(
                *("validate", "--schema", "basic_sft"),
                what="validate: keys and types",
                counted=r"(?i)invalid[ _]rows\W+(\d+)",
            ),
        ),
        (Target("parallelogram", "wall", 2.0),),
        cpu_base=2,
        wall_base=3,
    ),
    "near": Contest(
        "Exact and near duplicates",
        12,
        (
            ftlint("", rules=NEAR),
            Entry(
                "data-juicer",
                lambda env, job: data_juicer(env, job, MINHASH),
                left_out,
                "document_minhash_deduplicator",
                texts=True,
            ),
            Entry("datatrove", datatrove, removed, "MinHash, 4 stages", texts=True),
            cleanllm(
                *("dedup", "--near-dedup", "--out", "left.jsonl"),
                what="dedup --near-dedup",
                counted=r"dropped_rows: (\d+)",
            ),
            mmqa("toolkit-mmqa"),
            mmqa("toolkit-mmqa[fast]"),
        ),
        (
            Target("data-juicer", "cpu", 5.0),
            Target("datatrove", "cpu", 5.0),
            Target("toolkit-mmqa", "cpu", 20.0),
        ),
    ),
    "full": Contest(
        "Everything that is on by default (not the same work)",
        6,
        (
            ftlint("check", *COUNTED),
            ftlint("check, 2 jobs", *COUNTED, jobs=2),
            cleanllm("scan", what="scan", counted=r"_count'?: (\d+)"),
            cleanllm(
                *("scan", "--pii", "--dup-estimate", "--chat-templates", "--synthetic-detection"),
                what="scan with all that needs no model",
                counted=r"_count'?: (\d+)",
            ),
        ),
        wall_base=1,
    ),
}
