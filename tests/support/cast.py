"""Plain factory functions, and the fixed cast that tests of access share."""

import itertools
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from flask import session as cookie_session
from flask_wtf.csrf import generate_csrf

from app.accounts.identity import SEEN
from app.accounts.models import LoginSession, Person, PersonState, RoleGrant
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import transaction
from app.organisations.models import Organisation, OrganisationKind

_numbers = itertools.count(1)


def make_organisation(
    key: str = "", kind: OrganisationKind = OrganisationKind.UNIVERSITY, **values: Any
) -> Organisation:
    """An organisation; its key is made up unless given."""
    key = key or f"organisation-{next(_numbers)}"
    values.setdefault("name", {"zh": f"机构{key}", "en": f"Organisation {key}"})
    with transaction() as session:
        organisation = Organisation(key=key, kind=kind, **values)
        session.add(organisation)
    return organisation


def make_person(organisation: Organisation | None = None, *roles: Role, **values: Any) -> Person:
    """An active person with the roles at the organisation."""
    number = next(_numbers)
    values.setdefault("name", f"测试{number}")
    values.setdefault("email", f"person{number}@example.org")
    values.setdefault("state", PersonState.ACTIVE)
    values.setdefault("latin_name", f"CESHI {number}")
    with transaction() as session:
        person = Person(organisation_id=organisation.id if organisation else None, **values)
        session.add(person)
        session.flush()
        for role in roles:
            assert organisation is not None
            session.add(RoleGrant(person_id=person.id, organisation_id=organisation.id, role=role))
    return person


def make_login(person: Person) -> LoginSession:
    """A live session of a person, as signing in makes it."""
    now = clock.now()
    with transaction() as session:
        login = LoginSession(
            person_id=person.id, last_seen_at=now, expires_at=now + timedelta(days=365), agent="test"
        )
        session.add(login)
    return login


def signed_in_headers(app: Flask, login_id: uuid.UUID) -> dict[str, str]:
    """The cookie and the form token of a signed-in browser."""
    with app.app_context(), app.test_request_context():
        cookie_session["_user_id"] = str(login_id)
        cookie_session[SEEN] = int(time.time())  # a browser sends back the cookie that says so
        token = generate_csrf()
        serializer: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = serializer.dumps(dict(cookie_session))
    return {"Cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}", "X-CSRFToken": token}


def as_actor(person: Person, *grants: Grant) -> Actor:
    """The person as services see her, for tests of services."""
    return Actor(
        person_id=person.id,
        name=person.name,
        organisation_id=person.organisation_id,
        grants=frozenset(grants),
    )


@dataclass(frozen=True)
class Cast:
    """Who appears in tests of access. ``university`` and ``other_university`` never see each other's people."""

    authority: Organisation
    university: Organisation
    other_university: Organisation
    trainee: Person
    cohort_mate: Person
    instructor: Person
    outsider: Person
    certifier: Person
    second_certifier: Person
    registrar: Person
    administrator: Person
    other_instructor: Person
    other_registrar: Person

    @property
    def people(self) -> dict[str, Person]:
        return {name: value for name, value in vars(self).items() if isinstance(value, Person)}


def make_cast() -> Cast:
    authority = make_organisation("authority", OrganisationKind.AUTHORITY)
    university = make_organisation("university")
    other = make_organisation("other-university")
    return Cast(
        authority=authority,
        university=university,
        other_university=other,
        trainee=make_person(
            university, Role.TRAINEE, name="林见微", latin_name="LIN JIANWEI", student_number="0012026001"
        ),
        cohort_mate=make_person(university, Role.TRAINEE, name="周同窗", student_number="0012026002"),
        instructor=make_person(university, Role.INSTRUCTOR, name="陈讲师"),
        outsider=make_person(None, name="外来者"),
        certifier=make_person(authority, Role.CERTIFIER, name="何审核"),
        second_certifier=make_person(authority, Role.CERTIFIER, name="沈决定"),
        registrar=make_person(university, Role.REGISTRAR, name="吴教务"),
        administrator=make_person(authority, Role.ADMINISTRATOR, name="管理员"),
        other_instructor=make_person(other, Role.INSTRUCTOR, name="他校讲师"),
        other_registrar=make_person(other, Role.REGISTRAR, name="他校教务"),
    )
