"""Help pages: what a command does, examples, its options in groups, its exit statuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

_WIDEST = 27
"""Columns that the name of an option takes; what is longer has its meaning on the next line."""
_FEW = 15
"""Options that need no groups."""


class Entry(click.Option):
    """An option with the title of the group that it stands in."""

    def __init__(self, *names: Any, group: str = "Options", **rest: Any) -> None:
        """Make an option of `group`."""
        super().__init__(*names, **rest)
        self.group = group


class Choice(click.Choice):  # type: ignore[type-arg] # click 8.1 takes no argument
    """One of several words; the answer to another one names the nearest."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the word. Raises: BadParameter."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            from ftlint.configuration.document import suggest

            near = suggest(str(value), map(str, self.choices))
            self.fail(f"{error.message.rstrip('.')}{near}", param, ctx)


def together(*options: Decorator) -> Decorator:
    """Return options as one decorator; help shows them in this order."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _told(meaning: str) -> str:
    """Return a meaning without the brackets that click puts around a default in words."""
    return re.sub(r"\[default: \((.+)\)(; [^\]]+)?\]$", r"[default: \1\2]", meaning)


class _Page(click.Command):
    """What the pages of commands and of groups share."""

    def __init__(
        self,
        *rest: Any,
        examples: Sequence[tuple[str, str]] = (),
        statuses: Mapping[int, str] | None = None,
        **more: Any,
    ) -> None:
        """Make a command with `examples` (command line, meaning) and exit `statuses`."""
        super().__init__(*rest, **more)
        self.examples = tuple(examples)
        self.statuses = dict(statuses or {})

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the whole page."""
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                self._format_examples(formatter)
        self.format_options(ctx, formatter)
        if self.statuses:
            with formatter.section("Exit status"):
                formatter.write_dl([(str(each), what) for each, what in self.statuses.items()])

    def _format_examples(self, formatter: click.HelpFormatter) -> None:
        """Write the examples beside what they do, or above it where one is long."""
        widest = max(len(line) for line, _ in self.examples)
        if widest <= formatter.width // 2 + 6:
            formatter.write_dl(self.examples, widest)
            return
        for line, what in self.examples:
            formatter.write(f"{'':{formatter.current_indent}}{line}\n")
            with formatter.indentation():
                formatter.indent()
                formatter.write_text(what)
                formatter.dedent()


class Manual(_Page):
    """A command whose page has its options in groups, if it has many."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group; what has no group stands in the last one."""
        groups: dict[str, list[tuple[str, str]]] = {}
        title = "Options"
        many = len(self.get_params(ctx)) > _FEW
        for param in self.get_params(ctx):
            title = getattr(param, "group", title) if many else title
            record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
            if record is not None:
                groups.setdefault(title, []).append((record[0], _told(record[1])))
        names = [name for rows in groups.values() for name, _ in rows]
        width = max((len(name) for name in names if len(name) <= _WIDEST), default=0)
        for title, rows in groups.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:<{width}}", what) for name, what in rows], width)


class Overview(_Page, click.Group):
    """A group of commands; its page has them in an order that tells what comes first."""

    def __init__(
        self, *rest: Any, sections: Mapping[str, Sequence[str]] | None = None, **more: Any
    ) -> None:
        """Make a group that shows its commands under the titles of `sections`."""
        super().__init__(*rest, **more)
        self.sections = dict(sections or {})

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one line a command."""
        limit = formatter.width - 6 - max(map(len, self.commands))
        width = max(map(len, self.commands))
        for title, names in (self.sections or {"Commands": [*self.commands]}).items():
            with formatter.section(title):
                formatter.write_dl(
                    [
                        (f"{name:<{width}}", self.commands[name].get_short_help_str(limit))
                        for name in names
                    ]
                )

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, then the few options of the group itself."""
        self.format_commands(ctx, formatter)
        click.Command.format_options(self, ctx, formatter)
