"""The interactions of QTI that our questions can express, read into their parts."""

from collections.abc import Collection
from decimal import Decimal
from typing import Final

from app.core.messages import N_
from app.quizzes.interchange.answers import (
    FALSE_WORDS,
    FULL,
    SECOND_BEST_LOST,
    TRUE_WORDS,
    WEIGHED,
    WEIGHTS_REPLACED,
    check_parts,
    number_of,
    plain_number,
    scoring_of,
)
from app.quizzes.interchange.model import CannotTake, Raw
from app.quizzes.interchange.qti.reading import Reader, Reading, choice_ids
from app.quizzes.interchange.safe_xml import children, descendants, text_of


def _choice(reading: Reading) -> Raw:
    interaction = reading.interaction
    elements = children(interaction, "simpleChoice")
    check_parts(elements, 2)
    ours = choice_ids(elements)
    single = reading.declaration.get("cardinality") == "single"
    right = right_one(reading) if single else _right_ones(reading)
    if not right <= set(ours):
        raise CannotTake(N_("its correct answer is not one of its choices"))
    if (answer := _as_true_false(reading, right)) is not None:
        return {"type": "true_false", "answer": answer}
    choices = [
        {"id": ours[element.get("identifier", "")], "identifier": element.get("identifier", "")}
        | ({"correct": True} if element.get("identifier") in right else {})
        | {"text": reading.content(element)}
        for element in elements
    ]
    if single:
        return {"type": "single", "choices": choices} | any_right(right)
    return {"type": "multiple", "scoring": _scoring(reading, list(ours)), "choices": choices}


def right_one(reading: Reading) -> set[str]:
    """The answer that earns all marks; several where each of them does. Raises CannotTake."""
    mapping = reading.mapping()
    best = {name for name, worth in mapping.items() if worth == max(mapping.values()) > 0}
    said = set(reading.correct())
    right = best if reading.is_mapped() and said <= best else said or best
    if not right or (len(right) > 1 and right != best):
        raise CannotTake(N_("it does not say which one answer is right"))
    if any(worth > 0 and name not in right for name, worth in mapping.items()):
        reading.note(SECOND_BEST_LOST)
    return right


def any_right(right: Collection[str]) -> Raw:
    """What a question says of which several answers are right, each by itself."""
    return {"any_right": True} if len(right) > 1 else {}


def _right_ones(reading: Reading) -> set[str]:
    right = set(reading.correct()) or {name for name, worth in reading.mapping().items() if worth > 0}
    if not right:
        raise CannotTake(N_("no answer is marked as right"))
    return right


def _scoring(reading: Reading, names: list[str]) -> str:
    """All or nothing, unless values are added up; then the way their weights amount to, noted if none does."""
    if not reading.is_mapped():
        return "all_or_nothing"
    mapping = reading.mapping()
    whole = sum((worth for worth in mapping.values() if worth > 0), Decimal(0)) or Decimal(1)
    weights = [mapping.get(name, reading.unmapped()) * FULL / whole for name in names]
    right = [weight for weight in weights if weight]
    if right and reading.interaction.get("maxChoices") == str(len(right)) and min(right) == max(right):
        return "partial"  # nobody can take more than there are right ones: a wrong choice displaces one of them
    scoring = scoring_of(weights, reading.hint)
    if not scoring:
        reading.note(WEIGHTS_REPLACED)
    return scoring or WEIGHED[0]


def _as_true_false(reading: Reading, right: set[str]) -> bool | None:
    """Is it the question whether a statement is true? Two choices named and worded so."""
    interaction = reading.interaction
    elements = children(interaction, "simpleChoice")
    named = {element.get("identifier", "").lower(): element for element in elements}
    if set(named) != {"true", "false"} or len(right) != 1:
        return None
    for name, words in (("true", TRUE_WORDS), ("false", FALSE_WORDS)):
        if any(word.lower() not in words for word in text_of(named[name]).split()):
            return None
    return next(iter(right)).lower() == "true"


