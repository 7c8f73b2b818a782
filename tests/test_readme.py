"""The README and the pages beside it are true: commands run, outputs and tables are fresh.

`python tests/test_readme.py` writes the generated parts, between `<!-- name -->` marks, anew.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import click
import jsonschema
import pytest
import yaml
from guide_data import GUIDES

from ftlint.cli import cli
from ftlint.commands.check import check
from ftlint.configuration.catalogue import builtin
from ftlint.configuration.config import Config, load, schema_text
from ftlint.configuration.packs import load_rule
from ftlint.configuration.selection import choose, preset
from ftlint.docs import FAMILIES
from ftlint.finding import Severity
from ftlint.session import all_rules
from ftlint.targets.target import names, read
from ftlint.testing import check_case

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").glob("*.md")) + sorted((ROOT / "docs" / "guides").glob("*.md"))
README, CONFIGURATION, ARCHITECTURE = (
    (ROOT / name).read_text(encoding="utf-8")
    for name in ("README.md", "docs/configuration.md", "docs/architecture.md")
)
EXAMPLE = "examples/support-bot.jsonl"
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)


class Fence(NamedTuple):
    """A block of code: its language, the file named in its first line, and its text."""

    language: str
    name: str
    text: str


def fences(page: str) -> list[Fence]:
    found = []
    for language, text in re.findall(r"^```(\w*)\n(.*?)^```$", page, re.DOTALL | re.MULTILINE):
        name = re.match(r"# ([\w./-]+\.(?:yaml|toml))\n", text)
        found.append(Fence(language, name[1] if name else "", text))
    return found


def shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command as a reader of the page would, with the ftlint of this environment."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    variables = {**os.environ, "PATH": path, "NO_COLOR": "1"}
    return subprocess.run(
        ["bash", "-c", command], cwd=folder, env=variables, text=True, capture_output=True
    )


def output(command: str) -> str:
    """Return what a command writes in a folder that has just the examples."""
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "examples", Path(folder, "examples"))
        return shell(command, Path(folder)).stdout


# What is generated.


def families() -> str:
    """Return the table of the families that have rules, with their numbers."""
    rules = builtin()
    lines = ["| codes | family | rules | for example |", "|---|---|---|---|"]
    for prefix, title in FAMILIES.items():
        names = [rule.name for rule in rules if rule.code.startswith(prefix) and rule.default]
        total = sum(rule.code.startswith(prefix) for rule in rules)
        if total:
            named = ", ".join(f"`{name}`" for name in names[:: max(len(names) // 3, 1)][:3])
            lines.append(f"| {prefix} | {title} | {total} | {named} |")
    return "\n".join(lines)


def keys() -> str:
    """Return the table of the keys of ftlint.yaml."""
    lines = ["| key | default | meaning |", "|---|---|---|"]
    for each in fields(Config):
        if each.metadata.get("key", True):
            name, value = each.name.replace("_", "-"), getattr(Config(), each.name)
            lines.append(
                f"| [`{name}`](#{name}) | `{json.dumps(value, default=vars)}` "
                f"| {each.metadata['doc']} |"
            )
    return "\n".join(lines)


def presets() -> str:
    """Return the table of the presets, with the number of built-in rules that each runs."""
    rules = builtin()
    lines = ["| preset | what it runs | rules | fails on |", "|---|---|---|---|"]
    for name in ("minimal", "recommended", "strict"):
        found = preset(name)
        count = len(choose(Config(extends=name), rules).rules)
        lines.append(f"| `{name}` | {found.description} | {count} | {found.fail_on} |")
    return "\n".join(lines)


def targets() -> str:
    """Return the table of the targets."""
    lines = ["| target | who | as of |", "|---|---|---|"]
    for name in names():
        target = read(name)
        lines.append(f"| `{name}` | {target.title} | {target.as_of} |")
    return "\n".join(lines)


def finding() -> str:
    """Return the first finding with a line of the JSON report on the example."""
    report = json.loads(output(f"ftlint check {EXAMPLE} --format json"))
    first = next(each for each in report["findings"] if each["line"])
    text = json.dumps(first, ensure_ascii=False, indent=2)
    return f"```json\n{text}\n```"


def report() -> str:
    """Return the table of the keys of the JSON report."""
    schema = json.loads((ROOT / "src/ftlint/schemas/report.json").read_text(encoding="utf-8"))
    rows = (f"| `{key}` | {kind} | {what} |" for key, kind, what in _members(schema, "", schema))
    return "\n".join(["| key | type | meaning |", "|---|---|---|", *rows])


def _members(schema: Any, path: str, root: Any) -> Iterator[tuple[str, str, str]]:
    """Yield path, type and description of each member that the schema names."""
    for key, item in schema.get("properties", {}).items():
        here = f"{path}{key}"
        item = _resolved(item, root)
        inner = _resolved(item.get("items", item), root)
        fixed = "integer" if isinstance(item.get("const"), int) else "string"
        kinds = item.get("type", fixed)
        kind = " or ".join(kinds) if isinstance(kinds, list) else kinds
        yield here, kind, item["description"]
        if here != "measures":  # its topics are open, and come with the rules that measure
            yield from _members(inner, here + ("[]." if "items" in item else "."), root)


def _resolved(item: Any, root: Any) -> Any:
    return root["$defs"][item["$ref"].split("/")[-1]] if "$ref" in item else item


GENERATED: dict[str, Callable[[], str]] = {
    function.__name__: function for function in (families, keys, presets, targets, finding, report)
}


def fresh(page: str) -> str:
    """Return the page with its generated parts made anew."""
    for name, make in GENERATED.items():
        if (mark := f"<!-- {name} -->\n") in page:
            before, _, rest = page.partition(mark)
            _, end, after = rest.partition(f"<!-- /{name} -->")
            page = f"{before}{mark}{make()}\n{end}{after}"
    return page


@each_page
def test_generated_parts_are_fresh(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert page == fresh(page), "run: python tests/test_readme.py"


# What is written by hand.


def commands(page: str) -> list[str]:
    """Return the ftlint commands in the blocks of the page, and in the prose of the README."""
    blocks = [fence for fence in fences(page) if fence.language in ("bash", "console")]
    lines = [
        line.split("  #")[0].strip().removeprefix("pip install . && ").removeprefix("$ ")
        for fence in blocks
        for line in fence.text.splitlines()
        if fence.language == "bash" or line.startswith("$ ")
    ]
    if page == README:
        lines += re.findall(r"(?<!`)`((?:ftlint|eval) [^`\n]+)`", page)
    wanted = [line for line in lines if re.match(r"(python -m )?ftlint|eval ", line)]
    return list(dict.fromkeys(wanted))


@pytest.mark.parametrize(
    "path", [page for page in PAGES if page not in GUIDES], ids=lambda path: path.name
)
def test_commands_run(path: Path, tmp_path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for fence in fences(README + page):
        if fence.name.startswith("our-rules/"):
            (tmp_path / fence.name).parent.mkdir(exist_ok=True)
            (tmp_path / fence.name).write_text(fence.text, encoding="utf-8")
    for command in commands(page):
        done = shell(command, tmp_path)
        # 1 means findings, which the examples have.
        allowed = {0, 1} if "ftlint check" in command else {0}
        assert done.returncode in allowed, f"{command}: {done.stderr}"
        written = re.search(r"ftlint (?:check|report) .*--output (\S+)", command)
        said = done.stderr.splitlines()
        assert all(written and line.startswith(f"{written[1]}: ") for line in said), command


@each_page
def test_options_exist(path: Path) -> None:
    known = {
        name for each in cli.commands.values() for option in each.params for name in option.opts
    }
    context = click.Context(check)
    known |= set(check.get_help_option_names(context)) | {"--pre-commit", "--force"}
    page = path.read_text(encoding="utf-8")
    prose = re.findall(r"`(--[a-z-]+)", page)
    assert set(prose) <= known


@each_page
def test_links_lead_to_files(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", page)
    missing = [link for link in links if ":" not in link and not (path.parent / link).exists()]
    assert not missing
    titles = [re.sub(r"[^\w -]", "", title) for title in re.findall(r"^#+ (.*)$", page, re.M)]
    anchors = {title.lower().replace(" ", "-") for title in titles}
    assert set(re.findall(r"\]\(#([\w-]+)\)", page)) <= anchors


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    links = re.findall(r"\]\(([\w/.-]+\.md)\)", index.read_text(encoding="utf-8"))
    named = Counter(str((index.parent / link).resolve().relative_to(ROOT)) for link in links)
    pages = {str(path.relative_to(ROOT)) for path in PAGES if path.parent != ROOT}
    assert pages - {"docs/README.md"} <= set(named) and max(named.values()) == 1


def test_the_readme_is_short_and_opens_with_two_commands() -> None:
    assert README.count("\n") <= 150
    first = [line.split("  #")[0].strip() for line in fences(README)[0].text.splitlines()]
    assert first == [
        f"pip install . && ftlint check {EXAMPLE}",
        "pip install -e '.[dev]' && pytest",
    ]
    prose = README.split("```")[0].strip().split("\n\n")
    assert len(prose) == 2 and Counter(prose[1])["."] == 1


def test_the_tree_exists() -> None:
    tree = next(fence.text for fence in fences(README) if "├──" in fence.text)
    package, data = tree.split("\nrules/ ")
    assert data
    for line in package.splitlines()[1:]:
        names = [word for word in line.split() if word.endswith((".py", "/"))]
        assert names
        assert all((ROOT / "src/ftlint" / name).exists() for name in names), line


def yaml_fences(page: str) -> list[Fence]:
    return [fence for fence in fences(page) if fence.language in ("yaml", "toml")]


@pytest.mark.parametrize("page", [README, CONFIGURATION], ids=["README", "configuration"])
def test_configurations_load(page: str, tmp_path: Path) -> None:
    rule = next(fence for fence in fences(README) if fence.name.startswith("our-rules/"))
    (tmp_path / rule.name).parent.mkdir()
    (tmp_path / rule.name).write_text(rule.text, encoding="utf-8")
    own = next(
        fence
        for fence in fences((ROOT / "docs/bias.md").read_text(encoding="utf-8"))
        if fence.name.startswith("lexicons/")
    )
    (tmp_path / own.name).parent.mkdir()
    (tmp_path / own.name).write_text(own.text, encoding="utf-8")
    found = [fence for fence in yaml_fences(page) if fence.name in ("", *_FILES)]
    assert found
    for fence in found:
        path = tmp_path / (fence.name or "ftlint.yaml")
        path.write_text(fence.text, encoding="utf-8")
        config = load(path)
        assert choose(config, all_rules(config)).rules
        if fence.language == "yaml":
            jsonschema.validate(yaml.safe_load(fence.text), json.loads(schema_text()))


_FILES = ("ftlint.yaml", "pyproject.toml")


def test_every_key_has_its_section_and_example() -> None:
    names = [f.name.replace("_", "-") for f in fields(Config) if f.metadata.get("key", True)]
    sections = re.findall(r"^### (\S+)\n(.*?)(?=^##)", CONFIGURATION, re.DOTALL | re.MULTILINE)
    assert [name for name, _ in sections] == names
    for name, text in sections:
        assert re.search(rf"^```yaml\n{name}:", text, re.MULTILINE), name


def precedence() -> list[list[str]]:
    table = CONFIGURATION.split("<!-- a test reads this table -->\n\n")[1].split("\n\n")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines()[2:]]
    return [[cell.strip(" `") for cell in row] for row in rows]


@pytest.mark.parametrize("row", precedence(), ids=lambda row: " ".join(row[:2]) or "nothing")
def test_selectors_win_as_the_table_says(row: list[str]) -> None:
    file, command_line, runs, _ = row
    option, _, word = command_line.partition(" ")
    chosen = choose(
        Config(**(yaml.safe_load(file) or {})),
        builtin(),
        [word] if option == "--select" else None,
        [word] if option == "--ignore" else (),
    )
    assert ("role-invalid" in {rule.name for rule in chosen.rules}) is (runs == "yes")


def test_the_rule_in_the_readme_holds(tmp_path: Path) -> None:
    fence = next(fence for fence in fences(README) if fence.name.startswith("our-rules/"))
    path = tmp_path / "rule.yaml"
    path.write_text(fence.text, encoding="utf-8")
    rule = load_rule(path, user=True)
    assert rule.severity is Severity.ERROR
    for case in (*rule.good, *rule.bad):
        assert check_case(rule, case, builtin()) == []


def test_the_hooks_are_those_of_the_repository() -> None:
    fence = next(fence for fence in fences(README) if fence.name == ".pre-commit-config.yaml")
    [repository] = yaml.safe_load(fence.text)["repos"]
    ours = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert [hook["id"] for hook in repository["hooks"]] == [hook["id"] for hook in ours]


def test_the_python_rule_holds() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    space: dict[str, Any] = {}
    rule, test = (fence.text for fence in fences(page) if fence.language == "python")
    exec(compile(f"from __future__ import annotations\n{rule}", "CONTRIBUTING.md", "exec"), space)
    exec(test, space)
    space["test_answer_shouted"]()


# The signatures in the architecture.


def signatures(node: ast.AST) -> dict[str, str]:
    """Return the functions and annotated fields right below `node`, without their bodies."""
    found = {}
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            returned = ast.unparse(child.returns) if child.returns else ""
            found[child.name] = f"({ast.unparse(child.args)}) -> {returned}"
        elif isinstance(child, ast.AnnAssign):
            found[ast.unparse(child.target)] = ast.unparse(child).partition(":")[2]
    return found


def test_signatures_are_those_of_the_code() -> None:
    block = ARCHITECTURE.split("<!-- a test reads this block -->")[1]
    told = ast.parse(fences(block)[0].text)
    modules = [
        ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / "src/ftlint").glob("*.py"))
    ]
    classes = {
        node.name: node
        for module in modules
        for node in module.body
        if isinstance(node, ast.ClassDef)
    }
    for node in told.body:
        if isinstance(node, ast.ClassDef):
            real = classes[node.name]
            assert list(map(ast.unparse, node.bases)) == list(map(ast.unparse, real.bases))
            assert signatures(node).items() <= signatures(real).items(), node.name
    functions = signatures(told).items()
    assert functions <= {item for module in modules for item in signatures(module).items()}


if __name__ == "__main__":
    for page_path in PAGES:
        text = page_path.read_text(encoding="utf-8")
        page_path.write_text(fresh(text), encoding="utf-8")
