"""Authored questions of every type, and responses no page would send."""

import random
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from app.quizzes.grading.multiple import SCORING as MULTIPLE
from app.quizzes.grading.ordering import SCORING as ORDERING

Raw = dict[str, Any]
NAMES = "abcdefgh"

words = st.text(alphabet="ab c*?Ａ國国é\\1", min_size=1, max_size=8).filter(lambda text: text.strip())
both = st.builds(lambda zh, en: {"zh": zh, "en": en}, words, words)
amounts = st.decimals(-(10**6), 10**6, places=3, allow_nan=False, allow_infinity=False).map(str)
positive = st.decimals("0.001", 10**4, places=3).map(str)


def chance(seed: int) -> random.Random:
    """The generator of one paper."""
    return random.Random(seed)  # noqa: S311 - chance that is no secret


def texts(least: int, most: int) -> st.SearchStrategy[list[Raw]]:
    """Options with texts of their own."""
    apart = tuple(lambda text, tag=tag: " ".join(text[tag].split()) for tag in ("zh", "en"))
    return st.lists(both, min_size=least, max_size=most, unique_by=apart).map(
        lambda found: [{"id": NAMES[number], "text": text} for number, text in enumerate(found)]
    )


@st.composite
def single(draw: st.DrawFn) -> Raw:
    choices = draw(texts(2, 5))
    right = draw(st.integers(1, max(1, len(choices) - 1)))
    for choice in draw(st.permutations(choices))[:right]:
        choice["correct"] = True
    return {"choices": choices} | ({"any_right": True} if right > 1 else {})


@st.composite
def multiple(draw: st.DrawFn) -> Raw:
    choices = draw(texts(2, 6))
    for choice in choices:
        choice["correct"] = draw(st.booleans())
        if draw(st.booleans()):
            choice["feedback"] = draw(both)
    draw(st.sampled_from(choices))["correct"] = True
    return {"choices": choices, "scoring": draw(st.sampled_from(MULTIPLE))}


@st.composite
def numeric(draw: st.DrawFn) -> Raw:
    return {"answer": draw(amounts | st.sampled_from(["1e15", "-1E+3", "0.0000000001"]))} | draw(quantity())


@st.composite
def quantity(draw: st.DrawFn) -> Raw:
    return {"tolerance": draw(st.sampled_from(["0", "0.5", "1e-10", "1E+30"]))} | draw(units())


@st.composite
def units(draw: st.DrawFn) -> Raw:
    """No unit, one, or several, required or not."""
    if not draw(st.booleans()):
        return {}
    raw: Raw = {"unit": {"zh": "日", "en": "days"}, "unit_required": draw(st.booleans())}
    if draw(st.booleans()):
        names = [("小时", "hours"), ("万日", "Days"), ("㎡", "m²")][: draw(st.integers(1, 3))]
        raw["units"] = [{"unit": {"zh": zh, "en": en}, "factor": draw(positive)} for zh, en in names]
    return raw


@st.composite
def short_text(draw: st.DrawFn) -> Raw:
    raw: Raw = {"accept": draw(st.lists(words, min_size=1, max_size=3))}
    if draw(st.booleans()):
        raw["ignore"] = draw(st.lists(st.sampled_from(["width", "case", "script"]), unique=True))
    if draw(st.booleans()):
        raw["patterns"] = [draw(st.sampled_from(["*国內*", "a?c", "\\**b"]))]
    return raw


@st.composite
def matching(draw: st.DrawFn) -> Raw:
    rights = draw(texts(2, 5))
    used = max(1, len(rights) - draw(st.integers(0, 2)))  # the others are distractors
    sides = draw(st.lists(st.sampled_from(rights[:used]), min_size=2, max_size=5))  # some belong to several
    pairs = [{"id": f"p{at}", "left": draw(both), "right": side["text"]} for at, side in enumerate(sides)]
    return {"pairs": pairs, "distractors": rights[used:]}


