"""Does over a file what OpenAI's cookbook notebook "Chat_finetuning_data_prep" does.

The yardstick of ``speed.py``: load everything, seven format checks, token counts with tiktoken,
distributions, epochs and billed tokens. Written from the notebook's description. Two things
differ on purpose: values that are not strings are skipped when tokens are counted (the notebook
crashes on ``tool_calls``), and text that looks like a special token is counted as text. As in
the notebook, a line that is not JSON ends the run with an exception.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import statistics
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tiktoken import Encoding

# tiktoken 0.14, tiktoken_ext/openai_public.py: where cl100k_base is published, and its SHA-256.
RANKS_URL = "https://openaipublic.blob.core.windows.net/encodings/cl100k_base.tiktoken"
RANKS_SHA256 = "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
RANKS = 100_256  # ids from 0, without the special tokens

# The notebook's constants.
MESSAGE_KEYS = ("role", "content", "name", "function_call", "weight")
ROLES = ("system", "user", "assistant", "function")
TOKENS_PER_MESSAGE, TOKENS_PER_NAME, TOKENS_PER_EXAMPLE = 3, 1, 3
MAX_TOKENS_PER_EXAMPLE = 16_385
TARGET_EPOCHS, MIN_EPOCHS, MAX_EPOCHS = 3, 1, 25
MIN_TARGET_EXAMPLES, MAX_TARGET_EXAMPLES = 100, 25_000


@dataclass(slots=True)
class Lengths:
    """What the second half of the notebook collects, one entry an example."""

    missing_system: int = 0
    missing_user: int = 0
    messages: list[int] = field(default_factory=list)
    tokens: list[int] = field(default_factory=list)
    assistant_tokens: list[int] = field(default_factory=list)


def main() -> None:
    """Check one file and print the measurement and the report as one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(__file__).parent / ".cache")
    parser.add_argument("--no-tokens", action="store_true", help="format checks only")
    options = parser.parse_args()
    # Vocabulary loading is no part of the measurement: it does not grow with the file.
    encoding = None if options.no_tokens else load_encoding(options.cache)
    start = time.process_time()
    with options.file.open(encoding="utf-8") as file:
        dataset = [json.loads(line) for line in file]
    report: dict[str, Any] = {"format_errors": format_errors(dataset)}
    if encoding is not None:
        report |= summarized(measured(dataset, encoding))
    seconds = time.process_time() - start
    size = options.file.stat().st_size
    measurement = {
        "rows": len(dataset),
        "bytes": size,
        "cpu_seconds": round(seconds, 4),
        "rows_per_cpu_second": round(len(dataset) / seconds, 1),
        "mb_per_cpu_second": round(size / 1e6 / seconds, 3),
    }
    print(json.dumps(measurement | report))


def load_encoding(cache: Path) -> Encoding:
    """The encoding cl100k_base of tiktoken, without a network: splintr-rs has the ranks.

    Ends the program if they are not those that tiktoken expects.
    """
    # tiktoken looks for a download in this folder, under the SHA-1 of its address.
    path = cache / hashlib.sha1(RANKS_URL.encode()).hexdigest()
    if not path.exists():
        cache.mkdir(parents=True, exist_ok=True)
        path.write_bytes(rank_file())
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != RANKS_SHA256:
        raise SystemExit(f"{path}: SHA-256 is {found}, that of cl100k_base is {RANKS_SHA256}")
    os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)
    import tiktoken

    return tiktoken.get_encoding("cl100k_base")


def rank_file() -> bytes:
    """cl100k_base in tiktoken's file format, from the vocabulary inside splintr-rs."""
    try:
        import splintr
    except ImportError:
        raise SystemExit("cl100k_base is not cached yet: pip install splintr-rs") from None
    tokenizer = splintr.Tokenizer.from_pretrained("cl100k_base")
    tokens = (base64.b64encode(tokenizer.decode_token_bytes(rank)) for rank in range(RANKS))
    return b"".join(b"%s %d\n" % (token, rank) for rank, token in enumerate(tokens))


