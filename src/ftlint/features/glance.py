"""A glance at a prompt and its answer: whether they are plainly in one language.

It takes about a microsecond where the model takes thirty, and it decides most pairs. It errs to
one side only: what it calls plain is not looked at further.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from functools import lru_cache

from ftlint.features.language import FEWEST, HEAD
from ftlint.features.script import ALONE, CYRILLIC, DECIDED, IDEOGRAPH, LATIN, glimpse

_BRIEF = FEWEST // IDEOGRAPH
SHORT = 50
"""Code points of a text that is too short to differ within one script: models take slang and
names for other languages."""

# Common words that few other languages of the list share; own choice, MIT.
_COMMON = {
    "en": "the and you what that with this how which your have from are is of to in for it was",
    "de": "der die das und ist nicht ein eine ich sie zu den mit von auf für wie sich dem des auch",
    "fr": "le les et des est une dans pour qui vous je pas sur avec ce sont par plus du au comment",
    "es": "el los y las es una para qué cómo por con del se su más está como lo usted tiene son",
    "pt": "o os e uma não para você é com do da em mais como dos são que por ao na foi seu",
    "it": "il che di è non una per sono con del della gli come più nel si questo anche lo hai",
    "nl": "de het een en van is niet ik je dat op te zijn voor met die hoe wat naar kan",
    "sv": "och att det som en är inte jag på för med av den till hur vad har om ett du",
    "da": "og at det som en er ikke jeg på for med af den til hvordan hva har om et du hvad",
    "pl": "i w nie się na jest to z do że jak co czy dla są od przez ale po ma",
    "cs": "a se je na to v že jak co pro s jsou ale být nebo který od po tak si",
    "tr": "ve bir bu için ne nasıl ile çok var daha mı da de olarak gibi ben sen en kadar",
    "id": "yang dan di ini itu dengan untuk dari tidak apa adalah pada ke saya anda dalam bisa",
    "ru": "и в не на что я с как это по для из то но а вы ты у его есть",
    "uk": "і в не на що я з як це по для та але ви ти у його є або",
    "vi": "là và của có không được cho một những các trong với tôi bạn này để như khi",
}
_CODES = tuple(_COMMON)
_WORDS: dict[str, int] = {}
"""What each word counts: 1 in the byte of each of its languages. None has more than 256 words."""
for _at, _listed in enumerate(_COMMON.values()):
    for _word in set(_listed.split()):
        _WORDS[_word] = _WORDS.get(_word, 0) + (1 << 8 * _at)


def unclear(prompt: str, answer: str) -> bool:
    """Return whether two texts may be in different languages, as their beginnings show.

    A text that is too short to be judged, or a single word such as a label, is no reason.
    """
    return bool(unclear_in((prompt,), (answer,)))


def unclear_in(prompts: Sequence[str], answers: Sequence[str]) -> list[int]:
    """Return the indices of the pairs of prompt and answer that are `unclear`."""
    found = []
    for at, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
        # What decides most pairs comes first: labels, then plain letters, then scripts.
        if len(answer) < _BRIEF or len(prompt) < _BRIEF:
            continue
        answer, prompt = answer[:HEAD], prompt[:HEAD]
        if answer.isascii() and (len(answer) < FEWEST or " " not in answer):
            continue
        if prompt.isascii():
            if len(prompt) < FEWEST or " " not in prompt:
                continue
            # As `_english` says, without a call for most.
            english = " the " in prompt or " you " in prompt or _english(prompt)
            if answer.isascii():
                if english and (" the " in answer or " you " in answer or _english(answer)):
                    continue
                if _letters_differ(prompt, answer, english):
                    found.append(at)
                continue
        if _scripts_differ(prompt, answer):
            found.append(at)
    return found


def _letters_differ(prompt: str, answer: str, english: bool) -> bool:
    """Return whether two texts of plain letters may differ, of which not both are English.

    `english` says whether the prompt is.
    """
    if len(prompt) < SHORT or len(answer) < SHORT or prompt == answer:
        return False
    if _fairly(answer) if english else (_fairly(prompt) and _loosely(answer)):
        return False
    return _apart(prompt, answer)


def _scripts_differ(prompt: str, answer: str) -> bool:
    """Return whether two texts may differ of which not both are of plain letters."""
    one, other = glimpse(prompt), glimpse(answer)
    if one == other and one in ALONE:
        return False
    if prompt == answer or (_english(answer) and _english(prompt)):
        return False
    if one != other:
        return True
    if len(prompt) < SHORT or len(answer) < SHORT:
        return False
    if one == LATIN and _loosely(answer) and _loosely(prompt):
        return False
    return one not in (LATIN, CYRILLIC) or _apart(prompt, answer)


def _apart(prompt: str, answer: str) -> bool:
    """Return whether no language leads in both texts."""
    leading = _leading(answer)
    return not leading or not leading & _leading(prompt)


def _brief(head: str) -> bool:
    if head.isascii():
        return len(head) < FEWEST or " " not in head
    return len(head) < _BRIEF


def _english(head: str) -> bool:
    """Return whether one of a few words stands there that are common in English alone."""
    return (
        " the " in head
        or " you " in head
        or " and " in head
        or " is " in head
        or " of " in head
        or " what " in head
        or "What " in head
    )


def _loosely(head: str) -> bool:
    """Return whether plain letters are likely English: `_english`, and what is as common."""
    return _english(head) or _fairly(head)


def _fairly(head: str) -> bool:
    return (
        " to " in head
        or "'s " in head
        or "n't " in head
        or " I " in head
        or " it " in head
        or "How " in head
        or " for " in head
        or " are " in head
        or " can " in head
        or " that" in head
        or " this " in head
    )


def plainly_in(text: str, languages: frozenset[str]) -> bool:
    """Return whether a text is plainly in one of `languages`, or too short to be judged."""
    head = text[:HEAD]
    if _brief(head) or ("en" in languages and _english(head)):
        return True
    script = glimpse(head)
    if script in ALONE:
        return DECIDED[script] in languages
    leading = _leading(head)
    return bool(leading) and leading <= languages


def _leading(text: str, silent: Set[str] = frozenset()) -> frozenset[str]:
    """Return the languages of which the text has the most common words; `silent` say nothing."""
    words = _WORDS.keys() & text.lower().split()
    return _most(sum(map(_WORDS.__getitem__, words - silent if silent else words)))


@lru_cache(maxsize=1 << 12)
def _most(counts: int) -> frozenset[str]:
    """Return the languages with the largest count, each a byte; none where all are 0."""
    each = counts.to_bytes(len(_CODES), "little")
    most = max(each)
    return frozenset([code for code, count in zip(_CODES, each, strict=True) if 0 < count == most])


_SILENT = frozenset({"i", "a"})


def tongue(head: str) -> str:
    """Return the language that a beginning is most likely in, at a glance; empty if unclear.

    Short words of plain letters that say nothing else are taken for English, and "I" and "a",
    which are words of many languages, say nothing.
    """
    if " the " in head or " you " in head or " and " in head or "What " in head:
        return "en"
    script = glimpse(head)
    if script in ALONE:
        return DECIDED[script]
    found = _leading(head, _SILENT)
    if len(found) == 1:
        return next(iter(found))
    if "en" in found or (not found and script == LATIN and head.isascii()):
        return "en"
    return min(found) if found and script == CYRILLIC else ""
