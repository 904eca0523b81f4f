"""Drafts and publications, made by calling the services."""

import uuid
from datetime import datetime

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import release, transaction
from app.core.identifiers import new_id
from app.courses.authoring import queries, services
from app.courses.authoring.models import Draft
from app.courses.authoring.rules import Decision, Moving, Saved
from app.courses.models import CourseRevision
from app.organisations.models import Organisation
from tests.support.cast import Cast, as_actor, make_person
from tests.support.courses import SMALL


def author(cast: Cast, *, name: str = "") -> Actor:
    """An instructor of the national authority, whose courses the shipped ones are."""
    person = make_person(cast.authority, Role.INSTRUCTOR, **({"name": name} if name else {}))
    return instructor(person, national=True)


def instructor(person: Person, *, national: bool = False) -> Actor:
    """The person with an instructor's role at her organisation."""
    assert person.organisation_id is not None
    return as_actor(person, Grant(Role.INSTRUCTOR, person.organisation_id, national))


def open_draft(actor: Actor, course_key: str = "small") -> Draft:
    release()
    with transaction():
        return services.open_draft(actor, course_key, clock.now())


def save(
    actor: Actor,
    draft: Draft,
    path: str,
    text: str,
    *,
    base_version: int = 0,
    edit_id: uuid.UUID | None = None,
    now: datetime | None = None,
) -> Saved:
    release()
    with transaction():
        return services.save_file(
            actor,
            draft.id,
            path,
            text=text,
            base_version=base_version,
            edit_id=edit_id or new_id(),
            now=now or clock.now(),
        )


def change(actor: Actor, draft: Draft, path: str, old: str, new: str) -> Saved:
    """Replace a passage in the file as it stands."""
    release()
    head, text = queries.files_of(draft.id)[path], queries.text_of(draft.id, path)
    assert old in text
    return save(actor, draft, path, text.replace(old, new, 1), base_version=head.version)


def remove(actor: Actor, draft: Draft, path: str) -> Saved:
    """Delete the file as it stands."""
    release()
    version = queries.files_of(draft.id)[path].version
    release()
    with transaction():
        return services.delete_file(actor, draft.id, path, base_version=version, edit_id=new_id(), now=clock.now())


def review(author: Actor, reviewer: Actor, draft: Draft, decision: Decision = Decision.APPROVE) -> None:
    release()
    with transaction():
        services.submit(author, draft.id, now=clock.now())
    with transaction():
        services.decide(reviewer, draft.id, decision, now=clock.now())


def publish(
    author: Actor, reviewer: Actor, draft: Draft, *, note: str = "改动说明", moving: Moving = Moving.KEEP
) -> CourseRevision:
    """Have the draft approved, and publish it."""
    review(author, reviewer, draft)
    with transaction():
        return services.publish(author, draft.id, note=note, moving=moving, now=clock.now())


def make_course(actor: Actor, organisation: Organisation, key: str = "own-course") -> Draft:
    """A draft of a new course of the organisation, without faults: the second module of the small course."""
    with transaction():
        draft = services.create_course(
            actor,
            key=key,
            title={"zh": "自建课程", "en": "A course of our own"},
            organisation_id=organisation.id,
            now=clock.now(),
        )
    change(actor, draft, "course.yaml", "modules: []", "modules: [m2-second]")
    for path in sorted((SMALL / "courses/small/m2-second").iterdir()):
        text = path.read_text().replace("t-m2-q1", f"{key}-q1")
        save(actor, draft, f"m2-second/{path.name}", text)
    return draft
