"""Bridges: how each record shape is read into a talk, and written from one."""

from __future__ import annotations

from ftlint.bridges.bridge import Bridge
from ftlint.bridges.native import (
    ChatBridge,
    CompletionBridge,
    KtoBridge,
    PreferenceBridge,
    PromptBridge,
    RankingBridge,
    ReinforcementBridge,
    TextBridge,
)
from ftlint.bridges.provider import ClaudeBridge, CohereBridge, ConverseBridge, GeminiBridge
from ftlint.bridges.told import AlpacaBridge, ShareGptBridge

BRIDGES: dict[str, Bridge] = {
    "alpaca": AlpacaBridge(),
    "chat": ChatBridge(),
    "claude": ClaudeBridge(),
    "cohere": CohereBridge(),
    "completion": CompletionBridge(),
    "converse": ConverseBridge(),
    "gemini": GeminiBridge(),
    "kto": KtoBridge(),
    "preference": PreferenceBridge(),
    "prompt": PromptBridge(),
    "ranking": RankingBridge(),
    "reinforcement": ReinforcementBridge(),
    "sharegpt": ShareGptBridge(),
    "text": TextBridge(),
}
"""Every shape that can be converted, by name."""
