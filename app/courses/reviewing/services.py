"""Say something about a draft's text, and take it over."""

import uuid
from datetime import datetime

from flask_babel import gettext as _

from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.identifiers import new_id
from app.courses.authoring import queries as authoring
from app.courses.authoring import services as editing
from app.courses.reviewing import queries, rules
from app.courses.reviewing.models import RemarkState, ReviewRemark

#: Characters of a comment; more belongs into the text.
MAX_BODY = 4_000


def add_remark(
    actor: Actor,
    draft_id: uuid.UUID,
    path: str,
    *,
    line: int,
    quote: str,
    body: str,
    suggestion: str | None = None,
    now: datetime,
) -> ReviewRemark:
    """Comment on words of a file as it stands, perhaps suggesting others.

    Raises NotFound for a draft or file that is not the actor's to see; Invalid for an empty comment or words that
    do not stand there; Conflict for a draft that is closed.
    """
    draft = authoring.draft_for(actor, draft_id)
    if draft.state.is_over:
        raise Conflict(_("This draft is closed. Open the course again to go on."), code="closed")
    head = authoring.files_of(draft_id).get(path)
    if head is None:
        raise NotFound
    text = authoring.text_of(draft_id, path)
    quote = quote.replace("\r\n", "\n")
    if suggestion is not None:
        suggestion = suggestion.replace("\r\n", "\n")
        if suggestion == quote:
            suggestion = None
    body = body.strip()[:MAX_BODY]
    if not body and suggestion is None:
        raise Invalid(_("Write a comment, or suggest other words."))
    if rules.place_of(quote, line, text) is None or (suggestion is not None and quote not in text):
        raise Invalid(_("These words no longer stand in the text. Load the page again."))
    remark = ReviewRemark(
        draft_id=draft_id,
        path=path,
        digest=head.digest,
        line=line,
        quote=quote,
        body=body,
        suggestion=suggestion,
        person_id=actor.person_id,
        created_at=now,
    )
    db.session.add(remark)
    db.session.flush()
    return remark


def answer_remark(actor: Actor, remark_id: uuid.UUID, *, body: str, now: datetime) -> ReviewRemark:
    """Answer a comment. Raises NotFound, Invalid for an empty answer."""
    remark = queries.remark_for(actor, remark_id)
    if not body.strip():
        raise Invalid(_("Write an answer."))
    answer = ReviewRemark(
        draft_id=remark.draft_id,
        path=remark.path,
        digest=remark.digest,
        line=remark.line,
        quote="",
        body=body.strip()[:MAX_BODY],
        parent_id=remark.parent_id or remark.id,
        person_id=actor.person_id,
        created_at=now,
    )
    db.session.add(answer)
    db.session.flush()
    return answer


def resolve_remark(actor: Actor, remark_id: uuid.UUID, *, now: datetime) -> ReviewRemark:
    """Say that a comment is dealt with. Raises NotFound, Conflict when somebody settled it before."""
    return _settle(actor, queries.remark_for(actor, remark_id, lock=True), RemarkState.RESOLVED, now)


def take_suggestion(actor: Actor, remark_id: uuid.UUID, *, now: datetime) -> ReviewRemark:
    """Put the suggested words into the draft, as an edit of the actor.

    Raises NotFound, Conflict when it is settled, when the words no longer stand there, or the draft is closed.
    """
    remark = queries.remark_for(actor, remark_id, lock=True)
    if remark.suggestion is None:
        raise NotFound
    head = authoring.files_of(remark.draft_id).get(remark.path)
    text = authoring.text_of(remark.draft_id, remark.path)
    changed = rules.suggested(text, remark.quote, remark.line, remark.suggestion)
    if head is None or changed is None:
        raise Conflict(_("The words that the suggestion replaces no longer stand there."))
    _settle(actor, remark, RemarkState.TAKEN, now)
    editing.save_file(
        actor, remark.draft_id, remark.path, text=changed, base_version=head.version, edit_id=new_id(), now=now
    )
    return remark


def _settle(actor: Actor, remark: ReviewRemark, state: RemarkState, now: datetime) -> ReviewRemark:
    if remark.parent_id is not None:
        raise NotFound
    if remark.state is not RemarkState.OPEN:
        raise Conflict(_("Somebody has settled this comment before."))
    remark.state, remark.settled_by_id, remark.settled_at = state, actor.person_id, now
    db.session.flush()
    return remark