@st.composite
def ordering(draw: st.DrawFn) -> Raw:
    return {"items": draw(texts(2, 6)), "scoring": draw(st.sampled_from(ORDERING))}


@st.composite
def cloze(draw: st.DrawFn) -> Raw:
    inner = {"short_text": short_text, "numeric": numeric, "single": single}
    gaps = []
    for name in NAMES[: draw(st.integers(1, 3))]:
        kind = draw(st.sampled_from(sorted(inner)))
        gaps.append(
            {"id": name, "type": kind, "marks": draw(st.sampled_from([1, "0.5", 3])), **draw(inner[kind]())}
        )
    return {"gaps": gaps, "text": _gapped(gaps)}


def _gapped(gaps: list[Raw]) -> Raw:
    """A text with the gaps, in another order in English."""
    chinese = "，".join(f"甲{{{{{gap['id']}}}}}乙" for gap in gaps)
    english = " and\n\n".join(f"a {{{{{gap['id']}}}}} b" for gap in reversed(gaps))
    return {"zh": chinese, "en": english}


@st.composite
def calculated(draw: st.DrawFn) -> Raw:
    formula = draw(st.sampled_from(["x * y / 3", "-x + 2 ** 3", "round(x / y, 1) + max(x, y)", "sqrt(y) * 0.17"]))
    parameters = {"x": {"from": -5, "to": 20, "step": "0.5"}, "y": {"from": 1, "to": 9}}
    raw: Raw = {"parameters": parameters, "formula": formula, "decimals": draw(st.integers(0, 10))}
    return raw | {"prompt": {"zh": "{{x}} 与 {{y}}", "en": "{{y}} and {{x}}"}} | draw(quantity())


@st.composite
def drag_text(draw: st.DrawFn) -> Raw:
    items = draw(texts(2, 5))
    gaps = _places(draw, items)
    return {"items": items, "gaps": gaps, "text": _gapped(gaps)}


@st.composite
def drag_image(draw: st.DrawFn) -> Raw:
    items = draw(texts(2, 5))
    zones = _places(draw, items)
    for number, zone in enumerate(zones):
        zone |= {"x": 10 * number, "y": 5, "width": 10, "height": 20, "label": draw(both)}
    image = {"digest": "0" * 64, "width": 100, "height": 50, "alt": draw(both)}
    return {"image": image, "items": items, "zones": zones}


def _places(draw: st.DrawFn, items: list[Raw]) -> list[Raw]:
    names = NAMES[: draw(st.integers(1, 4))]
    return [{"id": name, "item": draw(st.sampled_from(items))["id"]} for name in names]


@st.composite
def essay(draw: st.DrawFn) -> Raw:
    points = draw(st.lists(st.sampled_from([0, 1, "2.5", 1000]), min_size=2, max_size=4).filter(any))
    levels = [{"id": NAMES[at], "text": draw(both), "points": each} for at, each in enumerate(points)]
    rubric = [{"id": name, "text": draw(both), "levels": levels} for name in NAMES[: draw(st.integers(1, 3))]]
    limits: list[Raw] = [{}, {"minimum": 5}, {"minimum": 5, "maximum": 5, "count": "characters"}]
    return {"rubric": rubric, "model": draw(both), **draw(st.sampled_from(limits))}


def file_upload() -> st.SearchStrategy[Raw]:
    kinds = st.lists(st.sampled_from(["pdf", "docx", "png"]), min_size=1, unique=True)
    return st.fixed_dictionaries(
        {"accept": kinds, "max_files": st.integers(1, 5), "max_mebibytes": st.integers(1, 20)}
    )


@st.composite
def case(draw: st.DrawFn) -> Raw:
    parts = []
    for name in NAMES[: draw(st.integers(1, 3))]:
        kind = draw(st.sampled_from(sorted(set(KINDS) - {"case", "file_upload"})))
        marks = draw(st.sampled_from([1, "0.5", 7]))
        about = {"prompt": draw(both), "feedback": draw(st.none() | both)}
        parts.append({**about, "id": name, "type": kind, "marks": marks, **draw(KINDS[kind]())})
    exhibits = [{"id": name, "title": draw(both), "text": draw(both)} for name in "ab"[: draw(st.integers(0, 2))]]
    return {"parts": parts, "exhibits": exhibits, "marks": None}


