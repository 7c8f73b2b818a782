"""No figure of a provider stands in code: prices, limits and contexts are data."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from targeting import folder, own, rule

import ftlint
from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config
from ftlint.configuration.selection import choose
from ftlint.targets.model import Amount, Whole
from ftlint.targets.target import figures, names, read, usual

__all__ = ["folder", "own"]  # fixtures


MEANT = {
    ("encoding.py", 65536): "characters of a text whose count is kept",
    ("instruction.py", 16384): "characters of a prefix that are compared",
    ("instruction.py", 65536): "bytes of a line that is looked at",
    ("terminal.py", 65536): "the end of the basic multilingual plane",
    ("schema.py", 4096): "names that are remembered",
    ("name.py", 4096): "names that are remembered",
    ("normalisearray.py", 65536): "the end of the basic multilingual plane",
    ("quotearray.py", 1000): "bytes for each quotation mark that is looked at alone",
    ("sample.py", 1000): "what three digits can say",
    ("normalise.py", 65536): "the end of the basic multilingual plane",
    ("shingle.py", 4096): "the first code point of Myanmar",
    ("duplicate.py", 1000): "lines from which a faster decoder is worth its import",
    ("selection.py", 1000): "the rank of an exact selector",
    ("outcome.py", 1000): "thousandths, in which lengths are summed",
    ("scoring.py", 4096): "places that are read at once",
    ("embedding.py", 8192): "vectors that are kept",
    ("identity.py", 4096): "texts that are remembered",
    ("inference.py", 4096): "tokens of a batch on a processor",
    ("inference.py", 65536): "tokens of a batch on a graphics card",
    ("person.py", 16384): "words that are remembered",
    ("language.py", 8192): "texts whose language is remembered",
    ("sarif.py", 25000): "results that GitHub takes",
    ("affix.py", 1000): "different completions that are counted",
    ("affix.py", 10000): "characters of a long completion",
    ("shingle.py", 131072): "the first code point of the supplementary ideographs",
    ("homogeneity.py", 10000): "terms of a series",
    ("syntax.py", 10000): "copies that anchors of a YAML file may make",
    ("diversity.py", 16000): "bytes that are compressed at once",
    ("diversity.py", 5000): "pairs of words that are looked at",
    ("splice.py", 4096): "characters in which the habits of a line are looked for",
    ("conflict.py", 10000): "contradictions whose answers are told",
    ("stamp.py", 20000): "files of a folder that are looked at",
    ("memory.py", 4096): "characters of the longest path",
    ("snippet.py", 4096): "characters beside the window of a snippet",
    ("secret.py", 20000): "characters of the longest key block",
}
"""Numbers of the code that are also figures of a provider, by chance."""
ORDINARY = {1024}
"""Figures that a program holds for many other reasons."""
MEASURE = re.compile("price|cost|limit|context|image", re.IGNORECASE)


def modules() -> list[tuple[str, ast.Module]]:
    paths = sorted(Path(ftlint.__file__).parent.rglob("*.py"))
    return [(path.name, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def figure_values() -> set[float]:
    """Return the figures that are large enough to be told from any other number."""
    every = [figure for name in names() for _, figure in figures(read(name))]
    known = {each.value for each in every if isinstance(each, Whole | Amount)}
    return {value for value in known if value >= 1000} - ORDINARY


def test_no_figure_of_a_provider_stands_in_code() -> None:
    figures = figure_values()
    assert {65536, 16385, 512_000_000, 25_501} <= figures
    found = {
        (name, node.value)
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and type(node.value) in (int, float)
        and node.value in figures
    }
    assert found - set(MEANT) == set(), "a limit belongs into rules/targets; is it none? MEANT"


def named(node: ast.AST) -> tuple[list[str], ast.expr | None]:
    """Return what an option or a constant is called, and its value."""
    if isinstance(node, ast.AnnAssign) and "ClassVar" not in ast.unparse(node.annotation):
        return [ast.unparse(node.target)], node.value
    if isinstance(node, ast.Assign):
        words = [ast.unparse(target) for target in node.targets]
        return [word for word in words if word.isupper()], node.value
    return [], None


def test_no_option_or_constant_called_price_or_limit_has_a_number() -> None:
    found = [
        (name, words)
        for name, tree in modules()
        for words, value in map(named, ast.walk(tree))
        if any(map(MEASURE.search, words))
        and isinstance(value, ast.Constant)
        and type(value.value) in (int, float)
        and value.value != 0
    ]
    assert found == []


def test_without_a_target_the_limits_are_those_of_openai() -> None:
    assert usual() == {name: read("openai").rules[name] for name in usual()}
    rules = tuple(builtin())
    assert rule(rules, "min-examples").limit == 10
    assert rule(rules, "file-too-large").limit == 512_000_000
    found = choose(Config(), rules, None, (), (), "openai")
    own = {
        "FT018": "method-mismatch",
        "FT185": "role-not-taken",
        "FT189": "max-examples",
        "FT208": "model-retired",
        "FT209": "model-closing",
    }
    usual_rules = {r.code: r for r in choose(Config(), rules).rules}
    differing = {r.code: r.name for r in found.rules if usual_rules.get(r.code) != r}
    assert differing == own, "what is dated, and what nobody has asked for"
