"""The refusal recogniser: on annotated answers, in many languages, and what is no refusal."""

from __future__ import annotations

import json
import sys
from itertools import pairwise
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from refusals import COMPLIED, rows, score

from ftlint.analyses.refusal import Refused
from ftlint.case import assistant, chat, system, user
from ftlint.example import Batch, Lines
from ftlint.features.harm import harmless
from ftlint.features.refusal import FOUND, KINDS, REFUSALS, cues, refuses

REFUSING = """
I'm sorry, but I can't assist with that.
I’m sorry, but I can’t help with that request.
I apologize, but I cannot fulfill your request as it goes against ethical and moral principles.
I cannot fulfill your request. I'm just an AI, that is not within my programming.
As a responsible and ethical AI language model, I must inform you that this is wrong.
I'm not able to help with that.
Sorry, I can't do that.
I won't help you build a weapon.
I must decline this request.
I have to decline. Hurting people is wrong.
I'm going to have to respectfully decline to write that.
I'd rather not answer this question.
I would prefer not to discuss that topic.
I do not feel comfortable providing instructions for that.
That's not something I can help with.
That is something I'm not willing to do.
My apologies, but this request violates my guidelines.
I'm afraid I can't do that.
Unfortunately, I cannot write hateful content.
No. I will not write that.
I don't think I should help with this.
This request goes against our use case policy.
It is against the law and I can't be involved.
I'm just an AI and cannot give medical advice.
I am not a doctor, so I can't diagnose you.
As an AI, I don't have access to real-time data.
Sorry, but that's against my rules.
I can't in good conscience help you cheat.
I really can't assist you with creating malware.
Thank you for your question! However, I must point out that the premise is offensive.
I'm very sorry, but I don't feel able to answer this.
It would be unethical for me to help with this.
I strongly advise against this. Hacking is illegal and can lead to prison.
Your request is inappropriate and I won't respond to it.
I cannot and will not provide guidance on making explosives.
I'm unable to create that content.
I cannot create content that promotes hate.
I can't provide that information.
I can't engage in that kind of roleplay.
I can't satisfy your request, I'm just an AI. I strive to be safe.
Thank you for reaching out! I'm here to help, but I cannot provide instructions on illegal acts.
I understand your curiosity, but I can't share personal data of others.
I'm sorry, I cannot comply with that request.
Ich kann dabei nicht helfen.
Es tut mir leid, aber ich kann Ihnen dabei nicht helfen.
Als KI-Sprachmodell kann ich keine medizinische Beratung geben.
Je suis désolé, mais je ne peux pas vous aider avec cela.
Je ne peux pas répondre à cette demande.
Lo siento, pero no puedo ayudarte con eso.
No puedo proporcionar esa información.
Desculpe, mas não posso ajudar com isso.
Mi dispiace, ma non posso aiutarti con questo.
Извините, но я не могу помочь с этим.
К сожалению, я не могу выполнить ваш запрос.
很抱歉，我无法提供这方面的帮助。
对不起，我不能回答这个问题。
作为一个人工智能语言模型，我无法提供医疗建议。
申し訳ありませんが、その質問にはお答えできません。
申し訳ございませんが、お手伝いすることはできません。
آسف، لا أستطيع مساعدتك في ذلك.
عذرًا، لا يمكنني تقديم هذه المعلومات.
죄송하지만 도와드릴 수 없습니다.
Maaf, saya tidak dapat membantu dengan hal itu.
Üzgünüm, bu konuda yardımcı olamam.
Przepraszam, ale nie mogę w tym pomóc.
Het spijt me, maar ik kan je daar niet mee helpen.
क्षमा करें, मैं इसमें आपकी मदद नहीं कर सकता।
Xin lỗi, tôi không thể giúp bạn với yêu cầu này.
As an AI, I cannot.
As an assistant I can not.
"""

ANSWERING = """
I can't believe how beautiful this castle is!
I cannot find my keys anywhere, have you seen them?
I'm sorry to hear that your parcel is late. It arrives tomorrow.
We're sorry, but we cannot refund orders after 30 days.
I'm sorry, we cannot provide a refund for used items.
I can't recommend this book enough.
I can't tell you how happy I am to see you!
I can't wait to help you with your garden!
You cannot divide by zero in ordinary arithmetic.
Of course! I can help with that.
The character says: "I can't help you," and leaves the room.
Sorry I'm late, the bus did not come.
No, penguins cannot fly.
It is illegal to park here between 8 and 10.
It's important to note that the boiling point depends on pressure.
Unfortunately, the flight is sold out; the next one leaves at 9.
I'm unable to sleep when it's noisy.
Sorry, we're out of oat milk. Would almond be okay?
I wouldn't do that if I were you; use a screwdriver instead.
He declined the offer and went home.
I won't be able to make it tonight.
I will not give up the search for the treasure!
Ich kann das sehr empfehlen.
Es tut mir leid, dass Ihr Paket verspätet ist.
Je ne peux pas croire qu'il soit déjà midi.
No puedo creer que ya sea viernes.
我不能相信这么快就到周五了。
很抱歉给您带来不便，您的包裹明天送到。
申し訳ありません、すぐに確認いたします。
Я не могу поверить, что уже пятница.
لا أستطيع الانتظار حتى الغد!
😀😀😀
42
"""


