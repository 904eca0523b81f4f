"""The five checks and the answer for a day, in words that somebody who only wants to hire a lawyer understands."""

from typing import Any, Final

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.certificates.proof.refusal import Parted
from app.certificates.proof.verdicts import Part, State
from app.certificates.proof.words import FINDINGS, PARTS
from app.certificates.standing import DayOutcome

QUESTIONS: Final[dict[Part, Any]] = {
    Part.SIGNATURE: _l("Is it exactly the file that was issued?"),
    Part.CREDENTIAL: _l("Did we sign these statements?"),
    Part.PAGE: _l("Does the page say what was signed?"),
    Part.LOG: _l("Does it stand in the public log?"),
    Part.STATUS: _l("Is it in force now?"),
}
#: Word, kind, icon.
ANSWERS: Final[dict[State, tuple[Any, str, str]]] = {
    State.PASSED: (_l("Yes"), "ok", "circle-check"),
    State.FAILED: (_l("No"), "danger", "circle-x"),
    State.UNKNOWN: (_l("Not checked"), "neutral", "circle-dotted"),
}
DAYS: Final[dict[DayOutcome, tuple[Any, str, str]]] = {
    DayOutcome.AHEAD: (_l("not known"), "neutral", "help-circle"),
    DayOutcome.NOT_YET: (_l("not issued yet"), "attention", "clock"),
    DayOutcome.VALID: (_l("valid"), "ok", "shield-check"),
    DayOutcome.EXPIRED: (_l("its validity had ended"), "attention", "clock"),
    DayOutcome.SUSPENDED: (_l("suspended"), "attention", "player-pause"),
    DayOutcome.SUPERSEDED: (_l("replaced by a newer one"), "attention", "history"),
    DayOutcome.REVOKED: (_l("revoked"), "danger", "shield-x"),
    DayOutcome.ENDED: (_l("ended before its term"), "attention", "shield-off"),
}

FILTERS: Final[dict[str, Any]] = {
    "check_question": lambda part: QUESTIONS[part],
    "check_answer": lambda state: ANSWERS[state],
    "check_name": lambda part: gettext(PARTS[part]),
    "check_words": lambda code: gettext(FINDINGS[code]),
    "check_difference": lambda detail: detail if isinstance(detail, Parted) else None,
    "day_answer": lambda outcome: DAYS[outcome],
}
