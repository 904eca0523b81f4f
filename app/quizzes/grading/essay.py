"""Essay: written at length, marked by people with a rubric."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.core.errors import Invalid
from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.malformed import Malformed

#: Nothing longer is kept, whatever the bounds are.
MAX_LENGTH: Final = 20_000
COUNTS: Final = ("words", "characters")
_WORDS = re.compile(
    r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W\u3400-\u9fff\uf900-\ufaff]+(?:['’.-]\w+)*"
)


class Essay(base.QuestionType):
    """Response: ``{"text": "…"}`` with its lines. Waits for a person; never graded by machine.

    ``count`` is ``words`` (字数: each hanzi is one, each run of letters or digits is one) or ``characters``
    without spaces. The bounds guide writer and marker: a text outside them is kept all the same, for at the
    deadline a text too long is better than none.
    """

    name = "essay"

    def validate(self, key: str, raw: Mapping[str, Any]) -> base.Body:
        least, most = (_bound(raw.get(name), name) for name in ("minimum", "maximum"))
        if least is not None and most is not None and least > most:
            raise Malformed(N_("minimum: not above the maximum"))
        body: base.Body = {
            "count": base.one_of(raw.get("count"), COUNTS, "count"),
            "minimum": least,
            "maximum": most,
            "rubric": _read_rubric(key, raw.get("rubric")),
            "model": base.bilingual(raw.get("model"), "model"),
        }
        if any(not base.clean_text(text, MAX_LENGTH) for text in body["model"].values()):
            raise Malformed(N_("model: an answer that would earn full marks"))
        return body

    def layout(self, body: base.Body, draw: base.Drawing) -> base.Layout:
        return {}

    def normalise(self, response: Mapping[str, Any], layout: base.Layout) -> base.Response:
        text = base.clean_text(base.only(response, "text", str), MAX_LENGTH)
        return {"text": text} if text else {}

    def grade(self, body: base.Body, response: base.Response, layout: base.Layout) -> base.NeedsMarking:
        return base.NeedsMarking({"": base.ONE})

    def perfect(self, body: base.Body, layout: base.Layout) -> base.Response:
        return {"text": base.clean_text(body["model"]["zh"], MAX_LENGTH)}

    def read_form(self, posted: base.Posted, name: str, layout: base.Layout) -> Mapping[str, Any]:
        return {"text": posted.get(name, "")}

    def view(self, body: base.Body, layout: base.Layout) -> dict[str, Any]:
        bounds = {name: body[name] for name in ("count", "minimum", "maximum")}
        return bounds | {"rubric": [{"text": row["text"], "points": row["points"]} for row in body["rubric"]]}


def length_of(text: str, count: str) -> int:
    """How long a text is, in what the question counts."""
    return len(_WORDS.findall(text)) if count == "words" else sum(not each.isspace() for each in text)


def rubric_fraction(body: base.Body, levels: Mapping[str, str]) -> Decimal:
    """What a marker's levels (criterion → level) earn: their points over the rubric's. Raises Invalid."""
    earned = base.ZERO
    for row in body["rubric"]:
        points = {level["id"]: Decimal(level["points"]) for level in row["levels"]}
        chosen = levels.get(row["id"], "")
        if chosen not in points:
            raise Invalid(N_("Choose a level for each criterion."), code="marks")
        earned += points[chosen]
    whole = sum((Decimal(row["points"]) for row in body["rubric"]), base.ZERO)
    return (earned / whole).quantize(base.PLACES)


def _bound(raw: Any, where: str) -> int | None:
    return None if raw is None else base.whole(raw, where, 1, MAX_LENGTH)


def _read_rubric(key: str, raw: Any) -> list[dict[str, Any]]:
    """Criteria with their levels; a criterion is worth its best level. Raises Invalid."""
    rubric = []
    for identifier, row in base.options(key, raw, "rubric", 1):
        levels: list[dict[str, Any]] = [
            {
                "id": level_id,
                "text": base.bilingual(level.get("text"), "rubric: levels"),
                "points": _points(level.get("points")),
            }
            for level_id, level in base.options(f"{key}/{row['id']}", row.get("levels"), "rubric: levels", 2)
        ]
        best = max(Decimal(level["points"]) for level in levels)
        if best <= 0:
            raise Malformed(N_("rubric: some level above 0 points"))
        text = base.bilingual(row.get("text"), "rubric")
        rubric.append({"id": identifier, "text": text, "points": str(best), "levels": levels})
    return rubric


def _points(raw: Any) -> str:
    value = base.number(raw, "rubric: points")
    if not 0 <= value <= 1000 or value.as_tuple().exponent < -2:  # type: ignore[operator]
        raise Malformed(N_("rubric: points from 0 to 1000, two decimals"))
    return format(value, "f")
