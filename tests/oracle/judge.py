"""Verdicts of validators of other people on records; runs in an environment of their own.

`python judge.py RECORDS.json` prints, for each validator, what it says of each record: nothing
when it takes it, else why not. It knows nothing of ftlint, and is not imported by the tests.
"""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

Verdicts = dict[str, str]


def together() -> Callable[[dict[str, Any]], None]:
    from together.lib.utils.files import check_file

    folder = Path(tempfile.mkdtemp())

    def judge(record: dict[str, Any]) -> None:
        path = folder / "train.jsonl"
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")
        report = check_file(path)
        if not report["is_check_passed"]:
            raise ValueError(report["message"])

    return judge


def mistral() -> Callable[[dict[str, Any]], None]:
    from mistral_common.protocol.instruct import messages as kinds
    from mistral_common.protocol.instruct.request import ChatCompletionRequest
    from mistral_common.protocol.instruct.tool_calls import Tool
    from mistral_common.protocol.instruct.validator import (
        MistralRequestValidatorV3,
        ValidationMode,
    )

    known = {
        "system": kinds.SystemMessage,
        "user": kinds.UserMessage,
        "assistant": kinds.FinetuningAssistantMessage,
        "tool": kinds.ToolMessage,
    }
    validator = MistralRequestValidatorV3(ValidationMode.finetuning)

    def judge(record: dict[str, Any]) -> None:
        messages = [known[item["role"]].model_validate(item) for item in record["messages"]]
        tools = [Tool.model_validate(tool) for tool in record.get("tools", [])]
        request = ChatCompletionRequest(messages=messages, tools=tools or None)
        validator.validate_request(request)

    return judge


def openai() -> Callable[[dict[str, Any]], None]:
    from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolUnionParam
    from pydantic import TypeAdapter

    messages = TypeAdapter(list[ChatCompletionMessageParam])
    tools = TypeAdapter(list[ChatCompletionToolUnionParam])

    def judge(record: dict[str, Any]) -> None:
        messages.validate_json(json.dumps(record["messages"]), strict=True)
        if "tools" in record:
            tools.validate_json(json.dumps(record["tools"]), strict=True)

    return judge


def trl() -> Callable[[dict[str, Any]], None]:
    """Return TRL's helpers; of what they import beside them, they themselves use nothing."""
    for name, members in {
        "numpy": (),
        "pyarrow": ("Array", "Table"),
        "pyarrow.compute": (),
        "pyarrow.types": (),
        "datasets": ("Dataset", "DatasetDict", "IterableDataset", "IterableDatasetDict"),
        "transformers": ("PreTrainedTokenizerBase", "ProcessorMixin"),
    }.items():
        module = sys.modules[name] = types.ModuleType(name)
        for member in members:
            setattr(module, member, type(member, (), {}))
    package = importlib.util.find_spec("trl")
    assert package and package.origin
    path = Path(package.origin).with_name("data_utils.py")
    spec = importlib.util.spec_from_file_location("data_utils", path)
    assert spec and spec.loader
    data_utils = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(data_utils)

    def judge(record: dict[str, Any]) -> None:
        """Refuse what the helpers fail on, and what they take neither for texts nor for chats."""
        value = data_utils.maybe_convert_to_chatml(json.loads(json.dumps(record)))
        value = data_utils.maybe_extract_prompt(value)
        columns = {"text", "prompt", "completion", "chosen", "rejected", "messages"} & value.keys()
        texts = all(isinstance(value[column], str) for column in columns)
        if not columns or not (texts or data_utils.is_conversational(value)):
            raise ValueError("neither texts nor conversational")

    return judge


def main(path: str) -> None:
    with open(path, encoding="utf-8") as file:
        records = json.load(file)
    found: dict[str, Verdicts] = {}
    for make in (together, mistral, openai, trl):
        judge = make()
        found[make.__name__] = {}
        for name, record in records.items():
            try:
                judge(record)
                verdict = ""
            except Exception as error:  # whatever they raise is their refusal
                verdict = f"{type(error).__name__}: {error}"[:200]
            found[make.__name__][name] = verdict
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
