"""What could be answered and what was: choices, guessing, and who took what. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import factorial, fsum
from typing import Any, Final

from app.core.text import Bilingual
from app.quizzes import grading
from app.quizzes.analysis import rules
from app.quizzes.analysis.rules import Figure, Numbers, Reason
from app.quizzes.grading import gapped
from app.quizzes.grading.numeric import units_of
from app.quizzes.grading.short_text import compared

Body = Mapping[str, Any]
Response = Mapping[str, Any]

#: Ours: a written answer is listed once this many people gave it, so that none can be traced to one of them.
MIN_SAME_ANSWER: Final = 3
#: Ours: as many written answers are listed.
MOST_ANSWERS: Final = 8
#: As many characters around a gap tell which one it is.
CONTEXT: Final = {"zh": 10, "en": 24}
#: Ours: below this many people, three score groups instead of five, so that a group is more than a few.
FIVE_GROUPS_FROM: Final = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be answered: an option, a pair, an item in its place, a written answer."""

    id: str
    text: Bilingual
    correct: bool


@dataclass(frozen=True, slots=True)
class ChoiceUse:
    """Who took a choice. Shares of all, of the high and the low group, and of each score group from the lowest."""

    choice: Choice
    count: int
    share: float
    high: float
    low: float
    curve: tuple[float, ...]
    #: Correlation of taking it with the rest of the paper.
    correlation: Figure


@dataclass(frozen=True, slots=True)
class ChoiceTable:
    """The choices of a question and their use; ``omitted`` counts those who left it."""

    uses: list[ChoiceUse]
    omitted: ChoiceUse
    #: Exactly one choice can be taken.
    exclusive: bool
    #: Wrong choices were written to be taken: one that nobody takes is worth a word.
    distracting: bool


OMITTED: Final = Choice("", Bilingual(zh="", en=""), correct=False)


def plain_text(text: str) -> Bilingual:
    """A text that is the same in both languages."""
    return Bilingual(zh=text, en=text)


def _options(body: Body) -> list[Choice]:
    return [Choice(each["id"], each["text"], bool(each["correct"])) for each in body["choices"]]


def _truths(body: Body) -> list[Choice]:
    words = {True: Bilingual(zh="正确", en="True"), False: Bilingual(zh="错误", en="False")}
    return [Choice(str(value), word, body["answer"] is value) for value, word in words.items()]


def _pairs(body: Body) -> list[Choice]:
    return [
        Choice(f"{pair['id']}:{right['id']}", _joined(pair["left"], right["text"]), pair["right"] == right["id"])
        for pair in body["pairs"]
        for right in body["rights"]
    ]


def _joined(left: Bilingual, right: Bilingual) -> Bilingual:
    return Bilingual(zh=f"{left['zh']} → {right['zh']}", en=f"{left['en']} → {right['en']}")


def _places(body: Body) -> list[Choice]:
    return [
        Choice(f"{item['id']}:{place}", _joined(item["text"], plain_text(str(place))), correct=True)
        for place, item in enumerate(body["items"], start=1)
    ]


def gap_names(body: Body) -> dict[str, Bilingual]:
    """Each gap of a text by its number in that language, with a few words around it."""
    found: dict[str, dict[str, str]] = {}
    for tag, text in body["text"].items():
        number = 0
        for pieces in gapped.paragraphs(text):
            around = [piece.get("text", "…") for piece in pieces]
            for at, piece in enumerate(pieces):
                if "gap" not in piece:
                    continue
                number += 1
                before = "".join(around[:at])[-CONTEXT[tag] :].lstrip()
                after = "".join(around[at + 1 :])[: CONTEXT[tag]].rstrip()
                found.setdefault(piece["gap"], {})[tag] = f"{before}【{number}】{after}"
    return {gap: Bilingual(zh=names["zh"], en=names["en"]) for gap, names in found.items()}


def numbered(body: Body) -> Bilingual:
    """A text with its gaps numbered in each language."""
    found = {}
    for tag, text in body["text"].items():
        order = [piece["gap"] for pieces in gapped.paragraphs(text) for piece in pieces if "gap" in piece]
        found[tag] = gapped.filled(text, {gap: f"【{number}】" for number, gap in enumerate(order, start=1)})
    return Bilingual(zh=found["zh"], en=found["en"])


