"""Two edits of the same lines: both whole, what each changed, and one text made of them."""

import uuid
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.accounts.queries import people_named
from app.core.access import require_actor
from app.core.database import transaction
from app.core.errors import Invalid, NotFound
from app.core.identifiers import new_id
from app.courses.authoring import queries as drafts
from app.courses.authoring import services as authoring
from app.courses.authoring.merging import Clash, merge
from app.courses.authoring.models import DraftConflict
from app.courses.authoring.sources import find_text
from app.courses.editing import texts
from app.courses.editing.queries import Work
from app.courses.editing.views.blueprint import author, author_only, blueprint, work


@dataclass(frozen=True, slots=True)
class Hunk:
    """A part of the merge: settled text, or lines that both changed. ``number`` counts the latter from 1."""

    text: str
    number: int = 0
    base: str = ""
    mine: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A conflict with both versions whole; ``theirs`` is what the draft holds now."""

    conflict: DraftConflict
    base: str
    mine: str
    theirs: str
    version: int
    hunks: list[Hunk]
    #: Somebody else's edits are the head's; who made them and who sent what was kept.
    their_author: str
    my_author: str
    mine_is_own: bool


def _find(place: Work, conflict_id: uuid.UUID) -> DraftConflict:
    found = next((one for one in drafts.conflicts_of(place.draft.id) if one.id == conflict_id), None)
    if found is None:
        raise NotFound
    return found


def meeting_of(place: Work, conflict: DraftConflict, person_id: uuid.UUID) -> Meeting:
    """Both sides of a conflict and what they share."""
    path = place.path_now(conflict.path)
    head = place.heads.get(path)
    base, mine, theirs = (
        find_text(digest) or ""
        for digest in (conflict.base_digest, conflict.mine_digest, head.digest if head else None)
    )
    last = next(iter(drafts.edits_of(place.draft.id, path)), None)
    people = people_named([conflict.person_id, *([last.person_id] if last else [])])
    return Meeting(
        conflict=conflict,
        base=base,
        mine=mine,
        theirs=theirs,
        version=head.version if head else 0,
        hunks=_hunks(base, mine, theirs),
        their_author=people[last.person_id].name if last and last.person_id in people else "",
        my_author=people[conflict.person_id].name if conflict.person_id in people else "",
        mine_is_own=conflict.person_id == person_id,
    )


def _hunks(base: str, mine: str, theirs: str) -> list[Hunk]:
    hunks, number = [], 0
    for part in merge(base, mine, theirs).parts:
        if isinstance(part, Clash):
            number += 1
            sides = ("".join(side) for side in (part.base, part.ours, part.theirs))
            hunks.append(Hunk("", number, *sides))
        else:
            hunks.append(Hunk(part))
    return hunks


@blueprint.get("/authoring/<string:course_key>/conflicts/<uuid:conflict_id>")
@author_only
def show_conflict(course_key: str, conflict_id: uuid.UUID) -> str:
    """Choose line by line, or write one text; what is not chosen stays on record."""
    place = work(course_key)
    found = meeting_of(place, _find(place, conflict_id), require_actor().person_id)
    return render_template(
        "courses/editing/conflict.html",
        work=place,
        course=place.mapping("course.yaml"),
        meeting=found,
        back=_back(course_key, found.conflict.path),
    )


def _back(course_key: str, path: str) -> str:
    place = texts.lesson_of(path)
    if place is None:
        return url_for(".show_outline", course_key=course_key)
    return url_for(".edit_lesson", course_key=course_key, module_key=place.module, lesson_key=place.lesson)


def chosen(meeting: Meeting, choices: dict[int, str]) -> str:
    """One text of the hunks: mine, theirs, or both (theirs first). Raises Invalid where nothing is chosen."""
    parts = []
    for hunk in meeting.hunks:
        if not hunk.number:
            parts.append(hunk.text)
            continue
        sides = {"mine": hunk.mine, "theirs": hunk.theirs, "both": hunk.theirs + hunk.mine}
        choice = choices.get(hunk.number, "")
        if choice not in sides:
            raise Invalid(_("Choose a version for every place."))
        parts.append(sides[choice])
    return "".join(parts)


@blueprint.post("/authoring/<string:course_key>/conflicts/<uuid:conflict_id>")
@author_only
def resolve_conflict(course_key: str, conflict_id: uuid.UUID) -> Response:
    """Save the text that brings both together."""
    version = request.form.get("version", "")
    if not version.isdecimal():
        raise Invalid("version: a number")
    with transaction():
        place = work(course_key)
        conflict = _find(place, conflict_id)
        if request.form.get("action") == "write":
            text = request.form.get("text", "").replace("\r\n", "\n")
        else:
            found = meeting_of(place, conflict, require_actor().person_id)
            if found.version != int(version):
                flash(_("Somebody saved again meanwhile. Look at the places once more."), "attention")
                return redirect(url_for(".show_conflict", course_key=course_key, conflict_id=conflict_id), 303)
            numbers = [hunk.number for hunk in found.hunks if hunk.number]
            text = chosen(found, {number: request.form.get(f"hunk-{number}", "") for number in numbers})
        saved = authoring.resolve_conflict(
            author().actor, conflict_id, text=text, base_version=int(version), edit_id=new_id(), now=author().now
        )
    if saved.conflict_id:
        return redirect(url_for(".show_conflict", course_key=course_key, conflict_id=saved.conflict_id), 303)
    flash(_("Both versions are brought together."), "ok")
    return redirect(_back(course_key, conflict.path), 303)
