"""The child process of `ftlint.tokens.renderer`: renders chat templates as transformers does.

Started as `python -m ftlint.tokens.sandbox`; talks by frames on standard input and output. What a
template sees follows transformers 5.23 (`apply_chat_template`), but for the date: two runs
over the same data are to have the same report.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any

from jinja2 import Template, TemplateError, TemplateSyntaxError, nodes
from jinja2.exceptions import SecurityError
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from ftlint.tokens.renderer import Broken, Job, Limits, Reply, Start, length, receive, send

TODAY = datetime(2026, 1, 1)
"""What `strftime_now` says, whatever the day."""
_LONGEST = 200
"""Code points of a template's own words that are shown."""


class _Generation(Extension):
    """`{% generation %}` marks what the assistant says; it changes nothing in the text."""

    tags = {"generation"}  # noqa: RUF012 (Jinja declares it so)

    def parse(self, parser: Parser) -> nodes.Node:
        """Return the block as a scope of its own: what it sets ends with it."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        return nodes.Scope(body).set_lineno(line)


class _Namespace(Namespace):
    """A namespace without hidden names, by which templates have left the sandbox."""

    def __init__(self, /, *args: Any, **named: Any) -> None:
        values = dict(*args, **named)
        for name in values:
            _refuse_hidden(name)
        super().__init__(values)

    def __setitem__(self, name: str, value: Any) -> None:
        _refuse_hidden(name)
        super().__setitem__(name, value)


def _refuse_hidden(name: object) -> None:
    if isinstance(name, str) and name.startswith("_"):
        raise SecurityError(f"a namespace may not hold {name!r}")


class _Dict:
    """`dict` for templates: the type itself has methods that change what they are given."""

    def __call__(self, *args: Any, **named: Any) -> dict[Any, Any]:
        return dict(*args, **named)

    def fromkeys(self, *args: Any) -> dict[Any, Any]:
        return dict.fromkeys(*args)


def _raise(message: str) -> None:
    raise TemplateError(message)


def _now(form: str) -> str:
    return TODAY.strftime(form)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Return JSON; Jinja's own filter would escape `<` and `&` for HTML."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def environment() -> ImmutableSandboxedEnvironment:
    """Return what templates are compiled in."""
    made = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    made.filters["tojson"] = _tojson
    made.globals |= {
        "raise_exception": _raise,
        "strftime_now": _now,
        "dict": _Dict(),
        "namespace": _Namespace,
    }
    return made


class Sandbox:
    """The compiled templates of one tokenizer."""

    def __init__(self, specials: dict[str, str]) -> None:
        """Keep the special tokens, which templates read as variables."""
        self.specials = specials
        self.templates: dict[str, Template] = {}

    def compile(self, sources: dict[str, str]) -> Broken | None:
        """Compile the templates; return what is wrong with the first that does not."""
        made = environment()
        for name, source in sources.items():
            try:
                self.templates[name] = made.from_string(source)
            except TemplateSyntaxError as error:
                return Broken(name, error.lineno, error.message or "not a template")
            except Exception as error:
                return Broken(name, None, _said(error))
        return None

    def render(self, job: Job) -> Reply:
        """Return the text of a job, or the first message on which the template raises."""
        reply = self._render(job)
        if reply.kind != "raises":
            return reply
        return reply._replace(culprit=self._culprit(job, reply.text))

    def _render(self, job: Job) -> Reply:
        # The choice of transformers: a template for tools wherever there is a list of them.
        name = "tool_use" if job.tools is not None and "tool_use" in self.templates else "default"
        chunks: list[str] = []
        left = job.characters
        try:
            for chunk in self.templates[name].generate(self._context(job)):
                left -= len(chunk)
                if left < 0:
                    most = f"{job.characters:,}".replace(",", " ")
                    return Reply("stopped", f"writes more than {most} characters")
                chunks.append(chunk)
        except MemoryError:
            chunks.clear()
            return Reply("stopped", "needs too much memory")
        except Exception as error:
            return Reply("raises", _said(error))
        return Reply("text", "".join(chunks))

    def _context(self, job: Job) -> dict[str, Any]:
        return {
            **self.specials,
            **job.variables,
            "messages": [_prepared(message) for message in job.messages],
            "tools": job.tools,
            "documents": None,
            "add_generation_prompt": False,
        }

    def _culprit(self, job: Job, reason: str) -> int | None:
        """Return the last message of the shortest beginning that fails alike; None if none."""

        def fails(count: int) -> bool:
            return self._render(job._replace(messages=job.messages[:count])).text == reason

        if fails(0):
            return None
        # A template walks through the messages, so what one breaks stays broken behind it.
        good, bad = 0, len(job.messages)
        while bad - good > 1:
            middle = (good + bad) // 2
            good, bad = (good, middle) if fails(middle) else (middle, bad)
        return bad - 1


_REASONING = ("reasoning_content", "thinking", "reasoning")


def _prepared(message: dict[str, Any]) -> dict[str, Any]:
    """Return the message without nulls, its reasoning under the names that templates read."""
    message = {name: value for name, value in message.items() if value is not None}
    found = next((message[name] for name in _REASONING if name in message), None)
    if found is None:
        return message
    return {"thinking": found, **message, "reasoning_content": found}


def _said(error: Exception) -> str:
    """Return what a template, or Python on its behalf, says went wrong, on one line."""
    text = " ".join(str(error).split())
    if not isinstance(error, TemplateError):
        text = f"{type(error).__name__}: {text}" if text else type(error).__name__
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _timer(seconds: float) -> Callable[[bool], None]:
    """Return what winds up (True) or stops (False) the timer that ends this process."""
    if hasattr(signal, "setitimer"):
        # The default action of the signal ends the process, even in the middle of `10**10**9`.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)

        def wind(on: bool) -> None:
            signal.setitimer(signal.ITIMER_REAL, seconds if on else 0)

        return wind
    import faulthandler

    def watch(on: bool) -> None:
        faulthandler.cancel_dump_traceback_later()
        if on:
            faulthandler.dump_traceback_later(seconds, exit=True)

    return watch


def _limit_memory(limits: Limits, size: int) -> None:
    """Allow for a request of `size` bytes: some copies of it, at up to four bytes a character."""
    with suppress(ImportError, OSError, ValueError):  # not on every system
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory + 32 * size, hard))


def main() -> None:
    """Compile, then render whatever comes, until the other side is gone."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    start: Start = receive(source, length(source))
    wind = _timer(start.limits.seconds)
    _limit_memory(start.limits, 0)
    wind(True)
    sandbox = Sandbox(start.specials)
    broken = sandbox.compile(start.sources)
    wind(False)
    send(sink, broken)
    with suppress(EOFError, BrokenPipeError):
        while True:
            size = length(source)
            _limit_memory(start.limits, size)
            for job in receive(source, size):
                wind(True)
                reply = sandbox.render(job)
                wind(False)
                send(sink, reply)


if __name__ == "__main__":
    main()
