"""What the worker does for learners."""

import uuid

from flask import current_app

from app.config import Settings
from app.core import clock
from app.core.database import db, release, transaction
from app.courses import queries as courses
from app.courses.studying import letters, printing, queries, services
from app.courses.studying.models import StudyDocument
from app.files import services as files
from app.jobs.registry import Assignment, every, handles
from app.library.queries import library


@handles(services.INDEX)
def index(assignment: Assignment) -> None:
    """Index every module revision that is not, one transaction each."""
    missing = queries.unindexed_modules()
    release()
    for done, revision_id in enumerate(missing, 1):
        with transaction():
            services.index_module(revision_id)
        assignment.report(done, len(missing))


@every("studying.index", seconds=300)
def request_indexing() -> None:
    """Whatever brought a module revision into the database, its text is found soon after."""
    with transaction():
        services.request_indexing(clock.now())


@every("studying.remind", seconds=1800)
def remind() -> None:
    """Mail those who asked for it, once a day from their morning on, when questions wait for review."""
    now = clock.now()
    due = queries.reminders_due(now)
    release()
    for person_id in due:
        with transaction():
            letters.remind_of_review(person_id, now)


@handles(queries.MAKE)
def make_document(assignment: Assignment) -> None:
    """Lay out a module as a PDF; made already means nothing to do. The file is kept before the row names it."""
    settings: Settings = current_app.extensions["academy.settings"]
    document = db.session.get_one(StudyDocument, uuid.UUID(assignment.payload["document_id"]))
    outline = courses.outline(uuid.UUID(assignment.payload["course_revision_id"]))
    module = queries.get_module(outline, assignment.payload["module_key"])
    document_id, is_made = document.id, document.digest is not None
    if is_made:
        release()
        return
    html = printing.document_html(outline, module, document.language, library(), clock.now())
    known = {figure.digest: figure.media_type for figure in courses.figures_of(module.revision_id)}
    release()
    assignment.report(1, 3)
    data = printing.document_pdf(html, known, settings.data_dir)
    assignment.report(2, 3)
    digest = files.store(settings.data_dir, data)
    with transaction():
        services.note_document(document_id, digest, len(data), clock.now())
    assignment.report(3, 3)
