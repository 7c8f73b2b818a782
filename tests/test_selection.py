"""Which rules run: presets, selectors, severities, and mistakes in them."""

from __future__ import annotations

from typing import Any

import pytest
from configured import ERROR, NOTE, RULES, WARNING, folder, made, message, rule

from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config
from ftlint.configuration.selection import choose, preset
from ftlint.error import UsageError
from ftlint.finding import Severity

__all__ = ["folder"]  # fixtures


def codes(config: Config, *line: Any) -> str:
    return " ".join(rule.code for rule in choose(config, RULES, *line).rules)


def test_presets() -> None:
    assert codes(Config("minimal")) == "FT009 FT101 FT104"
    assert codes(Config("recommended")) == "FT009 FT101 FT104 FT112 FT301 FTX001"
    assert codes(Config("strict")) == "FT009 FT101 FT104 FT112 FT119 FT301 FT302 FTX001"
    assert preset("minimal").min_severity == "error"
    assert [choose(Config(name), RULES).fail_on for name in ("minimal", "recommended")] == [
        ERROR, ERROR
    ]  # fmt: skip
    assert choose(Config("strict"), RULES).fail_on is WARNING


def test_strict_leaves_out_what_holds_for_some_targets_only() -> None:
    special = [rule("FT150", "tool-call-id-mistral"), rule("FT151", "content-and-tool-calls")]
    config = Config("strict")
    assert [each.code for each in choose(config, special).rules] == []
    # A file may ask for one of them all the same: it stands above its preset.
    config = Config("strict", select=("FT150",))
    assert [each.code for each in choose(config, special).rules] == ["FT150"]
    assert [each.code for each in choose(Config("strict", select=("FT1",)), special).rules] == []


def test_presets_name_rules_that_exist() -> None:
    for name in ("minimal", "recommended", "strict"):
        base = preset(name)
        choose(Config(), builtin(), [*base.select, *base.ignore, *base.severity])


EVERYTHING = "FT009 FT101 FT104 FT112 FT119 FT301 FT302 FTX001"


@pytest.mark.parametrize(
    ("selectors", "told"),
    [
        (["FT104"], "FT104"),
        (["content-empty"], "FT104"),
        (["FT1"], "FT101 FT104 FT112"),
        (["FT10"], "FT101 FT104"),
        (["FT"], "FT009 FT101 FT104 FT112 FT301"),
        (["FTX"], "FTX001"),
        (["FTX0", "FT3"], "FT301 FTX001"),
        (["DEFAULT"], "FT009 FT101 FT104 FT112 FT301 FTX001"),
        (["ALL"], EVERYTHING),
        (["FT119"], "FT119"),
        (["slow-check", "FT1"], "FT101 FT104 FT112 FT302"),
        ([], ""),
    ],
)
def test_selectors(selectors: list[str], told: str) -> None:
    assert codes(Config(), selectors) == told


@pytest.mark.parametrize(
    ("select", "ignore", "told"),
    [
        (["FT1"], ["FT104"], "FT101 FT112"),
        (["FT104"], ["FT1"], "FT104"),
        (["FT10"], ["FT1"], "FT101 FT104"),
        (["FT1"], ["FT10"], "FT112"),
        (["FT104"], ["content-empty"], ""),
        (["FT1"], ["FT1"], ""),
        (["ALL"], ["FT1"], "FT009 FT301 FT302 FTX001"),
        (["ALL"], ["DEFAULT"], "FT119 FT302"),
        (["FT3"], ["ALL"], "FT301"),
        (["ALL", "FT1"], ["FT11"], "FT009 FT101 FT104 FT301 FT302 FTX001"),
    ],
)
def test_the_more_specific_wins(select: list[str], ignore: list[str], told: str) -> None:
    assert codes(Config(), select, ignore) == told


