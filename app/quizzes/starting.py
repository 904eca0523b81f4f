"""Take the Start form of ``quizzes/_rules.html``: for the views of the packages above."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.services import Throttled
from app.core import clock
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Conflict
from app.core.languages import format_time, told
from app.quizzes import rules, services
from app.quizzes.models import Attempt

_REFUSED: Final = "start_refused"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why somebody who might start was not let in: said beside the field."""

    wanting: str
    text: str
    #: The digest of the declaration that she had accepted: it stays accepted.
    honour: str


def last_refusal() -> Refused | None:
    """Why this browser's last Start was refused; told once."""
    kept = session.pop(_REFUSED, None)
    return Refused(*kept) if kept else None


def begin(start: Callable[[rules.Admission], Attempt], back: str) -> Response:
    """Start with what was posted and open the paper; back to the rules, saying why, where she cannot start.

    ``start`` is the package's own verb, called inside the transaction.
    """
    admission = rules.Admission.read(request.form, request.remote_addr or "")
    try:
        if admission.access_code:
            with transaction():
                services.count_code_try(require_actor(), clock.now())
        with transaction():
            attempt = start(admission)
    except Throttled as refusal:
        time = format_time(refusal.opens_at)
        text = _("Too many wrong access codes. Try again at %(time)s.", time=time)
        return _refuse(rules.Missing.ACCESS_CODE, text, admission, back)
    except services.NotAdmitted as refusal:
        return _refuse(refusal.code, told(refusal), admission, back)
    except Conflict as refusal:  # the page was older than the window, the waiting time, or her last attempt
        flash(told(refusal), "attention")
        return redirect(back)
    return redirect(url_for("quizzes.show_attempt", attempt_id=attempt.id))


def _refuse(wanting: str, text: str, admission: rules.Admission, back: str) -> Response:
    session[_REFUSED] = [wanting, text, admission.honour]
    return redirect(f"{back}#start")
