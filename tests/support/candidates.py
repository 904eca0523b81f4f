"""People who are to sit an examination, as members of a cohort whose programme demands nothing else."""

import uuid
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import insert

from app.cohorts.models import Cohort, Membership, MembershipState, Programme, ProgrammeRevision
from app.core import clock
from app.core.database import release, transaction
from app.core.identifiers import new_id

COHORT = "考试日班次"


def expect_at(
    quiz_id: uuid.UUID, organisation_id: uuid.UUID, people: Sequence[uuid.UUID]
) -> dict[uuid.UUID, uuid.UUID]:
    """Person → membership: the context of her attempts at this quiz (``cohorts.queries.EXAM_CONTEXT``)."""
    now, programme, revision, cohort = clock.now(), new_id(), new_id(), new_id()
    both = {"zh": COHORT, "en": COHORT}
    body = {
        "title": both,
        "level": both,
        "courses": {"compulsory": []},
        "hours": 0,
        "course_pass_mark": 60,
        "certificate": {},
        "exam": {"id": "exam", "title": both, "pass_mark": 60},
    }
    members = {person_id: new_id() for person_id in people}
    release()
    with transaction() as session:
        session.add(Programme(id=programme, created_at=now, key=str(programme), organisation_id=organisation_id))
        session.flush()
        session.add(
            ProgrammeRevision(
                id=revision,
                created_at=now,
                programme_id=programme,
                number=1,
                digest=revision.hex,
                body=body,
                quiz_id=quiz_id,
            )
        )
        session.flush()
        session.add(
            Cohort(
                id=cohort,
                created_at=now,
                programme_id=programme,
                programme_revision_id=revision,
                organisation_id=organisation_id,
                name=COHORT,
                starts_on=now.date(),
                ends_on=now.date() + timedelta(days=90),
                join_code=cohort.hex,
            )
        )
        session.flush()
        common = {"created_at": now, "cohort_id": cohort, "state": MembershipState.ACTIVE, "state_since": now}
        session.execute(
            insert(Membership),
            [{"id": one, "person_id": person_id, **common} for person_id, one in members.items()],
        )
    return members
