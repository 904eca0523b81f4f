"""Study documents: which there is, how far one is, and what it says."""

import uuid
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.core.database import db
from app.core.errors import NotFound
from app.courses.rules import CourseOutline, ModuleOutline
from app.courses.studying.models import StudyDocument
from app.jobs.models import Job, JobState
from app.library.queries import Library

#: Raise it when the layout changes: documents are then made anew when next asked for.
LAYOUT: Final = "1"
#: The kind of the job that makes one.
MAKE: Final = "studying.document"


@dataclass(frozen=True, slots=True)
class Progress:
    """A document on its way; ``document`` is None before anybody has asked for it."""

    document: StudyDocument | None
    state: JobState | None
    done: int = 0
    total: int = 0

    @property
    def is_ready(self) -> bool:
        return self.document is not None and self.document.digest is not None

    @property
    def has_failed(self) -> bool:
        return not self.is_ready and self.state in {JobState.FAILED, JobState.CANCELLED}

    @property
    def is_under_way(self) -> bool:
        return self.document is not None and not self.is_ready and not self.has_failed


def edition_of(books: Library) -> str:
    """What a document rests on besides its module."""
    return f"{LAYOUT}:{books.digest}"


def get_module(outline: CourseOutline, module_key: str) -> ModuleOutline:
    """Raises NotFound."""
    module = outline.find_module(module_key)
    if module is None:
        raise NotFound
    return module


def document_progress(module: ModuleOutline, language: str, books: Library) -> Progress:
    """Is there a document of this module, and how far is it? Two statements."""
    document = find_document(module.revision_id, language, edition_of(books))
    if document is None:
        return Progress(None, None)
    job = db.session.scalar(select(Job).where(Job.unique_key == job_key(document.id)))
    if job is None:
        return Progress(document, None)
    return Progress(document, job.state, job.done, job.total)


def find_document(revision_id: uuid.UUID, language: str, edition: str) -> StudyDocument | None:
    return db.session.scalar(
        select(StudyDocument).where(
            StudyDocument.module_revision_id == revision_id,
            StudyDocument.language == language,
            StudyDocument.edition == edition,
        )
    )


def job_key(document_id: uuid.UUID) -> str:
    """The unique key of the job that makes a document."""
    return f"{MAKE}:{document_id}"