def place_names(body: Body) -> dict[str, Bilingual]:
    """Where items are dragged to: gaps by their numbers, zones by their labels."""
    return gap_names(body) if "text" in body else {place["id"]: place["label"] for place in body["places"]}


def _placed(body: Body) -> list[Choice]:
    """Every item in every gap or zone."""
    names = place_names(body)
    return [
        Choice(
            f"{place['id']}:{item['id']}", _joined(names[place["id"]], item["text"]), place["item"] == item["id"]
        )
        for place in body["places"]
        for item in body["items"]
    ]


def _filled(response: Response) -> set[str]:
    return {f"{place}:{item}" for place, item in response["places"].items()}


#: By type: what can be chosen, and what a response chose.
_CHOOSING: Final[dict[str, tuple[Callable[[Body], list[Choice]], Callable[[Response], set[str]]]]] = {
    "single": (_options, lambda response: {response["choice"]}),
    "multiple": (_options, lambda response: set(response["choices"])),
    "true_false": (_truths, lambda response: {str(response["value"])}),
    "matching": (_pairs, lambda response: {f"{left}:{right}" for left, right in response["pairs"].items()}),
    "ordering": (_places, lambda response: {f"{item}:{at}" for item, at in response["positions"].items()}),
    "drag_text": (_placed, _filled),
    "drag_image": (_placed, _filled),
}
_EXCLUSIVE: Final = frozenset({"single", "true_false", "numeric", "short_text"})
_DISTRACTING: Final = frozenset({"single", "multiple", "true_false"})
#: Types whose answers are written.
_WRITTEN: Final = frozenset({"numeric", "short_text"})
_UNGUESSABLE: Final = frozenset({"calculated", "essay", "file_upload"})


def random_guess(body: Body) -> Figure:
    """Random-guess score: the share of the marks that blind guessing earns on average.

    Single choice and true/false: right choices / choices; matching: 1 / number of right sides; dragging:
    1 / number of items; ordering: 1 / n by position or by neighbours, 1 / n! all or nothing; what is written or
    handed in: 0; cloze and case: the mean over their parts, weighed by marks. For multiple choice it would depend
    on how many choices somebody ticks: as in Moodle there is no figure.
    """
    kind = body["type"]
    if kind in {"single", "true_false"}:
        offered = _CHOOSING[kind][0](body)
        return Figure(sum(choice.correct for choice in offered) / len(offered))
    if kind == "matching":
        return Figure(1 / len(body["rights"]))
    if kind in {"drag_text", "drag_image"}:
        return Figure(1 / len(body["items"]))
    if kind == "ordering" and body["scoring"] != "longest_run":
        size = len(body["items"])
        return Figure(1 / (factorial(size) if body["scoring"] == "all_or_nothing" else size))
    if kind in {"cloze", "case"}:
        return _guess_of_parts(body["gaps" if kind == "cloze" else "parts"])
    return Figure(0.0) if kind in _WRITTEN | _UNGUESSABLE else Figure.none(Reason.NOT_FOR_TYPE)


def _guess_of_parts(parts: Sequence[Body]) -> Figure:
    marks = [float(part["marks"]) for part in parts]
    guesses = [random_guess(part) for part in parts]
    if missing := next((guess for guess in guesses if guess.value is None), None):
        return missing
    return Figure(
        fsum(mark * (guess.value or 0.0) for mark, guess in zip(marks, guesses, strict=True)) / fsum(marks)
    )


def choice_table(body: Body, responses: Sequence[Response | None], rests: Numbers) -> ChoiceTable | None:
    """How each choice was used, by everybody and by the high and low group of the rest of the paper.

    ``responses`` has None where nothing was answered. None for types without choices (essays, files), and where
    there is no rest to group by.
    """
    kind = body["type"]
    if kind in _CHOOSING:
        offered, taken_by = _CHOOSING[kind]
        choices = offered(body)
        taken = [taken_by(response) if response else set() for response in responses]
    elif kind in _WRITTEN:
        written = [_written(response) if response else None for response in responses]
        taken = [{_spelt(answer)} if answer else set() for answer in written]
        choices = _common_answers(body, [answer for answer in written if answer])
    else:
        return None
    return _table(
        choices,
        taken,
        [response is None for response in responses],
        rests,
        exclusive=kind in _EXCLUSIVE,
        distracting=kind in _DISTRACTING,
    )


