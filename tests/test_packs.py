"""Rule files: what they become, and what is said about their mistakes."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest

from ftlint.case import assistant, chat, user
from ftlint.configuration.catalogue import builtin
from ftlint.configuration.packs import check_unique, load_pack, load_rule, rules_folder
from ftlint.error import PackError
from ftlint.finding import Severity
from ftlint.rule import Case, Rule
from ftlint.rules.kinds import KINDS, Lexicon, Pattern, Share, Threshold
from ftlint.testing import check_case, check_laws

HEAD = """\
code: ACME001
name: test-rule
severity: note
message: "found"
summary: Something is found.
why: because.
"""
CASES = """\
good:
  - example: {messages: [{role: user, content: "Hi"}, {role: assistant, content: "Yes"}]}
bad:
  - example: {messages: [{role: user, content: "x"}, {role: assistant, content: "x x"}]}
    at: [/messages/0/content, /messages/1/content, /messages/1/content]
"""
LEXICON = 'kind: lexicon\nterms: ["x"]\n'


def write(folder: Path, text: str, name: str = "rule.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def load_text(folder: Path, text: str) -> Rule:
    return load_rule(write(folder, text), user=True)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (LEXICON, Lexicon(terms=("x",))),
        (
            "kind: lexicon\nterms: [x, y]\nroles: [user, tool]\ntrained-only: false\n"
            "ignore-case: true\nmatch: whole\ndefault: false\nsince: 0.2.0\n",
            Lexicon(
                terms=("x", "y"), roles=("user", "tool"), ignore_case=True, match="whole",
                default=False, since="0.2.0",
            ),
        ),
        (
            "kind: pattern\npattern: 'x+'\nrequires: [x]\nwhole: true\n",
            Pattern(pattern="x+", requires=("x",), whole=True),
        ),
        (
            "kind: threshold\nfeature: answer-characters\nabove: 8\n",
            Threshold(feature="answer-characters", above=8.0),
        ),
        (
            "kind: share\nlimit: 0.25\nfeature: turns\nbelow: 2\n",
            Share(limit=0.25, feature="turns", below=2.0),
        ),
        ("kind: share\nlimit: 0\nterms: [x]\n", Share(limit=0.0, terms=("x",))),
    ],
)  # fmt: skip
def test_every_kind_loads(tmp_path: Path, options: str, expected: Rule) -> None:
    rule = load_text(tmp_path, HEAD + options + CASES)
    assert type(rule) is type(expected)
    assert (rule.code, rule.name, rule.message) == ("ACME001", "test-rule", "found")
    assert rule.severity is Severity.NOTE
    assert rule.text == "Something is found.\n\nWhy: because."
    ignored = {"code", "name", "message", "severity", "documentation", "good", "bad", "origin"}
    assert [getattr(rule, name) for name in vars(expected) if name not in ignored] == [
        getattr(expected, name) for name in vars(expected) if name not in ignored
    ]
    assert check_laws(rule, []) == []


def test_a_loaded_rule_passes_its_cases(tmp_path: Path) -> None:
    rule = load_text(tmp_path, HEAD + LEXICON + CASES)
    assert [check_case(rule, case, []) for case in (*rule.good, *rule.bad)] == [[], []]
    wrong = Case(rule.bad[0].lines, ("/messages/0/content",))
    assert check_case(rule, wrong, []) == [
        "expected findings at ['/messages/0/content'], but found them at "
        "['/messages/0/content', '/messages/1/content', '/messages/1/content']"
    ]
    silent = Case(rule.bad[0].lines)
    assert check_case(rule, silent, [])[0] == (
        "must be clean, but has ACME001 test-rule at '/messages/0/content': found"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD + "kind: lexicn\nterms: [x]\n" + CASES,
            "7:1: unknown kind 'lexicn'; did you mean 'lexicon'? "
            "(lexicon, pattern, share, threshold, token-pattern)",
        ),
        (
            HEAD + CASES,
            "1:1: 'kind' is missing (lexicon, pattern, share, threshold, token-pattern)",
        ),
        (
            HEAD + "kind: 3\n" + CASES,
            "7:1: unknown kind 3 (lexicon, pattern, share, threshold, token-pattern)",
        ),
        (
            HEAD + LEXICON + "trained_only: true\n" + CASES,
            "9:1: unknown key 'trained_only'; did you mean 'trained-only'?",
        ),
        (HEAD + LEXICON + "above: 3\n" + CASES, "9:1: unknown key 'above'"),
        (
            HEAD + "kind: threshold\nabove: 3\nterms-file: x\n" + CASES,
            "9:1: unknown key 'terms-file'",
        ),
        (HEAD + LEXICON.replace('["x"]', "3") + CASES, "8:1: 'terms' must be a list"),
        (HEAD + LEXICON + "roles: [usr]\n" + CASES, "9:9: an item of 'roles' must be"),
        (
            HEAD + "kind: threshold\nfeature: mesages\nabove: 1\n" + CASES,
            "8:1: 'feature' must be",
        ),
        (HEAD + "kind: threshold\nabove: x\n" + CASES, "8:1: 'above' must be a number"),
        (HEAD + "kind: share\nterms: [x]\n" + CASES, "1:1: 'limit' is missing"),
        (
            HEAD + "kind: pattern\npattern: 'a(b'\n" + CASES,
            "8:1: pattern is no regular expression: missing ), unterminated subpattern "
            "at position 1",
        ),
        (HEAD + "kind: lexicon\n" + CASES, "1:1: no terms (give terms or terms-file)"),
        (
            HEAD.replace("found", "{trem}") + LEXICON + CASES,
            "4:1: message names {trem}, but there is only term, role",
        ),
        (HEAD.replace("why: because.\n", "") + LEXICON + CASES, "1:1: 'why' is missing"),
        (HEAD.replace("note", "info") + LEXICON + CASES, "3:1: 'severity' must be"),
        (
            HEAD.replace("ACME001", "Acme1") + LEXICON + CASES,
            "1:1: code 'Acme1' is not 2 to 4 capitals and 3 digits, such as ACME001",
        ),
        (
            HEAD.replace("ACME001", "FT001") + LEXICON + CASES,
            "1:1: code 'FT001' begins with FT, which is kept for ftlint's own rules",
        ),
        (
            HEAD.replace("test-rule", "Test_Rule") + LEXICON + CASES,
            "2:1: name 'Test_Rule' is not in kebab case, such as no-user",
        ),
        (HEAD + LEXICON + CASES[: CASES.index("bad:")], "1:1: no bad case (give at least one)"),
        (
            HEAD + LEXICON + "good: []\n" + CASES[CASES.index("bad:") :],
            "9:1: no good case (give at least one)",
        ),
        (HEAD + LEXICON + CASES[: CASES.rindex("    at")], "12:5: 'at' is missing"),
        (
            HEAD + LEXICON + CASES.replace("bad:", "    at: x\nbad:"),
            "10:5: a good case has no 'at'",
        ),
        (
            HEAD + LEXICON + CASES.replace("example:", "note:"),
            "10:5: 'note' must be a string, not a mapping",
        ),
        (
            HEAD + LEXICON + "good: [{note: n}]\n" + CASES[CASES.index("bad:") :],
            "9:8: give one of example and examples",
        ),
        (
            HEAD + LEXICON + CASES.replace("at: [", "at: [3, "),
            "13:5: at is a place such as /messages/0/content, or a list",
        ),
        (
            HEAD + LEXICON + CASES.replace('"Hi"', "{$repeat: [x]}"),
            "10:5: $repeat wants [text, number]",
        ),
        ("- code", "1:1: a rule file is a mapping (code, name, kind, ...)"),
    ],
)
def test_mistakes_have_a_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PackError) as caught:
        load_text(tmp_path, text)
    path, line, column, words = str(caught.value).split(":", 3)
    assert path == str(tmp_path / "rule.yaml")
    assert f"{line}:{column}:{words}".startswith(message)


def test_generated_strings(tmp_path: Path) -> None:
    cases = CASES.replace('"x x"', "{$concat: [{$repeat: [z, 3]}, ' x', ' x']}")
    cases = cases.replace('"Hi"', '{"$ref": "#/Hi"}')
    rule = load_text(tmp_path, HEAD + LEXICON + cases)
    assert rule.bad[0].lines == (chat(user("x"), assistant("zzz x x")),)
    # `$ref` is an ordinary key of a JSON Schema.
    assert rule.good[0].lines == (chat(user({"$ref": "#/Hi"}), assistant("Yes")),)


class TestTermsFile:
    def test_adds_its_terms(self, tmp_path: Path) -> None:
        text = "# origin: a book\n# licence: CC0\n\nfirst term \n\tsecond\n#not a term\nС#\n"
        write(tmp_path, text, "lexicons/words.txt")
        options = LEXICON + "terms-file: ../lexicons/words.txt\n"
        rule = load_rule(write(tmp_path, HEAD + options + CASES, "bias/rule.yaml"), user=True)
        assert isinstance(rule, Lexicon)
        assert rule.terms == ("x", "first term", "second", "С#")

    def test_with_a_star_is_several(self, tmp_path: Path) -> None:
        for language, word in (("en", "one"), ("de", "eins"), ("nl", "one")):
            write(tmp_path, f"# origin: ours\n{word}\n", f"lexicons/number/{language}.txt")
        options = LEXICON + "terms-file: ../lexicons/number/*.txt\n"
        rule = load_rule(write(tmp_path, HEAD + options + CASES, "bias/rule.yaml"), user=True)
        assert isinstance(rule, Lexicon)
        assert rule.terms == ("x", "eins", "one")
        path = write(tmp_path, HEAD + "kind: lexicon\nterms-file: no/*.txt\n" + CASES)
        with pytest.raises(PackError, match=r"no/\*\.txt: no such file$"):
            load_rule(path)

    def test_that_is_missing_is_named(self, tmp_path: Path) -> None:
        path = write(tmp_path, HEAD + "kind: lexicon\nterms-file: words.txt\n" + CASES)
        with pytest.raises(PackError) as caught:
            load_rule(path)
        missing = tmp_path / "words.txt"
        reason = f"{missing} cannot be read: No such file or directory"
        assert str(caught.value) == f"{path}:8:1: {reason}"
        missing.write_bytes(b"\xff")
        with pytest.raises(PackError, match=r"words\.txt cannot be read: not UTF-8$"):
            load_rule(path)


class TestPack:
    def test_holds_rules_only(self, tmp_path: Path) -> None:
        write(tmp_path, HEAD + LEXICON + CASES, "deep/er/presets/rule.yaml")
        for folder in ("presets", "lexicons", "targets/openai"):
            write(tmp_path, "nonsense: true", f"{folder}/other.yaml")
        (rule,) = load_pack(tmp_path, user=True)
        assert pickle.loads(pickle.dumps(rule)) == rule

    def test_that_does_not_exist(self, tmp_path: Path) -> None:
        folder = tmp_path / "no"
        with pytest.raises(PackError) as caught:
            load_pack(folder)
        assert str(caught.value) == f"{folder}: no such folder (a pack is a folder of YAML files)"

    @pytest.mark.parametrize(
        ("old", "new", "what"),
        [("test-rule", "other", "code 'ACME001'"), ("ACME001", "ACME002", "name 'test-rule'")],
    )
    def test_duplicates_name_both_files(
        self, tmp_path: Path, old: str, new: str, what: str
    ) -> None:
        text = HEAD + LEXICON + CASES
        first, second = tmp_path / "a.yaml", tmp_path / "b.yaml"
        write(tmp_path, text, "a.yaml")
        write(tmp_path, text.replace(old, new), "b.yaml")
        with pytest.raises(PackError) as caught:
            load_pack(tmp_path, user=True)
        assert str(caught.value) == f"{second}: {what} is taken by {first}"

    def test_duplicates_across_packs(self, tmp_path: Path) -> None:
        rules = [
            load_rule(write(tmp_path / name, HEAD + LEXICON + CASES)) for name in ("one", "two")
        ]
        with pytest.raises(PackError) as caught:
            check_unique(rules)
        one, two = (tmp_path / name / "rule.yaml" for name in ("one", "two"))
        assert str(caught.value) == f"{two}: code 'ACME001' is taken by {one}"


README = (Path(__file__).parents[1] / "rules" / "README.md").read_text("utf-8")


def test_the_examples_in_the_readme_are_rules(tmp_path: Path) -> None:
    texts = re.findall(r"```yaml\n(code: .*?)```", README, re.DOTALL)
    for number, text in enumerate(texts):
        write(tmp_path, text, f"{number}.yaml")
    rules = load_pack(tmp_path, user=True)
    assert [type(rule) for rule in rules] == [
        KINDS[kind] for kind in ("lexicon", "pattern", "threshold", "share", "token-pattern")
    ]
    for rule in rules:
        for case in (*rule.good, *rule.bad):
            assert check_case(rule, case, [*builtin(), *rules]) == []


def test_the_folder_of_the_checkout_is_found() -> None:
    assert rules_folder() == Path(__file__).parents[1] / "rules"