def test_the_file_adds_to_its_preset() -> None:
    assert codes(Config("minimal", select=("FT3",))) == "FT009 FT101 FT104 FT301"
    # What the file selects need not be an error, even under `minimal`.
    assert codes(Config("minimal", select=("FT1",))) == "FT009 FT101 FT104 FT112"
    assert codes(Config("minimal", ignore=("FT1",))) == "FT009"


def test_the_command_line_replaces_selecting_and_adds_to_ignoring() -> None:
    config = Config(select=("FT302",), ignore=("FT104",))
    assert codes(config, ["FT1"]) == "FT101 FT112"
    assert codes(config, ["FT1"], ["no-user"]) == "FT101"
    assert codes(config, None, ["FT1", "FT0"]) == "FT301 FT302 FTX001"
    # Naming a rule on the command line says more than a file that ignores it for every day.
    assert codes(config, ["FT104"]) == "FT104"


def test_severities() -> None:
    config = Config(severity={"FT1": "note", "FT104": "warning", "slow-check": "error"})

    def levels(*line: str) -> dict[str, Severity]:
        return dict(choose(config, RULES, None, (), line).severities)

    assert levels() == {"FT101": NOTE, "FT104": WARNING, "FT112": NOTE}
    assert levels("FT1=error") == {"FT101": ERROR, "FT104": WARNING, "FT112": ERROR}
    assert levels("content-empty=note", "FT104=error")["FT104"] is ERROR
    assert levels("ALL=note", "FT3=error")["FT301"] is ERROR
    assert levels("ALL=note")["FT009"] is NOTE


def test_fail_on() -> None:
    assert choose(Config(fail_on="never"), RULES).fail_on is None
    assert choose(Config("strict", fail_on="note"), RULES).fail_on is NOTE


FORMS = "(codes, prefixes of codes, names, DEFAULT or ALL)"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ((["content-emty"],), "--select: unknown selector 'content-emty'; did you mean "
         "'content-empty'?"),
        ((["ft104"],), "--select: unknown selector 'ft104'; did you mean 'FT104'?"),
        ((["FT9"],), f"--select: unknown selector 'FT9' {FORMS}"),
        (([""],), f"--select: unknown selector '' {FORMS}"),
        (([".*"],), f"--select: unknown selector '.*' {FORMS}"),
        ((None, ["F"]), f"--ignore: unknown selector 'F' {FORMS}"),
        ((None, [], ["xyz=note"]), f"--severity: unknown selector 'xyz' {FORMS}"),
        ((None, [], ["FT1"]), "--severity: 'FT1' is not RULE=LEVEL (levels: error, warning, note)"),
        ((None, [], ["FT1=bad"]), "--severity: 'FT1=bad' is not RULE=LEVEL (levels: error, "
         "warning, note)"),
        ((None, [], ["=note"]), "--severity: '=note' is not RULE=LEVEL (levels: error, warning, "
         "note)"),
    ],
)  # fmt: skip
def test_wrong_selectors_on_the_command_line(line: tuple[Any, ...], told: str) -> None:
    assert message(lambda: choose(Config(), RULES, *line), UsageError) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("select:\n- FT1\n- mojibak", "3:3: unknown selector 'mojibak'; did you mean 'mojibake'?"),
        ("select: mojibak", "1:1: unknown selector 'mojibak'; did you mean 'mojibake'?"),
        ("ignore: [FT1, QQ]", f"1:15: unknown selector 'QQ' {FORMS}"),
        ("severity: {QQ: note}", f"1:12: unknown selector 'QQ' {FORMS}"),
        ("per-file-ignores:\n  a/*.jsonl: [QQ]", f"2:15: unknown selector 'QQ' {FORMS}"),
    ],
)
def test_wrong_selectors_in_the_file(text: str, told: str) -> None:
    config = made(text)
    assert message(lambda: choose(config, RULES)) == f"ftlint.yaml:{told}"
    # Also when the command line would replace what is wrong.
    assert message(lambda: choose(config, RULES, ["FT1"])) == f"ftlint.yaml:{told}"