def format_errors(dataset: list[Any]) -> dict[str, int]:
    """The notebook's seven counters; a counter that stayed at zero is absent."""
    errors: defaultdict[str, int] = defaultdict(int)
    for example in dataset:
        if not isinstance(example, dict):
            errors["data_type"] += 1
            continue
        messages = example.get("messages")
        if not messages:
            errors["missing_messages_list"] += 1
            continue
        for message in messages:
            count_message_errors(message, errors)
        if not any(message.get("role") == "assistant" for message in messages):
            errors["example_missing_assistant_message"] += 1
    return dict(errors)


def count_message_errors(message: dict[str, Any], errors: defaultdict[str, int]) -> None:
    """Count the format errors of one message."""
    if "role" not in message or "content" not in message:
        errors["message_missing_key"] += 1
    if any(key not in MESSAGE_KEYS for key in message):
        errors["message_unrecognized_key"] += 1
    if message.get("role") not in ROLES:
        errors["unrecognized_role"] += 1
    content = message.get("content")
    if not isinstance(content, str) or not (content or message.get("function_call")):
        errors["missing_content"] += 1


def measured(dataset: list[Any], encoding: Encoding) -> Lengths:
    """Messages and tokens of every example."""
    lengths = Lengths()
    for example in dataset:
        messages = example.get("messages") or [] if isinstance(example, dict) else []
        lengths.missing_system += not any(m.get("role") == "system" for m in messages)
        lengths.missing_user += not any(m.get("role") == "user" for m in messages)
        lengths.messages.append(len(messages))
        lengths.tokens.append(num_tokens_from_messages(messages, encoding))
        lengths.assistant_tokens.append(num_assistant_tokens_from_messages(messages, encoding))
    return lengths


def num_tokens_from_messages(messages: list[dict[str, Any]], encoding: Encoding) -> int:
    """Tokens of one example, as the notebook estimates them."""
    count = TOKENS_PER_EXAMPLE
    for message in messages:
        count += TOKENS_PER_MESSAGE
        for key, value in message.items():
            if isinstance(value, str):
                count += len(encoding.encode(value, disallowed_special=()))
            if key == "name":
                count += TOKENS_PER_NAME
    return count


def num_assistant_tokens_from_messages(messages: list[dict[str, Any]], encoding: Encoding) -> int:
    """Tokens of the assistant's texts; they are encoded a second time, as in the notebook."""
    count = 0
    for message in messages:
        content = message.get("content")
        if message.get("role") == "assistant" and isinstance(content, str):
            count += len(encoding.encode(content, disallowed_special=()))
    return count


def summarized(lengths: Lengths) -> dict[str, Any]:
    """The figures that the notebook prints."""
    epochs = epochs_for(len(lengths.tokens))
    billed = sum(min(MAX_TOKENS_PER_EXAMPLE, length) for length in lengths.tokens)
    return {
        "missing_system": lengths.missing_system,
        "missing_user": lengths.missing_user,
        "messages": distribution(lengths.messages),
        "tokens": distribution(lengths.tokens),
        "assistant_tokens": distribution(lengths.assistant_tokens),
        "too_long": sum(length > MAX_TOKENS_PER_EXAMPLE for length in lengths.tokens),
        "epochs": epochs,
        "billing_tokens": billed,
        "billing_tokens_all_epochs": epochs * billed,
    }


def distribution(values: list[int]) -> dict[str, float]:
    """Minimum, maximum, mean, median, 5th and 95th percentile (nearest rank)."""
    if not values:
        return {}
    ordered = sorted(values)
    last = len(ordered) - 1
    return {
        "min": ordered[0],
        "max": ordered[-1],
        "mean": round(statistics.fmean(ordered), 2),
        "median": statistics.median(ordered),
        "p5": ordered[round(0.05 * last)],
        "p95": ordered[round(0.95 * last)],
    }


def epochs_for(examples: int) -> int:
    """The notebook's default number of epochs."""
    if examples and examples * TARGET_EPOCHS < MIN_TARGET_EXAMPLES:
        return min(MAX_EPOCHS, MIN_TARGET_EXAMPLES // examples)
    if examples * TARGET_EPOCHS > MAX_TARGET_EXAMPLES:
        return max(MIN_EPOCHS, MAX_TARGET_EXAMPLES // examples)
    return TARGET_EPOCHS


if __name__ == "__main__":
    main()
