"""Open a draft, make a course, bring a draft up to what was published since."""

import uuid
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from flask_babel import gettext as _
from ruamel.yaml import YAML
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app.audit import services as audit
from app.core import clock
from app.core.access import Actor
from app.core.database import add_unless_taken, db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.identifiers import new_id
from app.core.text import Bilingual
from app.courses.authoring import policies, queries
from app.courses.authoring.models import CourseSource, Draft, DraftFile
from app.courses.authoring.rules import DraftState, Manifest, is_course_key
from app.courses.authoring.services.editing import bring_in, lock_draft
from app.courses.authoring.sources import keep_text, manifest_of
from app.courses.models import Course
from app.organisations.queries import get_organisation_by_id


def open_draft(actor: Actor, course_key: str, now: datetime) -> Draft:
    """The one working copy of a course; the same one for everybody. Raises NotFound."""
    source = queries.source_for(actor, course_key)
    draft = queries.find_open_draft(course_key)
    return draft or _begin(actor, source, manifest_of(source.published_tree), now)


def create_course(
    actor: Actor,
    *,
    key: str,
    title: Bilingual,
    organisation_id: uuid.UUID,
    code: str = "NEW",
    track: str = "L",
    now: datetime,
) -> Draft:
    """A new course with a draft that holds the beginning of a course file.

    Raises NotAllowed, Invalid for a key that cannot be an id, Conflict for one that is taken.
    """
    if not policies.can_edit(actor, organisation_id):
        raise NotAllowed
    if not is_course_key(key):
        raise Invalid(_("Write lower-case letters, digits and single hyphens, such as l3-epo-oppositions."))
    organisation = get_organisation_by_id(organisation_id)
    source = CourseSource(course_key=key, organisation_id=organisation_id, question_keys=[])
    if db.session.scalar(select(Course.id).where(Course.key == key)) or not add_unless_taken(source):
        raise Conflict(_("A course with this id exists already."))
    first = {
        "id": key,
        "code": code,
        "track": track,
        "title": dict(title),
        "summary": dict(title),
        "organisation": organisation.key,
        "as_of": clock.day_of(now),
        "jurisdictions": ["INT"],
        "hours": Decimal(1),
        "modules": [],
    }
    draft = _begin(actor, source, {}, now)
    bring_in(actor, draft, {"course.yaml": keep_text(_yaml(first))}, now)
    audit.record(actor, "authoring.create_course", draft, course=key)
    return draft


def _yaml(data: dict[str, Any]) -> str:
    stream = StringIO()
    yaml = YAML(typ="rt")
    yaml.width = 4096
    yaml.dump({key: str(value) if isinstance(value, Decimal) else value for key, value in data.items()}, stream)
    return stream.getvalue()


def _begin(actor: Actor, source: CourseSource, files: Manifest, now: datetime) -> Draft:
    draft = Draft(
        id=new_id(),
        course_key=source.course_key,
        base_tree=source.published_tree,
        created_by_id=actor.person_id,
        created_at=now,
        updated_at=now,
    )
    try:
        with db.session.begin_nested():
            db.session.add(draft)
    except IntegrityError:  # somebody else opened it at the same moment
        found = queries.find_open_draft(source.course_key)
        if found is None:
            raise
        return found
    if files:
        rows = [
            {"draft_id": draft.id, "path": path, "version": 0, "digest": digest} for path, digest in files.items()
        ]
        db.session.execute(insert(DraftFile), rows)
    audit.record(actor, "authoring.open_draft", draft, course=source.course_key)
    return draft


def abandon_draft(actor: Actor, draft_id: uuid.UUID, now: datetime) -> None:
    """Put a draft aside for good; its edits stay for the record. Raises NotFound, Conflict when it is over."""
    draft = lock_draft(actor, draft_id)
    if draft.state.is_over:
        raise Conflict(_("This draft is closed already."))
    draft.state, draft.updated_at = DraftState.ABANDONED, now
    audit.record(actor, "authoring.abandon_draft", draft, course=draft.course_key)


def update_draft(actor: Actor, draft_id: uuid.UUID, now: datetime) -> list[str]:
    """Bring in what was published since the draft began; the paths where both changed the same lines.

    Such files stay as the draft has them, with the published text kept as a conflict beside them.
    Raises NotFound.
    """
    draft = lock_draft(actor, draft_id)
    source = queries.find_source(draft.course_key)
    if source is None:
        raise NotFound
    if source.published_tree == draft.base_tree:
        return []
    published, base = manifest_of(source.published_tree), manifest_of(draft.base_tree)
    changed = {
        path: published.get(path)
        for path in sorted(published.keys() | base.keys())
        if published.get(path) != base.get(path)
    }
    clashing = bring_in(actor, draft, changed, now, base=base)
    draft.base_tree = source.published_tree
    audit.record(actor, "authoring.update_draft", draft, course=draft.course_key, conflicts=clashing)
    return clashing