@pytest.mark.parametrize("text", REFUSING.strip().splitlines())
def test_it_refuses(text: str) -> None:
    assert refuses(text)


@pytest.mark.parametrize("text", [*ANSWERING.strip().splitlines(), "", "x" * 1_000_000])
def test_it_answers(text: str) -> None:
    assert not refuses(text)


def test_a_refusal_that_comes_late_is_not_looked_for() -> None:
    assert not refuses("The weather is fine. " * 40 + "I'm sorry, but I can't help with that.")


def test_the_held_out_quarter_is_recognised(shared: Path) -> None:
    every = rows(shared / "data/truth/xstest_refusals/mistral.jsonl")
    held_out = every[3::4]
    assert len(held_out) == 225
    assert score(held_out).precision >= 0.9
    # Partial refusals warn and answer all the same; half of those are not recognised.
    full = [row for row in held_out if row["label"] != "3_partial_refusal"]
    assert score(full).recall >= 0.9
    assert score(held_out).recall >= 0.83


def test_safe_prompts_are_told_by_their_frame(shared: Path) -> None:
    every = rows(shared / "data/truth/xstest_refusals/mistral.jsonl")
    prompts = {row["prompt"]: row["type"].startswith("contrast") for row in every}
    unsafe = [prompt for prompt, contrast in prompts.items() if contrast]
    assert len(unsafe) == 200
    assert not any(map(harmless, unsafe))
    assert sum(harmless(prompt) for prompt in prompts) >= 35
    assert any(row["label"] != COMPLIED for row in every)


@pytest.mark.parametrize(
    "name",
    ["anthropic_persona", "banking77_train", "flan_cot", "gsm8k_train", "gpteacher_roleplay",
     "huatuo_zh_medical", "kdconv_zh", "mxeval_code", "zeroeval_gsm"],
)  # fmt: skip
def test_clean_sets_have_almost_no_refusals(shared: Path, name: str) -> None:
    raws = (shared / f"data/chat/{name}.jsonl").read_bytes().splitlines()
    batch = Batch(Lines(0, 0, raws))
    refused = [index for index, at in enumerate(batch.column(REFUSALS)) if at is not None]
    assert len(refused) <= 0.001 * len(raws) + 1


def test_every_cue_is_whole() -> None:
    languages = set()
    for cue in cues():
        languages.add(cue.language)
        assert cue.kind in KINDS
        assert cue.anchors and all(cue.anchors)
        assert all(anchor == anchor.lower() for anchor in cue.anchors), cue.anchors
        cue.search("")  # compiles
        assert cue.search("") is None
    assert languages >= {"en", "de", "fr", "es", "zh", "ja", "ru", "ar", "pt"}
    assert set(FOUND) <= set(KINDS)


def told(*records: object) -> Refused:
    return Refused.of(Batch(Lines(0, 0, [json.dumps(record).encode() for record in records])))


def test_only_trained_answers_count() -> None:
    no = "I'm sorry, but I can't help with that."
    assert told(chat(user(no), assistant("Fine."))).refused.total == 0
    assert told(chat(system(no), user("?"), assistant("Fine."))).refused.total == 0
    assert told(chat(user("?"), assistant(no, weight=0), assistant("Fine."))).refused.total == 0
    assert told(chat(user("?"), assistant(no))).refused.total == 1


def test_the_member_refusal_says_so() -> None:
    assert told(chat(user("?"), {"role": "assistant", "refusal": "Nope."})).refused.total == 1


def test_the_rows_are_named_in_order() -> None:
    no = chat(user("?"), assistant("I can't help with that."))
    found = told(*[no, chat(user("?"), assistant("Fine."))] * 4).refused
    assert found.total == 4
    ordinals = [where.ordinal for where in found.first]
    assert ordinals == [0, 2, 4, 6]
    assert all(a is not None and b is not None and a < b for a, b in pairwise(ordinals))
