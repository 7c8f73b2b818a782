"""The structure of the code: no circle of imports, nothing too long to be read in one go."""

import ast
import re
import subprocess
import sys
import tomllib
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src"
TESTS = Path(__file__).parent
FILES = sorted(SRC.rglob("*.py"))
NAMES = {
    ".".join(f.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__") for f in FILES
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def imported(node: ast.AST) -> set[str]:
    """Return the modules of ftlint that importing ``node``'s module imports at once."""
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        typing = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        if isinstance(child, FUNCTIONS) or typing:
            continue
        if isinstance(child, ast.ImportFrom) and child.module:
            parts = {f"{child.module}.{alias.name}" for alias in child.names}
            found |= {part if part in NAMES else child.module for part in parts} & NAMES
        elif isinstance(child, ast.Import):
            found |= {alias.name for alias in child.names} & NAMES
        found |= imported(child)
    return found


def test_no_circle_of_imports() -> None:
    graph = {}
    for file in FILES:
        name = ".".join(file.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
        graph[name] = imported(ast.parse(file.read_text("utf-8")))
    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))
    assert set(order) == NAMES


@pytest.mark.parametrize("name", ["ftlint.rule", "ftlint.report", "ftlint.formats.table"])
def test_a_module_can_be_imported_first(name: str) -> None:
    code = f"import {name}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_reader_can_hold_each_part() -> None:
    too_long = []
    for file in FILES:
        text = file.read_text("utf-8")
        too_long += [file.name] * (text.count("\n") > 400)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, FUNCTIONS) and (node.end_lineno or 0) - node.lineno >= 60:
                too_long.append(f"{file.name}: {node.name}")
    assert FILES and not too_long


def test_a_reader_can_hold_each_file_of_tests() -> None:
    texts = {file.name: file.read_text("utf-8") for file in TESTS.glob("*.py")}
    assert not [name for name, text in texts.items() if text.count("\n") > 400]
    borrowed = re.compile(r"^ *(?:from|import) test_", re.MULTILINE)
    assert not [name for name, text in texts.items() if borrowed.search(text)]


def test_every_package_that_is_imported_is_declared() -> None:
    project = tomllib.loads((SRC.parent / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    told = [line for lines in (project["dependencies"], *extras) for line in lines]
    declared = {spelled(re.split(r"[^\w-]", line)[0]) for line in told}
    known = packages_distributions()
    trees = [ast.parse(file.read_text("utf-8")) for file in FILES]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    named = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    named += [n.module or "" for n in nodes if isinstance(n, ast.ImportFrom) and not n.level]
    foreign = {name.partition(".")[0] for name in named}
    foreign -= {"ftlint", *sys.stdlib_module_names}
    foreign -= {"torch", "transformers"}  # what a model of detoxify is made of
    assert {"fasttext", "click"} <= foreign
    packages = {name: {spelled(each) for each in known.get(name, [name])} for name in foreign}
    assert not {name for name, by in packages.items() if declared.isdisjoint(by)}


def spelled(name: str) -> str:
    """Return the name of a package as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
