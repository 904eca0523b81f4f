"""Certainty-based marking: with an answer the candidate says how sure she is.

The scheme of A. R. Gardner-Medwin (“Confidence assessment in the teaching of basic science”, ALT-J 3(1), 1995,
80-85, and his LAPT at University College London), as published:

    certainty            1 (low)   2 (middle)   3 (high)   no answer
    mark when right         1          2            3          0
    mark when wrong         0         -2           -6          0

It pays to be honest: 1 is best below a probability of 2/3 of being right, 3 above 4/5. The mark stands beside the
question's own and never enters percentages, so results stay between 0 and 1 whatever is claimed; a question's
certainty mark is between -6 and 3. An answer without a certainty counts as 1. Offered only where every answer is
simply right or wrong: the published scheme says nothing of answers half right.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from app.core.messages import N_
from app.quizzes.grading import base
from app.quizzes.grading.malformed import Malformed

LEVELS: Final = (1, 2, 3)
RIGHT: Final = {1: 1, 2: 2, 3: 3}
WRONG: Final = {1: 0, 2: -2, 3: -6}
LOWEST: Final = min(WRONG.values())
HIGHEST: Final = max(RIGHT.values())


def validate(kind: base.QuestionType, body: base.Body) -> bool:
    """May a certainty be asked with this question? Raises Invalid when some answers are half right."""
    if not kind.all_or_nothing(body):
        raise Malformed(N_("certainty: only where every answer is right or wrong"))
    return True


def split(response: Mapping[str, Any], layout: base.Layout) -> tuple[base.Response, base.Response]:
    """The certainty (``{}`` if none is given) and the rest of a response. Raises Invalid for another level."""
    if not layout.get("certainty") or "certainty" not in response:
        return {}, dict(response)
    level = response["certainty"]
    if level is not None and (isinstance(level, bool) or not isinstance(level, int) or level not in LEVELS):
        raise base.wrong_shape()
    rest = {name: value for name, value in response.items() if name != "certainty"}
    return ({} if level is None else {"certainty": level}), rest


def marked(graded: base.Result, chosen: base.Response) -> base.Result:
    """The grade with its certainty mark."""
    if isinstance(graded, base.NeedsMarking):
        return graded
    level = chosen.get("certainty", LEVELS[0])
    return replace(graded, certainty_mark=(RIGHT if graded.correct else WRONG)[level])


def read_form(posted: base.Posted, name: str, layout: base.Layout) -> base.Response:
    """The certainty in a posted form. Raises Invalid for another level."""
    value = posted.get(f"{name}-certainty", "") if layout.get("certainty") else ""
    if value not in {"", *(str(level) for level in LEVELS)}:
        raise base.wrong_shape()
    return {"certainty": int(value)} if value else {}