def table_of_field(choices: Sequence[Choice], taken: Sequence[str | None], rests: Numbers) -> ChoiceTable:
    """The same of a field that takes one of the choices, such as the right side of a pair."""
    return _table(
        choices,
        [{one} if one is not None else set() for one in taken],
        [one is None for one in taken],
        rests,
        exclusive=True,
        distracting=False,
    )


def _table(
    choices: Sequence[Choice],
    taken: Sequence[set[str]],
    omitted: Sequence[bool],
    rests: Numbers,
    *,
    exclusive: bool,
    distracting: bool,
) -> ChoiceTable:
    count = len(taken)
    steps = 5 if count >= FIVE_GROUPS_FROM else 3
    groups = _Groups(
        high=rules.group_weights(rests, count * (1 - rules.GROUP_SHARE), count),
        low=rules.group_weights(rests, 0, count * rules.GROUP_SHARE),
        steps=[rules.group_weights(rests, count * at / steps, count * (at + 1) / steps) for at in range(steps)],
    )
    return ChoiceTable(
        uses=[_use(choice, [choice.id in mine for mine in taken], rests, groups) for choice in choices],
        omitted=_use(OMITTED, omitted, rests, groups),
        exclusive=exclusive,
        distracting=distracting,
    )


@dataclass(frozen=True, slots=True)
class _Groups:
    high: list[float]
    low: list[float]
    steps: list[list[float]]


def _share(took: Sequence[bool], weights: Sequence[float]) -> float:
    """The weighted share of those who took it, in [0, 1]."""
    return min(1.0, fsum(weight for mine, weight in zip(took, weights, strict=True) if mine) / fsum(weights))


def _use(choice: Choice, took: Sequence[bool], rests: Numbers, groups: _Groups) -> ChoiceUse:
    return ChoiceUse(
        choice=choice,
        count=sum(took),
        share=sum(took) / len(took),
        high=_share(took, groups.high),
        low=_share(took, groups.low),
        curve=tuple(_share(took, step) for step in groups.steps),
        correlation=rules.correlation([float(mine) for mine in took], rests, Reason.SAME_MARK, Reason.SAME_REST),
    )


def _written(response: Response) -> tuple[tuple[str, str], ...]:
    """A written answer by itself: the number with its unit, or the phrase as phrases are compared."""
    said = {member: str(response[member]) for member in ("value", "unit", "text") if member in response}
    return tuple((said | ({"text": compared(said["text"])} if "text" in said else {})).items())


def _spelt(answer: tuple[tuple[str, str], ...]) -> str:
    return " ".join(value for _member, value in answer)


def _common_answers(body: Body, written: Sequence[tuple[tuple[str, str], ...]]) -> list[Choice]:
    """The answers that several people gave, the most frequent first."""
    listed = [each for each in Counter(written).items() if each[1] >= MIN_SAME_ANSWER]
    listed.sort(key=lambda each: (-each[1], each[0]))
    plain = {name: value for name, value in body.items() if name != "certainty"}  # right or wrong, however sure
    return [
        Choice(_spelt(answer), _readable(body, dict(answer)), grading.grade(plain, dict(answer)).correct)
        for answer, _count in listed[:MOST_ANSWERS]
    ]


def _readable(body: Body, answer: Mapping[str, str]) -> Bilingual:
    text = " ".join(answer[member] for member in ("value", "text") if member in answer)
    unit = next((each["text"] for each in units_of(dict(body)) if each["id"] == answer.get("unit")), None)
    return Bilingual(zh=f"{text} {unit['zh']}", en=f"{text} {unit['en']}") if unit else plain_text(text)


def labels(table: ChoiceTable) -> dict[str, str]:
    """A short name for each choice: A, B, C …, or numbers where there are more than letters."""
    named = len(table.uses) <= 26
    return {use.choice.id: chr(ord("A") + at) if named else str(at + 1) for at, use in enumerate(table.uses)}
