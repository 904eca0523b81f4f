"""The invigilators' pages: what is under way, one examination live, one attempt."""

import uuid
from functools import partial

from flask import Blueprint, current_app, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.accounts.queries import people_named
from app.core import access, clock
from app.core.access import require_actor
from app.core.forms import member_of
from app.core.languages import format_time
from app.quizzes.accommodations.policies import GRANTERS, can_grant_to
from app.quizzes.invigilation import expected, forms, live, policies, queries, seating, words
from app.quizzes.invigilation.board import Snapshot, milliseconds
from app.quizzes.invigilation.context import board
from app.quizzes.invigilation.rules import Means
from app.quizzes.invigilation.seating import Show, Sort
from app.quizzes.models import AttemptState

blueprint = Blueprint("invigilation", __name__)

#: How she saw the last document: offered for the next candidate of the room.
LAST_MEANS = "invigilation-means"
#: How often the live page asks, in seconds.
POLL_SECONDS = 5


@blueprint.get("/invigilation")
@access.requires(*policies.INVIGILATORS)
def list_examinations() -> str:
    """The examinations under way, those of the last day, and those that candidates are to sit."""
    now, actor = clock.now(), require_actor()
    examinations = live.list_examinations(actor, now)
    return render_template(
        "quizzes/invigilation/index.html",
        examinations=examinations,
        to_come=expected.list_to_come(policies.reach(actor), [each.key for each in examinations]),
        now=now,
    )


@blueprint.get("/invigilation/<string:key>")
@access.requires(*policies.INVIGILATORS)
def show_live(key: str) -> str:
    """One examination: who sits, who needs somebody."""
    return live_page(key, forms.ManyForm(formdata=None))


@blueprint.get("/invigilation/<string:key>/seats.json")
@access.requires(*policies.INVIGILATORS)
def show_seats(key: str) -> BaseResponse:
    """The seats as the page polls them: from a snapshot of this process, 304 when nothing is new."""
    now = clock.now()
    since = request.args.get("since", 0, type=int)
    packed = board().look(key, now, since=since).packed_for(require_actor())
    gzipped = request.accept_encodings.quality("gzip") > 0
    response = current_app.response_class(packed.gzipped if gzipped else packed.plain, mimetype="application/json")
    if gzipped:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Server-Time"] = str(milliseconds(now))
    response.set_etag(packed.etag)
    return response.make_conditional(request)


@blueprint.get("/invigilation/attempts/<uuid:attempt_id>")
@access.requires(*policies.INVIGILATORS)
def show_attempt(attempt_id: uuid.UUID) -> str:
    """One candidate's attempt: her state, what was decided, what can be."""
    return attempt_page(queries.get_watched(require_actor(), attempt_id))


def live_page(key: str, form: forms.ManyForm, selected: frozenset[str] = frozenset()) -> str:
    """The live page, read anew: what was just decided stands on it."""
    examined, now, actor = queries.get_examination(key), clock.now(), require_actor()
    everybody = Snapshot.read(key, now).seen_by(actor)
    view = seating.View.of(request.args)
    seen = everybody.of_group(view.group)
    found, absent = seating.chosen(seen.seats, view), seating.chosen_absent(seen.absences, view)
    return render_template(
        "quizzes/invigilation/live.html",
        examined=examined,
        seats=found[: seating.ROWS],
        absences=absent[: seating.ROWS],
        found=len(found) + len(absent),
        counts=seating.counts(seen),
        tally=seating.tally(seen),
        group_options=[(each, each) for each in everybody.groups],
        view=view,
        form=form,
        selected=selected,
        now=now,
        since=milliseconds(now),
        poll=POLL_SECONDS,
        rows=seating.ROWS,
        format_time=format_time,
        when=partial(words.when, now=now),
        national=policies.reach(actor) is None,
        may_grant=actor.has(*GRANTERS),
        shows=_shows(),
        sorts=_sorts(),
        lost=_lost(),
        bar_words=words.bars(),
        note_words=words.notes(),
        flag_help=words.flag_help(),
        tally_words=words.tally(),
        **vocabulary(),
    )


def attempt_page(watched: queries.Watched, form: object = None, failed: str = "") -> str:
    """One attempt with the forms of what can be decided about it; ``form`` keeps what was refused."""
    attempt, person, now = watched.attempt, watched.candidate, clock.now()
    may_grant = attempt.state.is_open and can_grant_to(require_actor(), person.id, person.organisation_id)
    history = queries.interventions_of(attempt.id)
    late = queries.late_answers(attempt.id)
    made = {name: kind(prefix=f"{name}-", formdata=None) for name, kind in forms.BY_DECISION.items()}
    made["release"]["means"].data = member_of(Means, session.get(LAST_MEANS))
    if failed:
        made[failed] = form  # type: ignore[assignment]
    return render_template(
        "quizzes/invigilation/attempt.html",
        watched=watched,
        attempt=attempt,
        told={each.number: each for each in words.told(history)},
        history=list(reversed(history)),
        people=people_named({each.actor_id for each in history}),
        late=late,
        forms=made,
        failed=failed,
        possible=possible(watched, late),
        told_since=watched.told_since(now),
        now=now,
        may_grant=may_grant,
        group=request.args.get("group") or None,
        **vocabulary(),
    )


def possible(watched: queries.Watched, late: list[queries.LateAnswer]) -> list[str]:
    """What can be decided about an attempt in this state."""
    by_state: dict[AttemptState, list[str]] = {
        AttemptState.WAITING: ["release", "refuse"],
        AttemptState.IN_PROGRESS: ["extend", "pause", "void"],
        AttemptState.PAUSED: ["resume", *(["pause"] if watched.attempt.pause_ends_at else []), "extend", "void"],
        AttemptState.SUBMITTED: ["reopen", "void"],
        AttemptState.EXPIRED: ["reopen", "void"],
        AttemptState.VOIDED: [],
    }
    found = by_state[watched.attempt.state]
    counts = watched.attempt.state not in (AttemptState.WAITING, AttemptState.VOIDED)
    if counts and any(not each.counted for each in late):
        found = ["count-late", *found]
    return found


def vocabulary() -> dict[str, dict[str, str]]:
    """Words that several templates need."""
    return {"state_words": words.states(), "flag_words": words.flags()}


def _shows() -> dict[Show, str]:
    return {
        Show.ALL: _("All"),
        Show.ATTENTION: _("Need somebody"),
        Show.WAITING: _("Wait for release"),
        Show.RUNNING: _("Under way"),
        Show.PAUSED: _("Paused"),
        Show.ENDED: _("Ended"),
        Show.ABSENT: _("Not yet begun"),
        Show.LOCKED: _("Cannot begin"),
    }


def _lost() -> dict[str, tuple[str, str]]:
    """Why the page may have no news, and what that means for whoever looks at it."""
    return {
        "connection": (
            _("No connection"),
            _(
                "What stands here is as of {time}; the time left goes on. The page asks again by itself."
                " Candidates' answers do not depend on this page."
            ),
        ),
        "signed_out": (
            _("You have been signed out"),
            _("What stands here is as of {time}. Sign in again, here or in another tab."),
        ),
        "refused": (_("You may no longer watch this examination"), _("What stands here is as of {time}.")),
        "unsent": (
            _("Nothing was decided"),
            _("There is no connection. What you chose and wrote is kept; press the button again once it is back."),
        ),
    }


def _sorts() -> dict[Sort, str]:
    return {
        Sort.ATTENTION: _("who needs somebody first"),
        Sort.NAME: _("name"),
        Sort.TIME: _("time left"),
        Sort.SAVED: _("longest without a save"),
    }
