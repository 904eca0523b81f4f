"""Answers with weights, as Moodle's formats have them, made into the parts of our questions and back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.core.messages import N_, Message
from app.core.text import shorten
from app.quizzes.interchange.model import MAX_PARTS, CannotTake, Raw, Texts

FULL: Final = Decimal(100)
_CLOSE: Final = Decimal("0.02")
_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d{1,2})?")


#: How people write that a statement is right, or wrong.
TRUE_WORDS: Final = frozenset({"true", "t", "right", "yes", "正确", "对", "是", "√", "✓"})
FALSE_WORDS: Final = frozenset({"false", "f", "wrong", "no", "错误", "错", "否", "×", "✗"})
#: Ways of scoring that weights for single choices amount to.
WEIGHED: Final = ("partial_with_penalty", "right_minus_wrong")
#: Moodle lists one nth of the marks for these n, and knows no other such weights; 0 stands for nothing to share.
_LISTED: Final = frozenset({*range(11), 20})
#: How Moodle's ordering questions name our ways of scoring.
ORDERING: Final = {
    "ALL_OR_NOTHING": "all_or_nothing",
    "ABSOLUTE_POSITION": "position",
    "RELATIVE_NEXT_EXCLUDE_LAST": "adjacent",
    "LONGEST_CONTIGUOUS_SUBSET": "longest_run",
}
POSITIONS_SCORED: Final = N_("Its way of scoring is replaced by ours: marks for each item at its own place.")
WEIGHTS_REPLACED: Final = N_(
    "Its own weights are replaced by ours: the share of right choices less the share of wrong ones."
)
SECOND_BEST_LOST: Final = N_("Part of the marks for second-best answers is not kept.")


@dataclass(slots=True)
class Answer:
    """One answer: its text, what it is worth in per cent, and what is said to those who give it."""

    text: Texts
    weight: Decimal
    feedback: Texts = field(default_factory=dict)

    @property
    def words(self) -> str:
        return shorten(next(iter(self.text.values()), ""), 40)


def number_of(text: str) -> Decimal:
    """A number as other systems write it. Raises CannotTake."""
    cleaned = text.strip().replace("−", "-")
    if not _NUMBER.fullmatch(cleaned) or len(cleaned) > 40:
        raise CannotTake(N_("“%(text)s” is not a number", text=text))
    try:
        return Decimal(cleaned.replace(",", "."))
    except InvalidOperation:
        raise CannotTake(N_("“%(text)s” is not a number", text=text)) from None


def whole_number(text: str, most: int) -> int:
    """A whole number from 1 up to a limit; 0 for anything else."""
    text = text.strip()
    found = int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0
    return min(found, most)


def plain_number(value: Decimal) -> str:
    """A number without exponent and without needless zeros."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def letter(position: int) -> str:
    """The identifier of the choice at a position from 0: a … z, then c27 …"""
    return chr(ord("a") + position) if position < 26 else f"c{position + 1}"


def check_parts(parts: Sequence[Any], minimum: int) -> None:
    """Raises CannotTake for too few or too many parts."""
    if len(parts) < minimum:
        raise CannotTake(N_("it has fewer than %(number)s answers to choose from", number=minimum))
    if len(parts) > MAX_PARTS:
        raise CannotTake(N_("it has more than %(number)s answers", number=MAX_PARTS))


def choices_part(answers: Sequence[Answer], *, single: bool, notes: list[Message], hint: str = "") -> Raw:
    """A question with choices; ``hint`` is the way of scoring its tags name. Raises CannotTake."""
    check_parts(answers, 2)
    if single:
        right = _worth_everything(answers, notes)
        several: Raw = {"any_right": True} if len(right) > 1 else {}
        return {"type": "single", "choices": _choices(answers, right)} | several
    right = [answer for answer in answers if answer.weight > 0]
    if not right:
        raise CannotTake(N_("no answer is marked as right"))
    scoring = scoring_of([answer.weight for answer in answers], hint)
    if not scoring:
        notes.append(WEIGHTS_REPLACED)
    return {"type": "multiple", "scoring": scoring or WEIGHED[0], "choices": _choices(answers, right)}


def _worth_everything(answers: Sequence[Answer], notes: list[Message]) -> list[Answer]:
    """The answers of which any one earns all marks: usually one, never all of them."""
    right = [answer for answer in answers if answer.weight == FULL]
    if not right or len(right) == len(answers):
        why = N_("every one of its answers is worth full marks") if right else N_("no answer is worth full marks")
        raise CannotTake(why)
    partly = [answer for answer in answers if 0 < answer.weight < FULL]
    notes += [
        N_("“%(text)s” was worth %(weight)s%% and is now wrong.", text=a.words, weight=a.weight) for a in partly
    ]
    if any(answer.weight < 0 for answer in answers):
        notes.append(N_("Negative marks for wrong answers are not kept."))
    return right


