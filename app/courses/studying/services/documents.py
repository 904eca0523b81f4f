"""Ask for a study document; note the file of one."""

import uuid
from datetime import datetime

from sqlalchemy import select, update

from app.core.access import Actor
from app.core.database import db, serialise
from app.courses.rules import CourseOutline, ModuleOutline
from app.courses.studying import queries
from app.courses.studying.models import StudyDocument
from app.jobs import services as jobs
from app.jobs.models import Job, JobState
from app.library.queries import Library


def request_document(
    actor: Actor,
    outline: CourseOutline,
    module: ModuleOutline,
    *,
    language: str,
    books: Library,
    now: datetime,
) -> StudyDocument:
    """Let a worker make the module's document. One that exists is returned, one that failed is tried again."""
    edition = queries.edition_of(books)
    serialise(f"{queries.MAKE}:{module.revision_id}:{language}")
    document = queries.find_document(module.revision_id, language, edition)
    if document is None:
        document = StudyDocument(
            module_revision_id=module.revision_id, language=language, edition=edition, created_at=now
        )
        db.session.add(document)
        db.session.flush()
    key = queries.job_key(document.id)
    job = db.session.scalar(select(Job).where(Job.unique_key == key))
    if job is not None and job.state is JobState.FAILED:
        jobs.retry_job(job.id, now)
    elif job is None:
        payload = {
            "document_id": str(document.id),
            "course_revision_id": str(outline.revision_id),
            "module_key": module.key,
        }
        jobs.enqueue(queries.MAKE, payload, unique_key=key, actor=actor)
    return document


def note_document(document_id: uuid.UUID, digest: str, size: int, now: datetime) -> None:
    """Keep which file a document is; the first note stays."""
    db.session.execute(
        update(StudyDocument)
        .where(StudyDocument.id == document_id, StudyDocument.digest.is_(None))
        .values(digest=digest, size=size, made_at=now)
        .execution_options(synchronize_session=False)
    )
