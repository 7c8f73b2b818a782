"""Completion of words that hold a colon or an equals sign, where click's would go wrong.

bash ends a word at the signs of `COMP_WORDBREAKS`, so that `openai:gpt-4.1` comes as three words,
of which it replaces the last one. The script of click passes these on; ours passes the line. zsh
and fish replace all of `--shape=al`, so they must be told all of it.
"""

from __future__ import annotations

import os
from typing import Any

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

_SCRIPT = """\
%(complete_func)s() {
    local line="${COMP_LINE:0:COMP_POINT}" response type value
    response=$(env COMP_LINE="$line" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete $1)
    COMPREPLY=()
    while IFS=, read -r type value; do
        case $type in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain)
                COMPREPLY+=("$value")
                if [[ $value == *[:=] ]]; then compopt -o nospace; fi ;;
        esac
    done <<< "$response"
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""


class Bash(BashComplete):
    """Completion from the whole line; of a value only what follows the last break is returned."""

    source_template = _SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that word."""
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)
        word = "" if not words or line[-1].isspace() else words.pop()
        return words[1:], word

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """Return what may stand in place of the part of the word that bash replaces."""
        word = incomplete.partition("=")[2] if incomplete.startswith("--") else incomplete
        breaks = os.environ.get("COMP_WORDBREAKS", "=:")
        kept = max((place + 1 for place, sign in enumerate(word) if sign in breaks), default=0)
        found = super().get_completions(args, incomplete)
        for item in found:
            if item.type == "plain" and item.value.startswith(word):
                item.value = item.value[kept:]
        return found


class _Whole(ShellComplete):
    """Completion of a value together with the `--option=` before it."""

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[Any]]:
        """Return what may stand in place of the whole word."""
        option, equals, _ = incomplete.partition("=")
        found = super().get_completions(args, incomplete)
        for item in found:
            if item.type == "plain" and equals and option.startswith("--"):
                item.value = f"{option}={item.value}"
        return found


_LISTED = "compadd -U -V unsorted -a completions"


class Zsh(_Whole, ZshComplete):
    """Completion in zsh, without a space after what ends in an equals sign."""

    source_template = ZshComplete.source_template.replace(
        _LISTED,
        f"""if [[ "$completions[1]" == *= ]]; then
            compadd -S '' {_LISTED.removeprefix("compadd ")}
        else
            {_LISTED}
        fi""",
    )


class Fish(_Whole, FishComplete):
    """Completion in fish."""


def register() -> None:
    """Put our completion in the place of click's."""
    for shell in (Bash, Zsh, Fish):
        add_completion_class(shell)