def _choices(answers: Sequence[Answer], right: Sequence[Answer]) -> list[Raw]:
    choices = []
    for position, answer in enumerate(answers):
        if not any(answer.text.values()):
            raise CannotTake(N_("one of its answers is empty"))
        correct = any(answer is other for other in right)
        choice: Raw = {"id": letter(position)} | ({"correct": True} if correct else {}) | {"text": answer.text}
        choices.append(choice | ({"feedback": answer.feedback} if any(answer.feedback.values()) else {}))
    return choices


def scoring_of(weights: Sequence[Decimal], hint: str = "") -> str:
    """Our way of scoring that these weights in per cent amount to; empty when they are none of ours."""
    right = [weight > 0 for weight in weights]
    for scoring in sorted(WEIGHED, key=lambda name: name != hint):
        if all(abs(ours - weight) < _CLOSE for ours, weight in zip(_weigh(right, scoring), weights, strict=True)):
            return scoring
    return ""


def per_cent(weight: Decimal) -> str:
    """A weight as Moodle writes it."""
    return plain_number(weight.quantize(Decimal("0.00001")))


def weights_of(choices: Sequence[Raw], scoring: str) -> list[Decimal]:
    """The weights in per cent with which other systems grade as we do, for the ways of scoring in WEIGHED."""
    return _weigh([bool(choice.get("correct")) for choice in choices], scoring)


def unlisted_weights(raw: Raw, scoring: str) -> list[Message]:
    """What to say of weights that are none of those in Moodle's list: its import passes over such a question."""
    right = sum(bool(choice.get("correct")) for choice in raw["choices"])
    parts = {right, right if scoring == "right_minus_wrong" else len(raw["choices"]) - right}
    if parts <= _LISTED:
        return []
    return [N_("Moodle takes its weights only if “nearest grade if not listed” is chosen at the import.")]


def _weigh(right: Sequence[bool], scoring: str) -> list[Decimal]:
    gain = FULL / (sum(right) or 1)
    loss = gain if scoring == "right_minus_wrong" else FULL / ((len(right) - sum(right)) or 1)
    return [gain if correct else -loss for correct in right]


def accept_part(answers: Sequence[Answer], notes: list[Message]) -> Raw:
    """A short text. Wildcards are Moodle's: ``*`` stands for anything, ``\\*`` for itself. Raises CannotTake."""
    check_parts(answers, 1)
    accept: list[str] = []
    patterns: list[str] = []
    for answer in answers:
        text = next(iter(answer.text.values()), "").strip()
        if answer.weight < FULL:
            if answer.weight > 0:
                notes.append(
                    N_(
                        "“%(text)s” was worth %(weight)s%% and is now wrong.",
                        text=answer.words,
                        weight=answer.weight,
                    )
                )
        elif re.search(r"(?<!\\)\*", text):
            patterns.append(_pattern(text))
        elif text:
            accept.append(text.replace("\\*", "*"))
    if patterns and not accept:
        raise CannotTake(N_("it accepts answers by a pattern with * only: “%(text)s”", text=patterns[0]))
    if not accept:
        raise CannotTake(N_("no answer is worth full marks"))
    raw: Raw = {"type": "short_text", "accept": list(dict.fromkeys(accept))}
    return raw | ({"patterns": list(dict.fromkeys(patterns))} if patterns else {})


def _pattern(text: str) -> str:
    """Moodle's pattern as ours: only * and \\* are special there, here also ? and the backslash."""
    return re.sub(
        r"\\\*|\*|\?|\\", lambda found: found.group(0) if "*" in found.group(0) else f"\\{found.group(0)}", text
    )


def numeric_part(values: Sequence[tuple[Decimal, Decimal, Decimal]], notes: list[Message]) -> Raw:
    """A number; each value with its tolerance and weight. Raises CannotTake."""
    full = [(answer, tolerance) for answer, tolerance, weight in values if weight == FULL]
    if len(set(full)) != 1:
        raise CannotTake(
            N_("several numbers are each worth full marks") if full else N_("no answer is worth full marks")
        )
    if any(0 < weight < FULL for _answer, _tolerance, weight in values):
        notes.append(N_("Wider tolerances for part of the marks are not kept."))
    answer, tolerance = full[0]
    if tolerance < 0:
        raise CannotTake(N_("its tolerance is below 0"))
    return {"type": "numeric", "answer": plain_number(answer), "tolerance": plain_number(tolerance)}


def gather_feedback(raw: Raw, answers: Sequence[Answer], notes: list[Message]) -> None:
    """Put what was said per answer into the question's feedback, for types that have no feedback per answer."""
    said = [answer.feedback for answer in answers if any(answer.feedback.values())]
    if not said:
        return
    notes.append(N_("Feedback on single answers now follows the question's own feedback."))
    whole = raw.get("feedback") or {}
    for feedback in said:
        for tag, text in feedback.items():
            if text and text not in whole.get(tag, ""):
                whole[tag] = f"{whole[tag]}\n\n{text}" if whole.get(tag) else text
    raw["feedback"] = whole
