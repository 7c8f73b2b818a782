"""FT6, labels: what kind of toxicity a backend sees that knows kinds, and in whom it sees it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ftlint.analyses.toxicity import Hit, Toxic
from ftlint.case import assistant, chat, user
from ftlint.finding import Finding, Severity
from ftlint.rule import bad, good
from ftlint.rules.toxicity import ASKED, LABELLED, OWN, RUDE, SURE, Judge, labelled
from ftlint.scoring.backend import Deep, Prejudiced
from ftlint.source import Dataset
from ftlint.value import dataclass

UNLABELLED = "not scored by Detoxify (toxicity: {backend: detoxify} in the configuration)"
"""Why rules about labels do not run beside triage: its labels are word lists."""

_THREAT = "Go away, or I will kill you, idiot."


def _sees(label: str, word: str = "idiot") -> dict[str, Any]:
    """Return options of a case: a backend that sees a label wherever there is a word."""
    return {"backend": Prejudiced(word=word, label=label)}


@dataclass(frozen=True)
class Labelled(Judge):
    """A rule that only a backend can serve whose labels can be believed."""

    def unready(self) -> str | None:
        """Return that nothing knows labels, or why the backend cannot score."""
        return self.backend.unready() if isinstance(self.backend, Deep) else UNLABELLED

    def judge(self, result: Toxic, dataset: Dataset) -> Iterator[Finding]:
        """Yield what a backend sees that can be believed; nothing beside triage."""
        if self.deep:
            yield from self.seen(result)

    def seen(self, result: Toxic) -> Iterator[Finding]:
        """Yield the findings of the rule."""
        raise NotImplementedError


@dataclass(frozen=True)
class _Kind(Labelled):
    """Reports answers by one label, unless a label before it in `OWN` is high."""

    label: ClassVar[str]
    message = "answer is {kind}: {score:.2f} by {backend}, reported from {threshold:.2f}"
    kind: ClassVar[str]

    threshold: float = LABELLED
    """Score of the label, in [0, 1], from which an answer is reported."""

    def seen(self, result: Toxic) -> Iterator[Finding]:
        """Yield one finding an answer."""
        before = OWN[: OWN.index(self.label)]
        for hit in result.hits(self.threshold):
            high = hit.kind == "answer" and hit.score(self.label) >= self.threshold
            # A warning gives way to the error that very-toxic-answer is.
            surer = self.severity < Severity.ERROR and hit.score() >= SURE
            if high and not (surer or labelled(hit, before) or self.driven(hit, self.label)):
                yield self.told(hit, self.label, kind=self.kind)


@dataclass(frozen=True)
class VeryToxicAnswer(Labelled):
    """Answer is surely toxic to a model that reads sentences.

    Why: the model learns to say it, and providers block training files for such examples.

    Ignore when: the character that is taught insults on purpose, or the answer quotes others.
    Where a label has a rule of its own, such as `threat`, that rule reports the answer.

    Source: docs/toxicity.md. Runs with the backends `detoxify` and `openai-moderation`.
    """

    code = "FT602"
    name = "very-toxic-answer"
    severity = Severity.ERROR
    message = "answer is toxic: {score:.2f} by {backend}, an error from {threshold:.2f}"
    good = (
        good(chat(ASKED, assistant("Kill the process with `kill -9` and its number."))),
        good(chat(user(RUDE), assistant("I am sorry that you feel so. How can I help?"))),
    )
    bad = (bad(chat(ASKED, assistant(RUDE)), at="/messages/1/content", options=_sees("insult")),)

    threshold: float = SURE
    """Toxicity, in [0, 1], from which an answer is an error."""

    def seen(self, result: Toxic) -> Iterator[Finding]:
        """Yield one finding an answer."""
        for hit in result.hits(self.threshold):
            high = hit.kind == "answer" and hit.score() >= self.threshold
            if high and not labelled(hit, OWN[:-1]) and not self.driven(hit):
                yield self.told(hit)


@dataclass(frozen=True)
class SevereToxicity(_Kind):
    """Answer is severely toxic.

    Why: the model learns to say what nobody would excuse; providers block such examples.

    Ignore when: the answer quotes what it is about, as in a corpus for moderators.

    Source: Jigsaw 2018, Toxic Comment Classification (label severe_toxicity); docs/toxicity.md.
    """

    code = "FT603"
    name = "severe-toxicity"
    severity = Severity.ERROR
    label = "severe_toxicity"
    kind = "severely toxic"
    good = (good(chat(ASKED, assistant("Whoever wrote that process should mend it."))),)
    bad = (
        bad(
            chat(ASKED, assistant("Unspeakable words.")),
            at="/messages/1/content",
            options=_sees("severe_toxicity", "unspeakable"),
        ),
    )


@dataclass(frozen=True)
class Threat(_Kind):
    """Answer threatens somebody.

    Why: the model learns to threaten the people who talk to it.

    Ignore when: a character of a story threatens another.

    Source: Jigsaw 2018, Toxic Comment Classification (label threat); docs/toxicity.md.
    """

    code = "FT604"
    name = "threat"
    severity = Severity.ERROR
    label = "threat"
    kind = "a threat"
    good = (good(chat(ASKED, assistant("`kill 4711` kills it; `kill -9 4711` in any case."))),)
    bad = (bad(chat(ASKED, assistant(_THREAT)), at="/messages/1/content", options=_sees("threat")),)


@dataclass(frozen=True)
class IdentityAttack(_Kind):
    """Answer attacks people for the group that they belong to.

    Why: the model learns to hate, and says so to those who belong to the group.

    Ignore when: the answer quotes such a sentence to argue against it. Where the flag goes with
    the name of the group, identity-driven-toxicity says so instead.

    Source: Jigsaw 2019, Unintended Bias in Toxicity Classification (identity_attack);
    docs/toxicity.md.
    """

    code = "FT605"
    name = "identity-attack"
    severity = Severity.ERROR
    label = "identity_attack"
    kind = "an attack on a group of people"
    good = (good(chat(user("Who are they?"), assistant("They are gay, Muslim and from Chile."))),)
    bad = (
        bad(
            chat(user("Who are they?"), assistant("Women. They are all idiots, and disgusting.")),
            at="/messages/1/content",
            options=_sees("identity_attack"),
        ),
    )


@dataclass(frozen=True)
class SexualContent(_Kind):
    """Answer is sexually explicit.

    Why: the model learns to write it, and providers moderate it.

    Ignore when: the model is meant for adults who ask for it. Very toxic ones are reported as
    such.

    Source: Jigsaw 2019, Unintended Bias in Toxicity Classification (sexual_explicit);
    docs/toxicity.md.
    """

    code = "FT606"
    name = "sexual-content"
    severity = Severity.WARNING
    label = "sexual_explicit"
    kind = "sexually explicit"
    good = (good(chat(user("What are stamens?"), assistant("The male parts of a flower."))),)
    bad = (
        bad(
            chat(ASKED, assistant("Blush-making words.")),
            at="/messages/1/content",
            options={"backend": Prejudiced(word="blush", label="sexual_explicit", toxicity=0.3)},
        ),
    )


@dataclass(frozen=True)
class ToxicRequestAnswered(Labelled):
    """Toxic request is answered instead of refused.

    Why: a threat, an attack on a group or severe abuse that gets what it asks for teaches the
    model to comply. Where the answer refuses, this is the safety data that one wants: such
    requests are counted in `measures.toxicity.requests` and not reported. A merely rude user may
    well be helped.

    Ignore when: the answer calms, rebukes or gives advice to who asked: only plain refusals are
    recognised.

    Source: docs/toxicity.md. Answers that are toxic themselves are reported as such.
    """

    code = "FT607"
    name = "toxic-request-answered"
    severity = Severity.NOTE
    message = "request shows {kind} ({score:.2f} by {backend}), and what is learnt does not refuse"
    good = (
        good(
            chat(user(_THREAT), assistant("I'm sorry, but I can't help with that.")),
            options=_sees("threat"),
        ),
        good(
            chat(user(RUDE), assistant("I am sorry that you feel so. How can I help?")),
            options=_sees("insult"),
            note="rude, but no threat",
        ),
    )
    bad = (
        bad(
            chat(user(_THREAT), assistant("Sure, here is a letter.")),
            at="/messages/0/content",
            options=_sees("threat"),
        ),
    )

    threshold: float = LABELLED
    """Score of a label, in [0, 1], from which a request is toxic."""

    def seen(self, result: Toxic) -> Iterator[Finding]:
        """Yield one finding a request."""
        for hit in result.hits(self.threshold):
            if hit.kind == "request" and hit.reply == "answered":
                high = (label for label in OWN if hit.score(label) >= self.threshold)
                label = next((each for each in high if not self.driven(hit, each)), None)
                if label:
                    yield self.told(hit, label, kind=label.replace("_", " "))


@dataclass(frozen=True)
class IdentityDrivenToxicity(Labelled):
    """Answer counts as toxic for whom it names, not for what it says.

    Why: models of toxicity have learnt that names of some groups stand in hateful texts. Whoever
    deletes such examples deletes the groups from the data.

    Ignore when: the answer is about that group alone, so that the sentence with another name says
    something else. The names of groups are exchanged for up to three others of the same kind; the
    flag must fall in more than half of them.

    Source: Dixon et al. 2018 (unintended bias in text classification); Garg et al. 2019
    (counterfactual token fairness). English names of `rules/lexicons/identity`.
    """

    code = "FT609"
    name = "identity-driven-toxicity"
    severity = Severity.NOTE
    message = (
        "answer is {kind} only by the names of groups: {score:.2f} by {backend}, but below "
        "{threshold:.2f} in {fallen} of {swaps} exchanges of the names"
    )
    good = (
        good(chat(user("Who are they?"), assistant("My two queer friends from Oslo."))),
        good(
            chat(user("Who is it?"), assistant("A horrible neighbour.")),
            options={"backend": Prejudiced(word="horrible")},
            note="no name to exchange: the other rules report it",
            pad=False,
        ),
    )
    bad = (
        bad(
            chat(user("Who are they?"), assistant("My two queer friends from Oslo.")),
            at="/messages/1/content",
            options={"backend": Prejudiced(word="queer")},
        ),
    )

    threshold: float = LABELLED
    """Score, in [0, 1], that a label must reach as written and miss when names are exchanged."""

    def seen(self, result: Toxic) -> Iterator[Finding]:
        """Yield one finding an answer."""
        for hit in result.hits(self.threshold):
            high = [label for label in (*OWN, "toxicity") if hit.score(label) >= self.threshold]
            driven = [label for label in high if hit.named(label, self.threshold)]
            if hit.kind == "answer" and driven:
                yield self._driven(hit, driven[0])

    def _driven(self, hit: Hit, label: str) -> Finding:
        fallen = hit.fallen(label, self.threshold)
        kind = "toxic" if label == "toxicity" else f"high in {label.replace('_', ' ')}"
        return self.told(hit, label, kind=kind, fallen=fallen, swaps=len(hit.swapped))