KINDS: dict[str, Callable[[], st.SearchStrategy[Raw]]] = {
    "single": single,
    "multiple": multiple,
    "true_false": lambda: st.booleans().map(lambda value: {"answer": value}),
    "numeric": numeric,
    "short_text": short_text,
    "matching": matching,
    "ordering": ordering,
    "cloze": cloze,
    "calculated": calculated,
    "drag_text": drag_text,
    "drag_image": drag_image,
    "essay": essay,
    "file_upload": file_upload,
    "case": case,
}


@st.composite
def questions(draw: st.DrawFn, kind: str) -> Raw:
    """A question of one type as its author wrote it, sometimes with certainty where that can be."""
    raw = {"type": kind, "prompt": draw(both), "marks": draw(st.sampled_from([1, "2.5", "0.01", 1000]))}
    raw |= {"feedback": draw(st.none() | both), **draw(KINDS[kind]())}
    simple = kind in {"single", "true_false", "numeric", "short_text", "calculated"}
    if (simple or raw.get("scoring") == "all_or_nothing") and draw(st.booleans()):
        raw["certainty"] = True
    return raw


#: What somebody may have written for any value of a question: numbers without measure, other shapes.
unfit: st.SearchStrategy[Any] = st.sampled_from(
    ["1e999999", "-1e999999", "1e-999999", 10**400, 1e308, None, [], {}, "", True, -1, "x", ["x"], [None], [[]]]
)
#: Answers without a word in them, of every shape.
BLANKS: tuple[Raw, ...] = (
    *({"choice": None}, {"choices": []}, {"value": ""}, {"value": " \u3000"}, {"text": " \n"}, {"pairs": {}}),
    *({"positions": {}}, {"places": {}}, {"gaps": {}}, {"parts": {}}, {"files": []}, {"certainty": 3}),
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["\x00", "\ud800", "1e999", "NaN", "９" * 70, "x" * 60_000]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places_in(value: Any) -> list[tuple[Any, ...]]:
    """The path of every value inside a JSON document, the document itself first."""
    if isinstance(value, dict):
        return [()] + [(name, *rest) for name, inner in value.items() for rest in places_in(inner)]
    if isinstance(value, list):
        return [()] + [(number, *rest) for number, inner in enumerate(value) for rest in places_in(inner)]
    return [()]


def replaced(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """A copy with another value at one place."""
    if not place:
        return other
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = replaced(value[place[0]], place[1:], other)
    return copy


@st.composite
def spoilt(draw: st.DrawFn, response: Raw) -> Any:
    """Garbage, or a perfect response with garbage somewhere in it."""
    return replaced(response, draw(st.sampled_from(places_in(response))), draw(json_values))


@st.composite
def altered(draw: st.DrawFn, response: Raw) -> Any:
    """A perfect response with parts of it left out or exchanged: well-formed, but seldom right."""
    for _ in range(draw(st.integers(1, 3))):
        inner = [place for place in places_in(response) if place and isinstance(at(response, place), dict | list)]
        if not inner:
            break
        place = draw(st.sampled_from(inner))
        response = replaced(response, place, draw(_jumbled(at(response, place))))
    return response


def at(value: Any, place: tuple[Any, ...]) -> Any:
    """The value at one place."""
    for step in place:
        value = value[step]
    return value


@st.composite
def _jumbled(draw: st.DrawFn, value: Any) -> Any:
    keep = draw(st.integers(0, len(value)))
    if isinstance(value, list):
        return draw(st.permutations(value))[:keep]
    mixed = draw(st.permutations(list(value.values())))
    return dict(list(zip(value, mixed, strict=True))[:keep])
