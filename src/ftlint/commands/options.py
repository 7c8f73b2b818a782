"""Options that several commands have, and those of `ftlint check` in the groups of its help."""

from __future__ import annotations

from functools import partial

import click

from ftlint.commands.complete import (
    encoding_names,
    files,
    folders,
    method_names,
    reports,
    selectors,
    severities,
    shape_names,
    target_names,
)
from ftlint.commands.manual import Choice, Decorator, Entry, together
from ftlint.console.rendering import FORMATS, TABLES

LEVELS = ("error", "warning", "note")

option = partial(click.option, cls=Entry)
_data = partial(option, group="Data")
_rules = partial(option, group="Rules")
_report = partial(option, group="Report")
_fixes = partial(option, group="Fixes")
_known = partial(option, group="Old findings")
_run = partial(option, group="Run")

# What several commands ask.

config = _run(
    "--config",
    metavar="PATH",
    shell_complete=files,
    show_default="nearest ftlint.yaml or pyproject.toml",
    help="Read the configuration from this file.",
)
jobs = _run(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="N",
    show_default="1 below 32 MB of data, else one a core",
    callback=lambda context, parameter, value: value or 0,
    help="Use so many processes; the report is the same.",
)
quiet = _report("-q", "--quiet", is_flag=True, help="Show no summary and no progress.")
force = option("--force", is_flag=True, help="Replace files that are there already.")
target = _rules(
    "--target",
    metavar="PROVIDER:MODEL",
    shell_complete=target_names,
    show_default="target: of the configuration",
    help="Who trains, such as openai:gpt-4.1-mini; ftlint targets lists them.",
)
targets = _rules(
    "--target",
    "targets",
    multiple=True,
    metavar="NAME",
    shell_complete=target_names,
    show_default="what all OpenAI-compatible providers take",
    help="Who trains: openai:gpt-4.1-mini, together, ./own.yaml, …; ftlint targets lists them. "
    "May be repeated: findings then say whom they concern.",
)
encoding = _rules(
    "--encoding",
    metavar="NAME",
    shell_complete=encoding_names,
    show_default="that of the target's model",
    help="Count tokens in this encoding: o200k_base, cl100k_base.",
)
tokenizer = _rules(
    "--tokenizer",
    metavar="DIR",
    shell_complete=folders,
    help="Folder of a Hugging Face tokenizer: its chat template renders every example, which is "
    "counted in its tokens.",
)
select = _rules(
    "--select",
    multiple=True,
    metavar="RULES",
    shell_complete=selectors,
    show_default="select: of the configuration, else DEFAULT",
    help="Run only these: codes, beginnings of codes or names, with commas between them "
    "(FT1,no-user); DEFAULT; ALL.",
)
ignore = _rules(
    "--ignore",
    multiple=True,
    metavar="RULES",
    shell_complete=selectors,
    help="Leave these out: written as for --select.",
)
report_format = _report(
    "--format",
    "format_",
    type=Choice(FORMATS),
    default="full",
    show_default=True,
    help="Form of the report.",
)
output = _report(
    "--output",
    metavar="PATH",
    shell_complete=files,
    show_default="standard output",
    help="File to write the report to.",
)
statistics = _report(
    "--statistics", is_flag=True, help="Show counts a rule in place of single findings."
)
color = _report(
    "--color",
    type=Choice(["auto", "always", "never"]),
    default="auto",
    show_default=True,
    help="Use colours; auto: on a terminal, unless NO_COLOR is set.",
)


def summary_format(*words: str) -> Decorator:
    """Return the option that says in which form a command tells what it did."""
    return _report(
        "--format",
        "format_",
        type=Choice(words),
        default=words[0],
        show_default=True,
        help="Form of what is told on standard output.",
    )


# What `ftlint check` asks.

