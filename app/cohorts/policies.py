"""Who may do what with cohorts."""

import uuid

from app.cohorts.models import Cohort, Membership
from app.core.access import Actor, Role


def can_see_cohort(actor: Actor, cohort: Cohort) -> bool:
    """Staff of the cohort's organisation (and national staff); never another university's."""
    return actor.has_at(
        cohort.organisation_id, Role.REGISTRAR, Role.ADMINISTRATOR, Role.INSTRUCTOR, Role.CERTIFIER
    )


def can_manage_cohort(actor: Actor, cohort: Cohort) -> bool:
    """Rosters, dates, withdrawals, exports: the organisation's registrars and administrators."""
    return actor.has_at(cohort.organisation_id, Role.REGISTRAR, Role.ADMINISTRATOR)


def can_create_cohort(actor: Actor, organisation_id: uuid.UUID) -> bool:
    return actor.has_at(organisation_id, Role.REGISTRAR, Role.ADMINISTRATOR)


def can_study(actor: Actor, membership: Membership) -> bool:
    """A membership is its person's own."""
    return membership.person_id == actor.person_id
