"""FT0 against JSONTestSuite: each content as a line of a dataset.

`n_*` must be reported, `y_*` must not be a JSON error. The `i_*` files are free; what ftlint
decides is written down here, because a user meets those decisions too.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ftlint.report import Report

SUITE = Path("data/truth/jsontestsuite")
JSON_ERRORS = {"FT001", "FT007", "FT011", "FT012", "FT013", "FT014", "FT019"}

IMPLEMENTATION_DEFINED = {
    # Numbers beyond a double are refused (json-number-overflow); too small ones become 0.
    "i_number_double_huge_neg_exp.json": set(),
    "i_number_huge_exp.json": {"FT014"},
    "i_number_neg_int_huge_exp.json": {"FT014"},
    "i_number_pos_double_huge_exp.json": {"FT014"},
    "i_number_real_neg_overflow.json": {"FT014"},
    "i_number_real_pos_overflow.json": {"FT014"},
    "i_number_real_underflow.json": set(),
    # Large integers are accepted; Python reads them exactly, other readers as a double.
    "i_number_too_big_neg_int.json": set(),
    "i_number_too_big_pos_int.json": set(),
    "i_number_very_big_negative_int.json": set(),
    # Half a surrogate pair is refused wherever it stands: it cannot be encoded as UTF-8.
    "i_object_key_lone_2nd_surrogate.json": {"FT012"},
    "i_string_1st_surrogate_but_2nd_missing.json": {"FT012"},
    "i_string_1st_valid_surrogate_2nd_invalid.json": {"FT012"},
    "i_string_incomplete_surrogate_and_escape_valid.json": {"FT012"},
    "i_string_incomplete_surrogate_pair.json": {"FT012"},
    "i_string_incomplete_surrogates_escape_valid.json": {"FT012"},
    "i_string_invalid_lonely_surrogate.json": {"FT012"},
    "i_string_invalid_surrogate.json": {"FT012"},
    "i_string_inverted_surrogates_U+1D11E.json": {"FT012"},
    "i_string_lone_second_surrogate.json": {"FT012"},
    # Bytes that are not UTF-8 are refused.
    "i_string_UTF-16LE_with_BOM.json": {"FT001"},
    "i_string_UTF-8_invalid_sequence.json": {"FT019"},
    "i_string_UTF8_surrogate_U+D800.json": {"FT019"},
    "i_string_invalid_utf-8.json": {"FT019"},
    "i_string_iso_latin_1.json": {"FT019"},
    "i_string_lone_utf8_continuation_byte.json": {"FT019"},
    "i_string_not_in_unicode_range.json": {"FT019"},
    "i_string_overlong_sequence_2_bytes.json": {"FT019"},
    "i_string_overlong_sequence_6_bytes.json": {"FT019"},
    "i_string_overlong_sequence_6_bytes_null.json": {"FT019"},
    "i_string_truncated-utf-8.json": {"FT019"},
    "i_string_utf16BE_no_BOM.json": {"FT001"},
    "i_string_utf16LE_no_BOM.json": {"FT001"},
    # 500 levels are read (the limit is 1024); a byte-order mark is a warning.
    "i_structure_500_nested_arrays.json": set(),
    "i_structure_UTF-8_BOM_empty_object.json": set(),
}


def codes(report: Report) -> set[str]:
    assert not report.crashed
    return set(report.counts)


def files(shared: Path, prefix: str) -> list[Path]:
    found = sorted((shared / SUITE / "test_parsing").glob(f"{prefix}_*.json"))
    assert len(found) > 30
    return found


def as_line(path: Path, folder: Path) -> Path:
    """Write the content as the second line of a dataset, between good examples."""
    example = json.dumps(
        {
            "messages": [
                {"role": "user", "content": "Hi"},
                {"role": "assistant", "content": "Hello!"},
            ]
        }
    ).encode()
    target = folder / "train.jsonl"
    target.write_bytes(example + b"\n" + path.read_bytes() + b"\n" + example + b"\n")
    return target


def test_every_n_is_reported(shared: Path, tmp_path: Path, lint: Callable[..., Report]) -> None:
    silent = [p.name for p in files(shared, "n") if not codes(lint(as_line(p, tmp_path)))]
    assert silent == []


def test_no_y_is_a_json_error(shared: Path, tmp_path: Path, lint: Callable[..., Report]) -> None:
    wrong = {}
    for path in files(shared, "y"):
        if b"\n" in path.read_bytes().strip():
            continue  # one document over several lines is not a line of JSONL
        found = codes(lint(as_line(path, tmp_path))) & JSON_ERRORS
        if found:
            wrong[path.name] = found
    assert wrong == {}


def test_y_alone_in_a_file_is_not_a_json_error(
    shared: Path, tmp_path: Path, lint: Callable[..., Report]
) -> None:
    for path in files(shared, "y"):
        target = tmp_path / "train.jsonl"
        target.write_bytes(path.read_bytes())
        assert codes(lint(target)) & JSON_ERRORS == set(), path.name


def test_the_free_cases_are_decided(
    shared: Path, tmp_path: Path, lint: Callable[..., Report]
) -> None:
    decided = {}
    for path in files(shared, "i"):
        target = tmp_path / "train.jsonl"
        target.write_bytes(path.read_bytes())
        decided[path.name] = codes(lint(target)) & JSON_ERRORS
    assert decided == IMPLEMENTATION_DEFINED


@pytest.mark.parametrize("folder", ["test_parsing", "test_transform"])
def test_nothing_crashes_as_a_whole_file(
    shared: Path, tmp_path: Path, lint: Callable[..., Report], folder: str
) -> None:
    for path in sorted((shared / SUITE / folder).iterdir()):
        target = tmp_path / "train.jsonl"
        target.write_bytes(path.read_bytes())
        codes(lint(target))
