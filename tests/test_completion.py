"""Completion: what shells ask and are told, and what real ones make of it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import shutil
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from command import CLEAN

from ftlint.configuration.catalogue import builtin

PATIENCE = 60
"""Seconds that a shell may take to answer on a busy machine."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with data, a folder of it, and a program `ftlint` in bin/."""
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "ftlint"
    script.write_text(f"#!{sys.executable}\nfrom ftlint.cli import main\n\nmain()\n")
    script.chmod(0o755)
    (tmp_path / "train-1.jsonl").write_bytes(CLEAN)
    (tmp_path / "our-rules").mkdir()
    return tmp_path


def environ(folder: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", **more}


def said(folder: Path, shell: str, **more: str) -> list[str]:
    """Return what ftlint tells `shell`, as lines."""
    done = subprocess.run(
        ["ftlint"],
        cwd=folder,
        env=environ(folder, _FTLINT_COMPLETE=f"{shell}_complete", **more),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def told(folder: Path, line: str, breaks: str = "\"'@><=;|&(:") -> list[str]:
    """Return what ftlint tells bash of a line, whose cursor is at its end."""
    return said(folder, "bash", COMP_LINE=line, COMP_WORDBREAKS=breaks)


def words(folder: Path, line: str) -> list[str]:
    answers = [answer.partition(",") for answer in told(folder, line)]
    assert {kind for kind, _, _ in answers} <= {"plain"}
    return [word for _, _, word in answers]


# What is told


@pytest.mark.parametrize(
    ("line", "known"),
    [
        ("ftlint ch", ["check"]),
        ("ftlint model f", ["fetch"]),
        ("ftlint check --upd", ["--update-baseline"]),
        ("ftlint rule role-inv", ["role-invalid"]),
        ("ftlint rule FT107", ["FT107"]),
        ("ftlint rule ft107", ["FT107"]),
        ("ftlint ignore train.jsonl:3 role-inv", ["role-invalid"]),
        ("ftlint check --select role-inv", ["role-invalid"]),
        ("ftlint check --select FT107,role-inv", ["FT107,role-invalid"]),
        ("ftlint check --ignore DEF", ["DEFAULT"]),
        ("ftlint check --select=role-inv", ["role-invalid"]),
        ("ftlint check --severity role-inv", ["role-invalid"]),
        ("ftlint check --severity FT107=w", ["warning"]),
        ("ftlint check --target open", ["openai"]),
        ("ftlint check --target openai:gpt-4.1-mini-", ["gpt-4.1-mini-2025-04-14"]),
        ("ftlint plan a.jsonl --target=openai:gpt-4.1-mini-", ["gpt-4.1-mini-2025-04-14"]),
        ("ftlint targets mistral-", ["mistral-finetune"]),
        ("ftlint check --encoding o2", ["o200k_base"]),
        ("ftlint check --shape al", ["alpaca"]),
        ("ftlint convert a.jsonl --to conv", ["converse"]),
        ("ftlint check --method pre", ["pretrain"]),
        ("ftlint check --format sa", ["sarif"]),
        ("ftlint check -o sa", ["sarif="]),
        ("ftlint check --fail-on n", ["note", "never"]),
        ("ftlint augment a.jsonl --counterfactual g", ["gender"]),
        ("ftlint model fetch detoxify-u", ["detoxify-unbiased"]),
    ],
)
def test_words(folder: Path, line: str, known: list[str]) -> None:
    assert words(folder, line) == known


def test_families_come_before_rules(folder: Path) -> None:
    families = sorted({rule.code[:3] for rule in builtin()})
    assert words(folder, "ftlint check --select ") == [*families, "ALL", "DEFAULT"]
    codes = [rule.code for rule in builtin() if rule.code.startswith("FT10")]
    assert words(folder, "ftlint rule FT10") == codes and len(codes) > 5


def test_rules_of_packs_are_known(folder: Path) -> None:
    text = """\
code: ACME001
name: internal-name
kind: lexicon
severity: error
message: "{term}"
summary: Text names a project.
why: it is not public.
terms: [Bluefin]
good: [{example: {messages: [{role: user, content: Hi}, {role: assistant, content: Hello!}]}}]
bad:
  - example: {messages: [{role: user, content: Hi}, {role: assistant, content: Bluefin.}]}
    at: /messages/1/content
"""
    (folder / "our-rules" / "rule.yaml").write_text(text)
    (folder / "ftlint.yaml").write_text("packs: [our-rules]\n")
    assert words(folder, "ftlint rule internal-") == ["internal-name"]
    assert words(folder, "ftlint rule AC") == ["ACME"]
    (folder / "ftlint.yaml").write_text("packs: [gone]\n")  # the built-in rules remain
    assert words(folder, "ftlint rule role-inv") == ["role-invalid"]


def test_a_bash_that_does_not_break_at_colons(folder: Path) -> None:
    line = "ftlint check --target openai:gpt-4.1-mini-"
    assert told(folder, line, "=") == ["plain,openai:gpt-4.1-mini-2025-04-14"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("ftlint check tr", "file,tr"),
        ("ftlint check --train a.jsonl b", "file,b"),
        ("ftlint check --target ./o", "file,./o"),
        ("ftlint check --tokenizer ./m", "dir,./m"),
        ("ftlint test our", "dir,our"),
        ("ftlint compare old.jsonl n", "file,n"),
        ("ftlint report r", "file,r"),
    ],
)
def test_files_are_left_to_the_shell(folder: Path, line: str, kind: str) -> None:
    assert told(folder, line) == [kind]


def test_zsh_and_fish_show_what_a_rule_finds(folder: Path) -> None:
    zsh = said(folder, "zsh", COMP_WORDS="ftlint rule role-inv", COMP_CWORD="2")
    assert zsh[:2] == ["plain", "role-invalid"] and zsh[2].startswith("FT107: ")
    fish = said(folder, "fish", COMP_WORDS="ftlint rule role-inv", COMP_CWORD="role-inv")
    assert fish[0].startswith("plain,role-invalid\tFT107: ")


# What shells make of it


class Terminal:
    """A shell in a terminal of its own, which is typed at."""

    def __init__(self, command: list[str], folder: Path, **more: str) -> None:
        """Start the shell."""
        self.shown = b""
        self.handle, theirs = pty.openpty()
        self.child = subprocess.Popen(
            command,
            cwd=folder,
            env=environ(folder, TERM="dumb", **more),
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(theirs)

    def type(self, text: str) -> None:
        os.write(self.handle, text.encode())

    def wait_for(self, text: str) -> None:
        """Read until `text` is shown, from here on. Raises: AssertionError."""
        end = time.monotonic() + PATIENCE
        while text.encode() not in self.shown:
            ready, _, _ = select.select([self.handle], [], [], end - time.monotonic())
            assert ready, f"{text!r} is not in {self.shown!r}"
            self.shown += os.read(self.handle, 4096)
        self.shown = self.shown.partition(text.encode())[2]

    def close(self) -> None:
        os.close(self.handle)
        self.child.wait(PATIENCE)


TYPED = [
    ("ftlint ch\t", "ftlint check "),
    ("ftlint check --target openai:gpt-4.1-mini-\t", "openai:gpt-4.1-mini-2025-04-14"),
    ("ftlint check --select FT107,role-inv\t", "--select FT107,role-invalid"),
    ("ftlint check --shape=al\t", "--shape=alpaca"),
    ("ftlint check tr\t", "ftlint check train-1.jsonl"),
    ("ftlint check -o sa\tx.sarif", "-o sarif=x.sarif"),
]


SHELLS = {
    "bash": ["--norc", "--noprofile", "-i"],
    "zsh": ["-f", "-i"],
}
BEFORE = {
    "bash": "bind 'set enable-bracketed-paste off'\n",
    "zsh": "unsetopt prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -d ./dump\n",
}
"""What a shell is told first: that nothing stands between what is typed and what is shown."""
SEEN = [
    (shell, *case)
    for shell, cases in (("bash", TYPED), ("zsh", TYPED))
    if shutil.which(shell)  # a shell that is not there is nobody's
    for case in cases
]


@pytest.mark.parametrize(("shell", "typed", "shown"), SEEN, ids=lambda word: word.strip())
def test_a_real_shell(folder: Path, shell: str, typed: str, shown: str) -> None:
    terminal = Terminal([shell, *SHELLS[shell]], folder, PS1="> ")
    terminal.type(f"stty cols 200; {BEFORE[shell]}")
    terminal.type(f'eval "$(_FTLINT_COMPLETE={shell}_source ftlint)"; echo rea""dy\n')
    terminal.wait_for("ready")
    terminal.type(typed)
    terminal.wait_for(shown)
    terminal.close()


def test_a_real_fish(folder: Path) -> None:
    if shutil.which("fish") is None:
        return  # nothing to be seen; what it would be told is tested above
    cases = {
        "ftlint ch": "check",
        "ftlint rule role-inv": "role-invalid",
        "ftlint check --target openai:gpt-4.1-mini-": "openai:gpt-4.1-mini-2025-04-14",
        "ftlint check --shape=al": "--shape=alpaca",
        "ftlint check -o sa": "sarif=",
        "ftlint check tr": "train-1.jsonl",
    }
    asked = "; ".join(f"complete -C '{line}'; echo ---" for line in cases)
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_DATA_HOME": str(folder)}
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"_FTLINT_COMPLETE=fish_source ftlint | source; {asked}"],
        cwd=folder,
        env=environ(folder, **home),
        capture_output=True,
        text=True,
    )
    for shown, answer in zip(cases.values(), done.stdout.split("---\n"), strict=False):
        assert shown in [line.split("\t")[0] for line in answer.splitlines()], done.stderr
