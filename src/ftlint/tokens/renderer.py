"""Renders chat templates in a child process, which cannot hang or outgrow this one.

A template is a program from whoever published the model. Jinja's sandbox keeps it from reaching
anything, but not from looping for ever or from `'a' * 10**9`, and neither a signal nor another
thread of this process can end one long operation of the interpreter. A child can be ended at
any moment: it has a timer and a limit of memory from the system, and dies with us.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import IO, Any, Literal, NamedTuple
from weakref import finalize

from ftlint.tokens.chattemplate import ChatTemplate, TokenizerError
from ftlint.value import dataclass

PATIENCE = 3
"""Examples on which a template may be stopped; one more and the rule counts as failed, because
each of them costs all of the time that there is."""

_LENGTH = struct.Struct(">Q")
_OUT_OF_TIME = -signal.SIGALRM if hasattr(signal, "setitimer") else 1
"""Status of a child that its timer ended, or the watchdog where there are no timers."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What rendering one example may cost. A usual one takes 0.1 ms and a few kilobytes."""

    seconds: float = 5.0
    characters: int = 1_000_000
    """Of output, besides `16` for each byte of the line."""
    memory: int = 1 << 29
    """Bytes of the child, besides `32` for each byte sent; kept where the system can."""


class Job(NamedTuple):
    """One example to render; the last is the limit of its output in code points."""

    messages: list[dict[str, Any]]
    tools: list[dict[str, Any]] | None
    variables: dict[str, Any]
    characters: int


class Reply(NamedTuple):
    """What became of a job: the text, or why there is none."""

    kind: Literal["text", "raises", "stopped"]
    text: str
    culprit: int | None = None
    """Index of the message on which the template raised, if it was one."""


class Start(NamedTuple):
    """The first thing that the child is told."""

    sources: dict[str, str]
    specials: dict[str, str]
    limits: Limits


class Broken(NamedTuple):
    """That a template does not compile."""

    name: str
    line: int | None
    message: str


def send(stream: IO[bytes], value: Any) -> None:
    """Write `value`. Raises: OSError."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)))
    stream.write(data)
    stream.flush()


def length(stream: IO[bytes]) -> int:
    """Return the bytes of the value that follows. Raises: EOFError."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    return int(_LENGTH.unpack(head)[0])


def receive(stream: IO[bytes], size: int) -> Any:
    """Return the value of `size` bytes. Raises: EOFError."""
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    # Pickled by this module on either side: the child is a guard against waste, not against
    # an attacker, who would have to get out of Jinja's sandbox first.
    return pickle.loads(data)


class Renderer:
    """A template and the child that renders it, started on first use."""

    def __init__(self, template: ChatTemplate, limits: Limits) -> None:
        """Keep the template."""
        self.template = template
        self.limits = limits
        self._stops = 0
        self._hopeless = ""
        """Why nothing is rendered any more: other rules need not wait for it again."""
        self._child: subprocess.Popen[bytes] | None = None
        self._end: finalize[..., Any] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        """Return the running child, its template compiled. Raises: TokenizerError."""
        if self._child is None:
            # -P: a file jinja2.py in the working folder must not be what is imported.
            command = [sys.executable, "-P", "-m", "ftlint.tokens.sandbox"]
            pipe, nowhere = subprocess.PIPE, subprocess.DEVNULL
            child = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nowhere)
            self._child = child
            self._end = finalize(self, _close, child, os.getpid())
            self._compile(child)
        return self._child

    def _compile(self, child: subprocess.Popen[bytes]) -> None:
        sources = {each.name: each.source for each in self.template.sources}
        try:
            _tell(child, Start(sources, dict(self.template.specials), self.limits))
            broken: Broken | None = _hear(child)
        except (EOFError, OSError):
            reason = self._why(child)
            said = f"chat template cannot be compiled: it {reason}"
            raise TokenizerError(f"{self.template.origin}: {said}") from None
        if broken:
            self.close()
            raise TokenizerError(self.template.place(broken.name, broken.line) + broken.message)

    def render(self, jobs: Sequence[Job]) -> list[Reply]:
        """Return one reply a job, in their order. Raises: TokenizerError."""
        replies: list[Reply] = []
        if self._hopeless:
            raise TokenizerError(self._hopeless)
        while len(replies) < len(jobs):
            child = self.start()
            try:
                _tell(child, jobs[len(replies) :])
                while len(replies) < len(jobs):
                    replies.append(_hear(child))
            except (EOFError, OSError):
                replies.append(Reply("stopped", self._stopped(child)))
        return replies

    def _stopped(self, child: subprocess.Popen[bytes]) -> str:
        """Return why the child is gone. Raises: TokenizerError."""
        reason = self._why(child)
        self._stops += 1
        if self._stops > PATIENCE:
            self._hopeless = (
                f"{self.template.origin}: chat template was stopped on {self._stops} examples, "
                f"at last because it {reason}"
            )
            raise TokenizerError(self._hopeless)
        return reason

    def _why(self, child: subprocess.Popen[bytes]) -> str:
        self.close()
        status = child.returncode
        if status == _OUT_OF_TIME:
            return f"does not end within {self.limits.seconds:g} s"
        return f"ends the process that renders it (status {status})"

    def close(self) -> None:
        """End the child."""
        if self._end:
            self._end()
        self._child = self._end = None


def _tell(child: subprocess.Popen[bytes], value: Any) -> None:
    assert child.stdin
    send(child.stdin, value)


def _hear(child: subprocess.Popen[bytes]) -> Any:
    assert child.stdout
    return receive(child.stdout, length(child.stdout))


def _close(child: subprocess.Popen[bytes], owner: int) -> None:
    """End a child that this process started; a fork has the object, but not the child."""
    if os.getpid() != owner:
        return
    assert child.stdin and child.stdout
    child.stdout.close()
    with suppress(OSError):
        child.stdin.close()  # flushes
    try:
        child.wait(1)  # a child that is idle ends by itself, and then its status is its own
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def renderer(
    template: ChatTemplate, limits: Limits | None = None, process: int | None = None
) -> Renderer:
    """Return the renderer of a template, one a process: forks must not share a child."""
    return _renderer(template, limits or Limits(), process or os.getpid())


@lru_cache(maxsize=4)
def _renderer(template: ChatTemplate, limits: Limits, process: int) -> Renderer:
    return Renderer(template, limits)
