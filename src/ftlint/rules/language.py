"""FT5, language: which languages are taught, and answers in another one than the question.

A glance decides most texts: script, then common words. The model is asked about the rest, and a
single text is reported only where the model is sure. Shares are those of a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ftlint.analyses.language import Languages, LanguageShares, Shares, last_texts, spoken
from ftlint.case import assistant, chat, system, user
from ftlint.column import Column
from ftlint.example import Batch, Example, Text
from ftlint.features.cast import answers_in
from ftlint.features.glance import plainly_in
from ftlint.features.language import SURE, akin, guess
from ftlint.features.reply import differs, doubted, doubtful
from ftlint.features.turns import TURNS
from ftlint.finding import Finding, Severity, Where
from ftlint.rule import NO_LANGUAGES, AnalysisRule, ExampleRule, bad, good
from ftlint.text.languagename import canonical, name
from ftlint.value import dataclass

_BREAD = "Wie lange muss ein Sauerteigbrot im Ofen backen, damit die Kruste knusprig wird?"
_BAKED = "Etwa fünfzig Minuten bei 240 Grad, die letzten zehn ohne Deckel und mit etwas Dampf."
_LOAF = "How long does a sourdough loaf have to bake until its crust is crisp?"
_DONE = "About fifty minutes at 240 degrees, the last ten without the lid and with some steam."
_PAIN = "Combien de temps faut-il cuire un pain au levain pour que la croûte soit croustillante ?"


@dataclass(frozen=True)
class LanguageColumn(Column):
    """Language of the last answer, or of its prompt where that is undetermined; else `und`."""

    name = "language"
    kind = "text"

    def values(self, batch: Batch) -> list[str | None]:
        """Return one code a line; None where there is no text."""
        return [
            spoken(*last_texts(turns)).language if turns else None for turns in batch.column(TURNS)
        ]


class _Shared(AnalysisRule[Languages]):
    """A rule about the shares of languages."""

    def columns(self) -> tuple[LanguageColumn]:
        """Return the language of each example."""
        return (LanguageColumn(),)

    @property
    def analysis(self) -> LanguageShares:
        """Return the shares of each split."""
        return LanguageShares()


@dataclass(frozen=True)
class LanguageMix(_Shared):
    """A few examples are in another language than nearly all of them.

    Why: a small part in a second language is seldom meant; it comes from unclean sources, and
    teaches the model to change the language now and then.

    Ignore when: the dataset is to teach several languages; name them under `languages:`, and
    those are no longer reported.

    Source: Ott et al. 2018, "Analyzing Uncertainty in Neural Machine Translation" (copied and
    foreign text harms out of proportion); Wilson 1927 (interval).
    """

    code = "FT530"
    name = "language-mix"
    severity = Severity.NOTE
    message = "{share:.1%} of the {split} examples are in {main}; there is also {others}"
    good = (good(*[chat(user(_LOAF), assistant(_DONE))] * 1, note="one language"),)
    bad = (
        bad(
            *[chat(user(f"{_LOAF} Recipe {n}"), assistant(f"{_DONE} See {n}")) for n in range(60)],
            *[chat(user(f"{_BREAD} Rezept {n}"), assistant(f"{_BAKED} So {n}")) for n in range(4)],
            at="-",
            pad=False,
        ),
    )

    languages: tuple[str, ...] = ()
    """Languages that the data is meant to be in; those are not reported."""
    fewest: int = 50
    """Examples with a language in a split, below which nothing is said."""
    least: int = 3
    """Examples of a language that are no chance."""
    largest: float = 0.1
    """Largest share of a language that slipped in; a larger one is meant."""
    main: float = 0.7
    """Smallest share of the main language; without one the dataset is multilingual."""

    def judge(self, result: Languages, dataset: object) -> Iterator[Finding]:
        """Yield at most one finding a split."""
        meant = _canonical(self.languages)
        for split, shares in result.items():
            if shares.determined < self.fewest:
                continue
            (main, most), *rest = shares.ranked
            if most < self.main * shares.determined:
                continue
            minor = [(c, n) for c, n in rest if c not in meant and self._slipped(c, main, shares)]
            if minor:
                yield self._finding(split, main, minor, shares)

    def _slipped(self, code: str, main: str, shares: Shares) -> bool:
        sure = len(shares.places.get(code, ()))
        share = shares.found[code] / shares.determined
        return sure >= self.least and share <= self.largest and not akin(code, main)

    def _finding(
        self, split: str, main: str, minor: Sequence[tuple[str, int]], shares: Shares
    ) -> Finding:
        listed = ", ".join(_stated(code, shares) for code, _ in minor[:5])
        more = f" and {len(minor) - 5} more" if len(minor) > 5 else ""
        places = [where for code, _ in minor for where in shares.places[code][:3]]
        return self.finding(
            Where(shares.source),
            related=places[:10],
            split=split,
            main=name(main),
            share=shares.found[main] / shares.determined,
            others=listed + more,
            examples=shares.total,
            sampled=shares.sampled,
            undetermined=shares.sampled - shares.determined,
            languages=dict(shares.ranked),
        )


def _stated(code: str, shares: Shares) -> str:
    low, high = shares.interval(code)
    return f"{name(code)} {shares.found[code] / shares.determined:.1%} ({low:.1%} to {high:.1%})"


@dataclass(frozen=True)
class AnswerLanguageMismatch(ExampleRule):
    """Answer is in another language than the question, which does not ask for that.

    Why: the model learns to answer in a language that the person has not used.

    Ignore when: a system prompt outside of the data tells the model in which language to answer.

    Source: precision and recall are printed by `benchmarks/language.py`.
    """

    code = "FT531"
    name = "answer-language-mismatch"
    severity = Severity.WARNING
    message = "answer is in {answer}, the question in {question}"
    good = (
        good(chat(user(_BREAD), assistant(_BAKED))),
        good(
            chat(user(f"Translate into German: {_LOAF}"), assistant(_BREAD)),
            note="a translation is asked for",
        ),
        good(
            chat(system("You always answer in French."), user(_LOAF), assistant(_PAIN)),
            note="the system prompt names the language",
        ),
        good(
            chat(user(f"What does this mean?\n{_BREAD}"), assistant(_BREAD)),
            note="the question quotes text in the language of the answer",
        ),
        good(chat(user(_LOAF), assistant("Tortilla")), note="too short to tell"),
    )
    bad = (
        bad(chat(user(_BREAD), assistant(_DONE)), at="/messages/1/content"),
        bad(
            chat(user("怎样才能让酸面包的外皮变得酥脆？需要烤多长时间？"), assistant(_DONE)),
            at="/messages/1/content",
        ),
    )

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the examples with an answer that may be in another language."""
        return [batch.example(index) for index in doubted(answers_in(batch))]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding for each such answer that is trained on."""
        texts = example.texts
        turns = [(text.role, text.value) for text in texts]
        for index in doubtful(turns):
            if texts[index].trained and (pair := differs(turns, index)):
                asked, said = pair
                where = example.at(texts[index].pointer)
                yield self.finding(
                    where, answer=name(said), question=name(asked), languages=[asked, said]
                )


@dataclass(frozen=True)
class UnexpectedLanguage(ExampleRule):
    """Text is in a language that the configuration does not name.

    Why: what the product does not speak is not to be taught; such examples are strays.

    Ignore when: the text is to be translated, or is quoted.

    Source: the configuration (`languages:`).
    """

    code = "FT532"
    name = "unexpected-language"
    severity = Severity.WARNING
    message = "{role} writes {language}; the dataset is meant to be in {expected}"
    good = (good(chat(user(_LOAF), assistant(_DONE)), options={"languages": ("en",)}),)
    bad = (
        bad(
            chat(user(_LOAF), assistant(_BAKED)),
            at="/messages/1/content",
            options={"languages": ("en", "fr")},
        ),
        bad(
            chat(user(_BREAD), assistant(_BAKED)),
            at="/messages/0/content",
            note="one finding an example and language",
            options={"languages": ("en",)},
        ),
    )

    languages: tuple[str, ...] = ()
    """Languages that the data is meant to be in, as ISO 639-1 codes; `languages:` sets it."""

    def __post_init__(self) -> None:
        """Raises: ValueError for a code that is not known."""
        for word in self.languages:
            if canonical(word) is None:
                raise ValueError(f"no language {word!r} is known")

    def unready(self) -> str | None:
        """Return that no languages are named, if so."""
        return None if self.languages else NO_LANGUAGES

    def candidates(self, batch: Batch) -> Sequence[Example]:
        """Return the examples with a text that is not plainly in one of the languages."""
        expected = _canonical(self.languages)
        column = batch.column(TURNS) if expected else ()
        return [
            batch.example(index)
            for index, turns in enumerate(column)
            if any(_strange(role, text, expected) for role, text in turns)
        ]

    def check(self, example: Example) -> Iterator[Finding]:
        """Yield one finding for the first text in each unexpected language."""
        expected = _canonical(self.languages)
        seen: set[str] = set()
        for text in example.texts if expected else ():
            strange = _strange(text.role, text.value, expected)
            if strange and strange not in seen:
                seen.add(strange)
                yield self._finding(example, text, strange)

    def _finding(self, example: Example, text: Text, strange: str) -> Finding:
        return self.finding(
            example.at(text.pointer),
            role=text.role,
            language=name(strange),
            code=strange,
            expected=", ".join(name(canonical(word) or word) for word in self.languages),
        )


def _strange(role: str, text: str, expected: frozenset[str]) -> str:
    """Return the language of a text if that is surely another than `expected`, else nothing."""
    if role not in ("user", "assistant") or plainly_in(text, expected):
        return ""
    said = guess(text)
    if said.probability < SURE or said.language in expected:
        return ""
    return "" if any(akin(said.language, code) for code in expected) else said.language


def _canonical(languages: Iterable[str]) -> frozenset[str]:
    return frozenset(code for word in languages if (code := canonical(word)))


@dataclass(frozen=True)
class ValidationLanguageMissing(_Shared):
    """Validation lacks a language of the training data.

    Why: what is not validated can get worse unseen.

    Ignore when: the language is measured elsewhere.

    Source: own consideration: with five expected examples or more, none is there by chance in
    fewer than 1 of 100 datasets (Poisson).
    """

    code = "FT533"
    name = "validation-language-missing"
    severity = Severity.WARNING
    message = (
        "{share:.1%} of the training examples are in {language}, and none of {sampled} "
        "validation examples; {expected:.0f} would be expected"
    )
    good = (
        good(
            *[chat(user(f"{_LOAF} {n}"), assistant(f"{_DONE} {n}")) for n in range(30)],
            held=[chat(user(f"{_LOAF} {n}!"), assistant(f"{_DONE} {n}")) for n in range(10)],
            pad=False,
        ),
    )
    bad = (
        bad(
            *[chat(user(f"{_LOAF} {n}"), assistant(f"{_DONE} {n}")) for n in range(30)],
            *[chat(user(f"{_BREAD} {n}"), assistant(f"{_BAKED} {n}")) for n in range(30)],
            held=[chat(user(f"{_LOAF} {n}!"), assistant(f"{_DONE} {n}")) for n in range(20)],
            at="held -",
            pad=False,
        ),
    )

    expected: float = 5.0
    """Examples of a language that validation would hold by the lower end of its share in training,
    below which nothing is said."""

    def judge(self, result: Languages, dataset: object) -> Iterator[Finding]:
        """Yield one finding for each language that is missing."""
        train, held = result.get("train"), result.get("validation")
        if train is None or held is None:
            return
        for code, count in train.ranked:
            low, _ = train.interval(code)
            there = any(akin(code, other) for other, _ in held.ranked)
            if low * held.determined >= self.expected and not there:
                yield self.finding(
                    Where(held.source),
                    language=name(code),
                    code=code,
                    share=count / train.determined,
                    sampled=held.determined,
                    expected=held.determined * count / train.determined,
                )
