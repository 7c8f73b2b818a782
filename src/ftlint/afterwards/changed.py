"""Changed rows: which lines of the dataset were added or edited since a revision.

A row is known by the digest of its bytes, so that it may move within its file, to a renamed one
or to another file of its split. Rows are counted: of eleven equal rows where there were ten, the
last one is new.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from ftlint.afterwards.git import GitError, Moved, Repository, is_pointer
from ftlint.error import SourceError
from ftlint.report import Located, Place, Report
from ftlint.source import SUFFIXES, Dataset, Source, seekable
from ftlint.stream import open_stream
from ftlint.value import dataclass

BLOCK = 1 << 20
_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Base:
    """The dataset as it was at one commit."""

    commit: str
    repository: Repository
    paths: Mapping[int, str]
    """Path in the commit of each source that was there, by the source's index."""
    gone: tuple[Source, ...]
    """Dataset files that are no longer there; their paths are those of the commit."""
    touched: frozenset[int]
    """Sources that differ from what they were, or were not there."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the bases. Size: O(new rows)."""

    sources: tuple[Source, ...]
    bases: tuple[Base, ...]
    fresh: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Lines, from 0, that no base has, by the index of their source."""
    altered: bool = False
    """Whether any row has come or gone, so that shares of the dataset can differ."""
    remarks: tuple[str, ...] = ()

    def has(self, source: int, line: int) -> bool:
        """Return whether a line, counted from 0, is new."""
        return line in self.fresh.get(source, ())


def changes(sources: Sequence[Source], since: str | None, held_out: Sequence[str] = ()) -> Changes:
    """Return which rows of `sources` are new: since HEAD, or since a branch left `since`.

    `held_out` are validation files that may be gone. Raises: GitError, SourceError.
    """
    bases: list[Base] = []
    fresh: dict[int, frozenset[int]] = {}
    altered = False
    remarks = []
    for repository, indices in _by_repository(sources, _option(since)).items():
        commits, remark = _commits(repository, since)
        remarks += [remark] if remark else []
        own = [_base(repository, commit, sources, indices, held_out) for commit in commits]
        found = [_fresh(base, sources, indices) for base in own] or [_all(sources, indices)]
        for index in indices:
            fresh[index] = frozenset.intersection(*(each[index] for each, _ in found))
        altered |= all(differs for _, differs in found)
        bases += own
    return Changes(tuple(sources), tuple(bases), fresh, altered, tuple(remarks))


def check_possible(sources: Sequence[Source], since: str | None) -> None:
    """Find out before the work begins that nothing can be compared. Raises: GitError."""
    for repository in _by_repository(sources, _option(since)):
        _commits(repository, since)


def _option(since: str | None) -> str:
    return "--changed" if since is None else f"--since {since}"


def _by_repository(sources: Sequence[Source], asked: str) -> dict[Repository, list[int]]:
    """Return the indices of the sources of each work tree. Raises: GitError."""
    folders: dict[str, Repository] = {}
    groups: dict[Repository, list[int]] = {}
    for index, source in enumerate(sources):
        if source.path == "-" or (source.stored and not os.path.isfile(source.path)):
            raise GitError(f"{asked}: {source.path} is no file and has no history")
        if is_pointer(source.file):
            raise GitError(
                f"{source.path} is a pointer of Git LFS, not the data; git lfs pull fetches it"
            )
        folder = os.path.dirname(os.path.realpath(source.path))
        if folder not in folders:
            folders[folder] = Repository.of(source.path, asked)
        groups.setdefault(folders[folder], []).append(index)
    return groups


def earlier(path: str, since: str | None) -> Iterator[bytes]:
    """Yield what a file held at each base at which it was there; nothing outside of git."""
    try:
        repository = Repository.of(path, _option(since))
    except GitError:
        return
    name = repository.relative(path)
    for commit in _commits(repository, since)[0]:
        if name in repository.files(commit):
            with repository.content(commit, name) as stream:
                yield stream.read()


def _commits(repository: Repository, since: str | None) -> tuple[list[str], str]:
    # pre-commit names the range that it was given (--from-ref, and every push).
    since = since or os.environ.get("PRE_COMMIT_FROM_REF")
    return repository.since(since) if since else (repository.head(), "")


def _base(
    repository: Repository,
    commit: str,
    sources: Sequence[Source],
    indices: Sequence[int],
    held_out: Sequence[str],
) -> Base:
    """Return where the content of each source was at a commit."""
    differing, there = repository.moved(commit), repository.files(commit)
    moved = {each.new: each for each in differing if each.status != "D"}
    gone = {each.old for each in differing if each.status == "D"}
    paths, touched = {}, set()
    for index in indices:
        path = repository.relative(sources[index].path)
        before = _before(path, moved.get(path), there)
        if before is not None:
            paths[index] = before
        if before is None or path in moved or path in gone:
            touched.add(index)
    left = sorted(path for path in gone - set(paths.values()) if path.lower().endswith(SUFFIXES))
    held = {repository.relative(path) for path in held_out}
    vanished = tuple(Source(path, "validation" if path in held else "train") for path in left)
    return Base(commit, repository, paths, vanished, frozenset(touched))


def _before(path: str, moved: Moved | None, there: frozenset[str]) -> str | None:
    """Return the path that a file of the work tree had at a commit; None when it was not there."""
    if moved is not None:
        return None if moved.status == "A" else moved.old
    return path if path in there else None


def _fresh(base: Base, sources: Sequence[Source], indices: Sequence[int]) -> Fresh:
    """Return the lines of each source that a base does not have, and whether any row differs."""
    left: dict[str, Counter[bytes]] = {}
    unknown: dict[int, list[tuple[int, bytes]]] = {}
    for index in sorted(base.touched):
        known = Counter[bytes]()
        if index in base.paths:
            known = _known(base, base.paths[index])
        unknown[index] = list(_unknown(sources[index], known))
        left.setdefault(sources[index].split, Counter()).update(+known)
    differs = any(unknown.values()) or any(left.values()) or bool(base.gone)
    for source in base.gone if any(unknown.values()) else ():
        left.setdefault(source.split, Counter()).update(_known(base, source.path))
    found = dict.fromkeys(indices, frozenset[int]())
    for index, rows in unknown.items():
        pool = left.get(sources[index].split, Counter())
        new = (line for line, digest in rows if not _take(pool, digest) and digest != _MARK)
        found[index] = frozenset(new)
    return found, differs


def _unknown(source: Source, known: Counter[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are not among `known`, from which the others are taken."""
    line = 0
    for digest in _digests_of(source):
        if not _take(known, digest):
            yield line, digest
        line += digest != _MARK


