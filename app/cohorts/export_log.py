"""Who took whose records, when and for which purpose."""

from dataclasses import dataclass

from sqlalchemy import select

from app.accounts.models import Person
from app.cohorts.models import Cohort, RecordExport
from app.core.access import Actor, Role
from app.core.database import db


@dataclass(frozen=True, slots=True)
class LoggedExport:
    """An entry of the export log with the names to show."""

    log: RecordExport
    cohort: str
    person: str


def list_exports(actor: Actor) -> list[LoggedExport]:
    """The exports of the organisations whose records the actor keeps, newest first: one statement."""
    where = actor.organisations(Role.REGISTRAR, Role.ADMINISTRATOR)
    statement = (
        select(RecordExport, Cohort.name, Person.name)
        .join(Cohort, Cohort.id == RecordExport.cohort_id)
        .join(Person, Person.id == RecordExport.exported_by)
        .order_by(RecordExport.created_at.desc())
        .limit(200)
    )
    if where is not None:
        statement = statement.where(RecordExport.organisation_id.in_(where))
    return [LoggedExport(log, cohort, person) for log, cohort, person in db.session.execute(statement)]
