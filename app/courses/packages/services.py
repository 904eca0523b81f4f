"""Keep a package for a look; make a course of it, or throw it away."""

import uuid
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.core.access import Actor
from app.core.database import db
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.identifiers import new_id
from app.courses.authoring import policies
from app.courses.authoring import queries as drafts
from app.courses.authoring.models import Draft
from app.courses.authoring.services import create_course
from app.courses.authoring.services.editing import bring_in
from app.courses.authoring.sources import keep_files
from app.courses.packages.models import PackageImport, PackageState
from app.courses.packages.own import COURSE
from app.courses.packages.plans import Plan


def keep_upload(
    actor: Actor,
    plan: Plan,
    *,
    organisation_id: uuid.UUID,
    language: str,
    file_name: str,
    file_digest: str,
    plan_digest: str,
    now: datetime,
) -> PackageImport:
    """Keep a package for a look; its bytes and the packed plan lie in the file store already. No course is made.

    Raises NotAllowed, Conflict when a course has the id already.
    """
    if not policies.can_edit(actor, organisation_id):
        raise NotAllowed
    if plan.files and drafts.find_source(plan.key) is not None:
        raise Conflict(_("A course with this id exists already."))
    upload = PackageImport(
        id=new_id(),
        created_at=now,
        organisation_id=organisation_id,
        person_id=actor.person_id,
        course_key=plan.key,
        language=language,
        file_name=file_name[:200],
        file_digest=file_digest,
        plan_digest=plan_digest,
        state=PackageState.PREVIEWED,
    )
    db.session.add(upload)
    db.session.flush()
    audit.record(actor, "authoring.preview_package", upload, file=upload.file_name, course=upload.course_key)
    return upload


def confirm_upload(actor: Actor, upload_id: uuid.UUID, plan: Plan, *, now: datetime) -> Draft:
    """Make the course with a draft of everything that the plan holds: all of it or nothing.

    The plan's media lie in the file store already. Raises NotFound, Conflict when the upload has been dealt with,
    holds no course, or the id was taken meanwhile.
    """
    upload = _locked(actor, upload_id)
    if not plan.files:
        raise Conflict(_("Nothing in this package can be taken."))
    draft = create_course(actor, key=plan.key, title=plan.title, organisation_id=upload.organisation_id, now=now)
    begun = drafts.manifest_of_draft(draft.id)
    bring_in(actor, draft, keep_files(plan.files), now, base={COURSE: begun[COURSE]})
    upload.state = PackageState.CONFIRMED
    db.session.flush()
    audit.record(actor, "authoring.import_package", upload, course=plan.key, files=len(plan.files))
    return draft


def discard_upload(actor: Actor, upload_id: uuid.UUID) -> None:
    """Throw a package away before anything was made of it. Raises NotFound, Conflict."""
    upload = _locked(actor, upload_id)
    upload.state = PackageState.DISCARDED
    audit.record(actor, "authoring.discard_package", upload)


def note_export(actor: Actor, course_key: str, state: str) -> None:
    """A package holds the keys to examinations: who took it is in the audit trail."""
    audit.record(
        actor,
        "authoring.export_package",
        actor.person_id,
        subject_type="Person",
        course=course_key,
        state=state,
    )


def _locked(actor: Actor, upload_id: uuid.UUID) -> PackageImport:
    upload = db.session.scalar(
        select(PackageImport)
        .where(PackageImport.id == upload_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if upload is None or not policies.can_edit(actor, upload.organisation_id):
        raise NotFound
    if upload.state is not PackageState.PREVIEWED:
        raise Conflict(_("This file has been dealt with already."), code="done")
    return upload