def _take(pool: Counter[bytes], digest: bytes) -> bool:
    if pool[digest] <= 0:
        return False
    pool[digest] -= 1
    return True


def _all(sources: Sequence[Source], indices: Sequence[int]) -> Fresh:
    """Return every line, as before the first commit."""
    rows = {index: _unknown(sources[index], Counter()) for index in indices}
    return {i: frozenset(line for line, _ in those) for i, those in rows.items()}, True


def _digests_of(source: Source) -> Iterator[bytes]:
    try:
        with open_stream(source.file, lambda data: None) as stream:
            yield from digests(stream)
    except OSError as error:
        raise SourceError(f"{source.path}: {error.strerror or error}") from error


def _known(base: Base, path: str) -> Counter[bytes]:
    """Return how often a file of a commit has each row. Size: O(rows)."""
    with base.repository.content(base.commit, path) as stream:
        if seekable(Source(path)):
            return Counter(digests(stream))
        with TemporaryDirectory(prefix="ftlint-") as folder:
            return Counter(_digests_of(Source(_copied(stream, path, Path(folder)))))


def digests(stream: BinaryIO) -> Iterator[bytes]:
    """Yield a digest of 16 bytes of each line, without its end; a byte-order mark as it is."""
    data, carry = stream.read(len(_MARK)), b""
    if data == _MARK:
        yield data
        data = stream.read(BLOCK)
    while data:
        *rows, carry = (carry + data).split(b"\n")
        yield from map(_digest, rows)
        data = stream.read(BLOCK)
    if carry:
        yield _digest(carry)


def _digest(row: bytes) -> bytes:
    # Git may check files out with other line ends than it keeps.
    return hashlib.blake2b(row.removesuffix(b"\r"), digest_size=16).digest()


