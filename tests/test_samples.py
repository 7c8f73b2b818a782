"""Sample files of providers and trainers, each with its verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from real import Lint, assert_placed, read

from ftlint.finding import Severity

FORMATS = Path("data/formats")
VERDICTS = """
anthropic-bedrock/json_mode_dataset.jsonl: claude: : system stands beside messages
bedrock-converse/nova_sft_train_samples_converse.jsonl: converse: FT401: records again
bedrock-nova-rft/nova_rft_multiturn_invalid_empty_prompt.jsonl: prompt: FT171: an empty prompt
bedrock-nova-rft/nova_rft_multiturn_invalid_info_string.jsonl: prompt: : only Nova reads info
bedrock-nova-rft/nova_rft_multiturn_invalid_missing_id.jsonl: prompt: : only Nova needs an id
bedrock-nova-rft/nova_rft_multiturn_invalid_missing_prompt.jsonl: unknown: FT020: an id, no prompt
bedrock-nova-rft/nova_rft_multiturn_invalid_openai_role.jsonl: prompt: FT107: "invalid_role"
bedrock-nova-rft/nova_rft_multiturn_valid_flat.jsonl: prompt: : prompts alone
bedrock-nova-rft/nova_rft_multiturn_valid_minimal.jsonl: prompt: : the same
bedrock-nova-rft/nova_rft_multiturn_valid_nested.jsonl: prompt: : the prompt is in metadata
bedrock-nova-rft/nova_rft_multiturn_valid_openai.jsonl: prompt: : prompts of messages
bedrock-nova-rft/nova_rft_test_data.jsonl: reinforcement: FT181 FT401: one record ten times
bedrock-nova-rft/nova_unstructured_json_test.jsonl: unknown: FT020: question and answer
bedrock-nova-rft/nova_unstructured_rft_data.jsonl: unknown: FT020: question and reference_answer
fireworks/food_reasoning.jsonl: chat: : chat with images
fireworks/orpo_ifeval.jsonl: ranking: : messages inside chosen and rejected
fireworks/prompt_router.sample.jsonl: chat: : chat
fireworks/rl_eval_protocol_chat.jsonl: reinforcement: : questions, and what a grader reads
fireworks/text2sql_dataset.jsonl: chat: : chat
llamafactory/dataset_info.json: : FT004 FT005: a configuration
llamafactory/dpo_en_demo.first20.json: : FT004 FT005: an array
llamafactory/glaive_toolcall_en_demo.first20.json: : FT004 FT005: an array
llamafactory/identity.json: : FT004 FT005: an array
llamafactory/kto_en_demo.first20.json: : FT004 FT005: an array
llamafactory/mllm_demo.json: : FT004 FT005: an array
llamafactory/reason_tool_use_demo_50.jsonl: chat: FT112 FT113 FT140 FT159 FT162: calls are parts
llamafactory/v1_dpo_demo.jsonl: ranking: FT113 FT116: parts have 'value'; loss_weight
llamafactory/v1_multimodal_demo.jsonl: chat: FT113 FT401: parts have 'value'; the same six again
llamafactory/v1_sft_demo.jsonl: chat: FT113 FT116 FT411: parts have 'value'; loss_weight
mistral/dataset-import-example.jsonl: chat: FT103 FT121: a question, and properties
mistral/northwind-queries.jsonl: unknown: FT020: question and query
openai-chat/audubon_birds.jsonl: chat: FT401: chat; two lines again
openai-chat/distilling_sarcasm_qa.jsonl: unknown: FT020: question and answer
openai-chat/gsm8k_chat_train.jsonl: chat: FT420: 25 words of one question are in a test item
openai-chat/toy_chat_fine_tuning.jsonl: chat: FT312: "Eat a banana!" is said 2000 times
openai-chat-tools/nova_openai_sft_multimodal_test_data.jsonl: chat: FT114: only Nova reads s3://
openai-chat-tools/nova_openai_sft_test_data.jsonl: chat: FT401: chat; records again
openai-chat-tools/nova_openai_sft_tool_test_data.jsonl: chat: FT116 FT157: no tools; reasoning
openai-chat-tools/stock_toolcall_training.jsonl: chat: FT304 FT305 FT510: "as an AI, I don't"
openai-chat-tools/zava_sft_test.jsonl: chat: : chat with tools
openai-dpo/orca_validation.jsonl: preference: FT304: "as an AI" in a preferred output
openai-rft/clause_matching_validation.jsonl: reinforcement: FT402: questions but for spacing again
openai-rft/countdown_train_25.jsonl: reinforcement: : questions, and what a grader reads
openai-rft/countdown_train_raw.jsonl: unknown: FT020: target and numbers only
openai-rft/medmcq_validation.jsonl: reinforcement: FT179: nothing for a grader to read
openai-rft-tools/train_tool.jsonl: reinforcement: : role developer, and what a grader reads
openai-rft-tools/zava_rft_test.jsonl: reinforcement: : the same
openai-rft-tools/zava_rft_test_fixed.jsonl: reinforcement: : the same
"""
"""Each sample file, its shape, the codes of its errors and warnings, and why they are right."""
SAMPLES = [tuple(line.split(": ", 3)) for line in VERDICTS.strip().splitlines()]


def test_the_table_names_every_sample(shared: Path) -> None:
    folder = shared / FORMATS
    files = {str(path.relative_to(folder)) for path in folder.rglob("*.json*")}
    assert files == {name for name, *_ in SAMPLES}


@pytest.mark.parametrize(("name", "shape", "codes", "why"), SAMPLES)
def test_a_sample_has_its_verdict(
    shared: Path, lint: Lint, name: str, shape: str, codes: str, why: str
) -> None:
    path = shared / FORMATS / name
    report = lint(path, cap=0)
    assert not report.not_run
    assert report.dataset.facts[0].shape == shape
    worse = {finding.code for finding in report.findings if finding.severity > Severity.NOTE}
    assert worse == set(codes.split()), why
    form = [finding for finding in report.findings if finding.code < "FT2"]
    of_file = [finding for finding in form if finding.place.line is None]
    # What is wrong with the form of a whole file is said once, and then nothing else is.
    assert len({f.code for f in of_file}) == len(of_file)
    assert not of_file or of_file == form
    lines = read(path)
    for finding in report.findings:
        if finding.place.line and finding.place.pointer is not None:
            assert_placed(finding, lines)
