"""Who may do what with applications and appointments."""

from app.core.access import Actor, Role
from app.experts.models import Application, Appointment
from app.experts.rules import ApplicationState

#: Those who work on applications and search the pool.
KEEPERS = (Role.CERTIFIER, Role.ADMINISTRATOR)


def can_keep(actor: Actor, application: Application) -> bool:
    """May she see it among the applications to the pool? Never her own: that one she sees as its author."""
    return application.person_id != actor.person_id and actor.has_at(application.organisation_id, *KEEPERS)


def can_see(actor: Actor, application: Application) -> bool:
    """Its author, and those who work on applications once it is submitted."""
    if application.person_id == actor.person_id:
        return True
    return application.state is not ApplicationState.DRAFT and can_keep(actor, application)


def can_edit(actor: Actor, application: Application) -> bool:
    return application.person_id == actor.person_id and application.state is ApplicationState.DRAFT


def can_withdraw(actor: Actor, application: Application) -> bool:
    """Until it is decided."""
    return application.person_id == actor.person_id and application.state in {
        ApplicationState.DRAFT,
        ApplicationState.SUBMITTED,
        ApplicationState.UNDER_REVIEW,
        ApplicationState.RECOMMENDED,
    }


def _certifies(actor: Actor, application: Application) -> bool:
    return application.person_id != actor.person_id and actor.has_at(application.organisation_id, Role.CERTIFIER)


def can_check(actor: Actor, application: Application) -> bool:
    """The formal check: return it for completion, or take it for review."""
    return application.state is ApplicationState.SUBMITTED and _certifies(actor, application)


def can_recommend(actor: Actor, application: Application) -> bool:
    """The one who took it for review."""
    return (
        application.state is ApplicationState.UNDER_REVIEW
        and application.reviewer_id == actor.person_id
        and _certifies(actor, application)
    )


def can_decide(actor: Actor, application: Application) -> bool:
    """Another certifier than the reviewer."""
    return (
        application.state is ApplicationState.RECOMMENDED
        and application.reviewer_id != actor.person_id
        and _certifies(actor, application)
    )


def can_see_appointment(actor: Actor, appointment: Appointment) -> bool:
    return appointment.person_id == actor.person_id or actor.has_at(appointment.organisation_id, *KEEPERS)


def can_end(actor: Actor, appointment: Appointment) -> bool:
    """A certifier of the pool, not in her own matter; only while it runs."""
    return (
        appointment.ended_at is None
        and appointment.person_id != actor.person_id
        and actor.has_at(appointment.organisation_id, Role.CERTIFIER)
    )