def _copied(stream: BinaryIO, path: str, folder: Path) -> str:
    """Copy a file of a commit to `folder`, under a name with the same ending."""
    ending = next((suffix for suffix in SUFFIXES if path.endswith(suffix)), ".jsonl")
    copy = folder / f"{len(os.listdir(folder))}{ending}"
    with copy.open("wb") as file:
        shutil.copyfileobj(stream, file, BLOCK)
    return str(copy)


Fresh = tuple[dict[int, frozenset[int]], bool]
"""New lines by the index of their source, and whether any row has come or gone."""
Lint = Callable[[Sequence[Source], frozenset[str]], Report]
"""Lints sources with the rules of some codes alone, and keeps all findings."""


def narrow(report: Report, found: Changes, lint: Lint, known: frozenset[str]) -> list[Located]:
    """Return the findings of `report` that the changes brought.

    A finding at a new row is new. One at an old row beside a new one, or about a whole file or
    dataset that changed, is new when the same rule does not say it of the base. `known` are
    fingerprints of findings about the file of suppressions as it was.
    """
    sure, doubtful, old = list[Located](), list[Located](), list[Located]()
    sides = _sides(report)
    for finding in report.findings:
        if finding.order[0] >= len(found.sources):
            verdict: bool | None = finding.fingerprint not in known
        else:
            verdict = _verdict(report.dataset, finding, found, sides)
        (doubtful if verdict is None else sure if verdict else old).append(finding)
    if doubtful:
        before = _of_bases(found, lint, frozenset(finding.code for finding in doubtful))
        before.subtract(finding.fingerprint for finding in old)
        for finding in doubtful:
            if before[finding.fingerprint] > 0:
                before[finding.fingerprint] -= 1
            else:
                sure.append(finding)
    return sorted(sure, key=lambda finding: finding.order)


def _sides(report: Report) -> dict[str, int]:
    return {source.path: index for index, source in enumerate(report.dataset.sources)}


def _verdict(
    dataset: Dataset, finding: Located, found: Changes, sides: Mapping[str, int]
) -> bool | None:
    """Return whether a finding is new; None when only the base can tell."""
    source, ordinal = finding.order[:2]
    if ordinal >= 0:
        if found.has(source, ordinal - dataset.facts[source].first):
            return True
        return None if any(_new(place, found, sides) for place in finding.related) else False
    return None if found.altered else False


def _new(place: Place, found: Changes, sides: Mapping[str, int]) -> bool:
    return place.line is not None and found.has(sides.get(place.path, -1), place.line - 1)


def _of_bases(found: Changes, lint: Lint, codes: frozenset[str]) -> Counter[str]:
    """Return how often each fingerprint is found in the dataset as it was, by those rules."""
    known = Counter[str]()
    for number in range(_most(found)):
        with TemporaryDirectory(prefix="ftlint-") as folder:
            sources = list(_restored(found, number, Path(folder)))
            if sources:
                before = lint(sources, codes)
                known |= Counter(finding.fingerprint for finding in before.findings)
    return known


def _most(found: Changes) -> int:
    return max(Counter(base.repository.root for base in found.bases).values(), default=0)


def _restored(found: Changes, number: int, folder: Path) -> Iterator[Source]:
    """Yield the sources as they were at the base `number` of each repository, under their names."""
    by_root: dict[str, list[Base]] = {}
    for base in found.bases:
        by_root.setdefault(base.repository.root, []).append(base)
    for bases in by_root.values():
        base = bases[min(number, len(bases) - 1)]
        for index, path in base.paths.items():
            yield _before_of(base, path, found.sources[index], folder)
        # A file that is gone was a part of the dataset if it lay beside one that is there.
        folders = {os.path.dirname(path) for path in base.paths.values()}
        for source in (gone for gone in base.gone if os.path.dirname(gone.path) in folders):
            yield _before_of(base, source.path, source, folder)


def _before_of(base: Base, path: str, source: Source, folder: Path) -> Source:
    with base.repository.content(base.commit, path) as stream:
        copy = _copied(stream, path, folder)
    return Source(source.path, source.split, source.format, copy)
