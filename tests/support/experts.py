"""Factories for the expert pool, through the real services."""

from app.accounts.models import Person
from app.config import PROJECT
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.courses.content.faults import Report
from app.experts import queries, services
from app.experts.criteria import Criteria, read_criteria
from app.experts.models import Application, Appointment
from app.experts.rules import Answer, Profile
from tests.support.cast import Cast, as_actor
from tests.support.certificates import make_certificate


def example_criteria() -> Criteria:
    """The criteria that ship with the product."""
    criteria = read_criteria(PROJECT / "content", Report(PROJECT / "content"))
    assert criteria is not None
    return criteria


def certifying(cast: Cast, person: Person) -> Actor:
    """The person as a national certifier, for tests of services."""
    return as_actor(person, Grant(Role.CERTIFIER, cast.authority.id, national=True))


def full_profile(**values: object) -> Profile:
    """Everything an application needs."""
    given: dict[str, object] = {
        "category": "lawyer",
        "fields": ("patent", "section-337"),
        "jurisdictions": ("US", "EU"),
        "languages": (("en", "fluent"), ("ja", "reading")),
        "summary": "专注337调查应诉。",
        "answers": {
            "experience": Answer(years=8, text="律师事务所合伙人，代理多起337调查。"),
            "conduct": Answer(declared=True),
            "confidentiality": Answer(declared=True),
        },
    }
    return Profile(**{**given, **values})  # type: ignore[arg-type]


def load_criteria() -> None:
    with transaction():
        services.sync_criteria(example_criteria())


def submitted(cast: Cast, person: Person, profile: Profile | None = None) -> Application:
    """An application with certificate, handed in."""
    load_criteria()
    make_certificate(person, cast.authority)
    actor = as_actor(person)
    with transaction():
        application = services.start_application(actor, clock.now())
        services.save_draft(actor, application, profile or full_profile())
        services.submit(actor, application, clock.now())
    release()
    return application


def reviewed(
    cast: Cast, person: Person, *, favourable: bool = True, profile: Profile | None = None
) -> Application:
    """… reviewed by the first certifier."""
    application = submitted(cast, person, profile)
    reviewer = certifying(cast, cast.certifier)
    with transaction():
        loaded = queries.get_application_for(reviewer, application.id, lock=True)
        services.begin_review(reviewer, loaded, unbiased=True, now=clock.now())
        services.recommend(reviewer, loaded, favourable=favourable, reason="材料齐全，经验丰富。", now=clock.now())
    release()
    return application


def appointed(cast: Cast, person: Person, profile: Profile | None = None) -> Appointment:
    """… and appointed by the second."""
    application = reviewed(cast, person, profile=profile)
    decider = certifying(cast, cast.second_certifier)
    with transaction():
        loaded = queries.get_application_for(decider, application.id, lock=True)
        appointment = services.decide(
            decider, loaded, approve=True, reason="同意聘任。", unbiased=True, now=clock.now()
        )
        assert appointment is not None
        db.session.flush()
    release()
    return appointment