DATA = together(
    _data(
        "--train",
        multiple=True,
        metavar="PATH",
        shell_complete=files,
        help="Training data, as PATH is without an option; may be repeated.",
    ),
    _data(
        "--validation",
        multiple=True,
        metavar="PATH",
        shell_complete=files,
        help="Held-out data, which must not leak into training data; may be repeated.",
    ),
    _data(
        "--shape",
        metavar="NAME",
        shell_complete=shape_names,
        show_default="what the files show",
        help="Shape of the records: chat, preference, alpaca, …",
    ),
    _data(
        "--method",
        metavar="NAME",
        shell_complete=method_names,
        show_default="what shape and target say",
        help="How it is trained on: sft, dpo, kto, rft, completion, pretrain.",
    ),
    _data(
        "--grader",
        metavar="FILE",
        shell_complete=files,
        help="Grader of a reinforcement job, as JSON: what it reads must be in every record.",
    ),
    _data(
        "--benchmark",
        "benchmarks",
        multiple=True,
        metavar="NAME=PATH",
        shell_complete=files,
        help="Test set whose items must not be in training data; may be repeated.",
    ),
)

RULES = together(
    targets,
    encoding,
    tokenizer,
    select,
    ignore,
    _rules(
        "--severity",
        multiple=True,
        metavar="RULES=LEVEL",
        shell_complete=severities,
        help="Change severities: FT125=error; levels are error, warning, note.",
    ),
    _rules(
        "--fail-on",
        type=Choice([*LEVELS, "never"]),
        show_default="fail-on: of the configuration, else error",
        help="Lowest severity that makes the exit status 1.",
    ),
)

REPORT = together(
    report_format,
    output,
    _report(
        "-o",
        "outputs",
        multiple=True,
        metavar="FORMAT=PATH",
        shell_complete=reports((*FORMATS, *TABLES)),
        help="Write a further report, such as json=run.json; may be repeated. csv= and parquet= "
        "write what was measured, one row an example.",
    ),
    statistics,
    _report(
        "--max-findings",
        type=click.IntRange(0),
        metavar="N",
        show_default="500",
        help="List at most so many findings of a rule; 0 lists all. All are counted.",
    ),
    _report(
        "--show-content",
        is_flag=True,
        help="Quote also what is private, such as abuse.",
    ),
    quiet,
    color,
)

FIXES = together(
    _fixes(
        "--diff",
        is_flag=True,
        help="Show what --fix would change, write nothing; exit status 1 if there is anything.",
    ),
    _fixes("--fix", is_flag=True, help="Write safe fixes; ftlint undo takes them back."),
    _fixes(
        "--unsafe-fixes",
        is_flag=True,
        help="With --diff or --fix: also fixes that change what is trained on.",
    ),
    _fixes(
        "--rejects",
        metavar="FILE",
        shell_complete=files,
        help="With --fix --unsafe-fixes: move lines that still have an error to the end of this "
        "file.",
    ),
)

KNOWN = together(
    _known(
        "--baseline",
        metavar="FILE",
        shell_complete=files,
        show_default="baseline: of the configuration",
        help="Report only what this file does not know.",
    ),
    _known("--update-baseline", is_flag=True, help="Write all findings to the baseline file."),
    _known("--prune", is_flag=True, help="Remove what is gone from the baseline file."),
    _known("--no-baseline", is_flag=True, help="Report also what the configured baseline knows."),
    _known(
        "--no-suppressions",
        is_flag=True,
        help="Report also what .ftlint-ignore.yaml accepts.",
    ),
    _known("--changed", is_flag=True, help="Report only rows that git's HEAD does not have."),
    _known(
        "--since",
        metavar="REV",
        help="Report only rows that came since this branch left the revision REV.",
    ),
)

RUN = together(
    config,
    jobs,
    _run("--watch", is_flag=True, help="Run again whenever data or configuration change."),
    _run(
        "--offline",
        is_flag=True,
        help="Send no text to a service, even if the configuration names one as judge.",
    ),
    _run("--no-cache", is_flag=True, help="Neither use nor keep results on disk."),
    _run(
        "--cache-dir",
        metavar="DIR",
        shell_complete=folders,
        show_default="$FTLINT_CACHE_DIR, else ~/.cache/ftlint",
        help="Folder in which results are kept.",
    ),
)