def text_entry(reading: Reading) -> Raw:
    if reading.declaration.get("baseType") in {"float", "integer"}:
        return _number(reading)
    mapping = reading.mapping()
    best = max(mapping.values(), default=Decimal(0))
    if any(0 < worth < best for worth in mapping.values()):
        reading.note(SECOND_BEST_LOST)
    accept = [*reading.correct(), *(text for text, worth in mapping.items() if worth == best and worth > 0)]
    if not [text for text in accept if text.strip()]:
        raise CannotTake(N_("it does not say which answers are right"))
    check_parts(accept, 1)
    raw: Raw = {"type": "short_text", "accept": list(dict.fromkeys(text for text in accept if text.strip()))}
    return raw | ({"ignore": ["width"]} if reading.case_sensitive() else {})


def _number(reading: Reading) -> Raw:
    right = reading.correct()
    if len(right) != 1:
        raise CannotTake(N_("it does not say which one answer is right"))
    answer = number_of(right[0])
    raw: Raw = {
        "type": "numeric",
        "answer": plain_number(answer),
        "tolerance": plain_number(_tolerance(reading, answer)),
    }
    unit = reading.unit()
    return raw | ({"unit": unit} if unit else {})


def _tolerance(reading: Reading, answer: Decimal) -> Decimal:
    for equal in reading.processed_by("equal"):
        mode = equal.get("toleranceMode", "exact")
        bounds = [number_of(part) for part in equal.get("tolerance", "0").split()] or [Decimal(0)]
        if mode == "exact":
            return Decimal(0)
        if len(set(bounds)) > 1 or bounds[0] < 0:
            raise CannotTake(N_("its tolerance is not the same above and below"))
        return abs(answer) * bounds[0] / 100 if mode == "relative" else bounds[0]
    if reading.processed_by("equalRounded"):
        reading.note(N_("Rounding before comparing is not kept; set a tolerance."))
    return Decimal(0)


def _match(reading: Reading) -> Raw:
    interaction = reading.interaction
    sets = children(interaction, "simpleMatchSet")
    if len(sets) != 2:
        raise CannotTake(N_("its two sides are not there"))
    left, right = (descendants(found, "simpleAssociableChoice") for found in sets)
    check_parts(left, 2)
    check_parts(right, 1)
    known = {element.get("identifier", ""): element for element in (*left, *right)}
    chosen: dict[str, str] = {}
    for pair in reading.correct() or [name for name, worth in reading.mapping().items() if worth > 0]:
        ends = pair.split()
        if len(ends) != 2 or not set(ends) <= set(known) or ends[0] in chosen:
            raise CannotTake(N_("its correct pairs do not give each left side one right side"))
        chosen[ends[0]] = ends[1]
    if set(chosen) != {element.get("identifier", "") for element in left}:
        raise CannotTake(N_("its correct pairs do not give each left side one right side"))
    if not reading.is_mapped():
        reading.note(N_("It was all or nothing; each right pair now earns its share."))
    pairs = [
        {
            "id": f"p{number}",
            "left": reading.content(element),
            "right": reading.content(known[chosen[element.get("identifier", "")]]),
        }
        for number, element in enumerate(left, start=1)
    ]
    rest = [element for element in right if element.get("identifier", "") not in chosen.values()]
    distractors = [{"id": f"d{n}", "text": reading.content(element)} for n, element in enumerate(rest, start=1)]
    return {"type": "matching", "pairs": pairs} | ({"distractors": distractors} if distractors else {})


def _order(reading: Reading) -> Raw:
    interaction = reading.interaction
    elements = children(interaction, "simpleChoice")
    check_parts(elements, 2)
    choice_ids(elements)
    known = {element.get("identifier", ""): element for element in elements}
    right = reading.correct()
    if sorted(right) != sorted(known):
        raise CannotTake(N_("its correct order does not name each item once"))
    items = [{"id": f"s{n}", "text": reading.content(known[name])} for n, name in enumerate(right, start=1)]
    scoring = "position" if reading.processed_by("index") else "all_or_nothing"
    return {"type": "ordering", "scoring": scoring, "items": items}


#: Readers of the basic interactions.
BASIC: Final[dict[str, Reader]] = {
    "choiceInteraction": _choice,
    "textEntryInteraction": text_entry,
    "matchInteraction": _match,
    "orderInteraction": _order,
}
