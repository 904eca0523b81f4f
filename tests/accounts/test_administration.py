"""Roles and suspension: who decides, and that it holds at the next request."""

import uuid

import pytest
from sqlalchemy import select

from app.accounts import queries, services
from app.accounts.models import Person, PersonState, RoleGrant
from app.audit.models import AuditEntry
from app.core import clock
from app.core.access import Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.support.accounts import PASSWORD, actor_of, give_password, letters_to, link_in
from tests.support.cast import Cast, make_person
from tests.support.pages import Visitors
from tests.support.statements import counted_statements


@pytest.fixture
def local(cast: Cast) -> Person:
    """An administrator of the university alone."""
    return make_person(cast.university, Role.ADMINISTRATOR, name="校管理员")


def grant_id(person: Person, role: Role) -> uuid.UUID:
    found = db.session.scalar(
        select(RoleGrant.id).where(
            RoleGrant.person_id == person.id, RoleGrant.role == role, RoleGrant.ended_at.is_(None)
        )
    )
    release()
    assert found is not None
    return found


def test_a_local_administrator_reaches_her_own_organisation_only(cast: Cast, local: Person) -> None:
    actor = actor_of(local)
    with pytest.raises(NotFound), transaction():
        services.grant_role(
            actor,
            person_id=cast.other_instructor.id,
            organisation_id=cast.university.id,
            role=Role.INSTRUCTOR,
            now=clock.now(),
        )
    for place in (cast.other_university, cast.authority):
        with pytest.raises(NotAllowed), transaction():
            services.grant_role(
                actor,
                person_id=cast.trainee.id,
                organisation_id=place.id,
                role=Role.ADMINISTRATOR,
                now=clock.now(),
            )
    with transaction():
        services.grant_role(
            actor,
            person_id=cast.trainee.id,
            organisation_id=cast.university.id,
            role=Role.INSTRUCTOR,
            now=clock.now(),
        )


def test_she_cannot_suspend_a_national_administrator_of_her_house(cast: Cast, local: Person) -> None:
    national = make_person(cast.university, name="国家管理员")
    with transaction() as session:
        session.add(RoleGrant(person_id=national.id, organisation_id=cast.authority.id, role=Role.ADMINISTRATOR))
    actor = actor_of(local)
    with pytest.raises(NotAllowed), transaction():
        services.suspend_person(actor, person_id=national.id, reason="不成", now=clock.now())


def test_nobody_suspends_herself_and_a_reason_is_needed(cast: Cast, local: Person) -> None:
    actor = actor_of(local)
    with pytest.raises(NotAllowed), transaction():
        services.suspend_person(actor, person_id=local.id, reason="自己", now=clock.now())
    with pytest.raises(Invalid), transaction():
        services.suspend_person(actor, person_id=cast.trainee.id, reason="  ", now=clock.now())


def test_the_last_national_administrator_stays(cast: Cast, visit: Visitors) -> None:
    actor = actor_of(cast.administrator)
    grant = grant_id(cast.administrator, Role.ADMINISTRATOR)
    with pytest.raises(Conflict), transaction():
        services.end_role(actor, person_id=cast.administrator.id, grant_id=grant, now=clock.now())
    visit(cast.administrator).submit(
        f"/people/{cast.administrator.id}/roles/{grant}/end", {}, form_at="/people/invite"
    )
    visit(cast.administrator).get("/people")
    make_person(cast.authority, Role.ADMINISTRATOR, name="第二位")
    with transaction():
        services.end_role(actor, person_id=cast.administrator.id, grant_id=grant, now=clock.now())


def test_a_role_taken_away_is_gone_at_the_next_request(cast: Cast, visit: Visitors) -> None:
    registrar, administrator = visit(cast.registrar), visit(cast.administrator)
    registrar.get("/people")
    grant = grant_id(cast.registrar, Role.REGISTRAR)
    administrator.submit(
        f"/people/{cast.registrar.id}/roles/{grant}/end", {}, form_at=f"/people/{cast.registrar.id}"
    )
    registrar.get("/people", 403)
    administrator.submit(
        f"/people/{cast.registrar.id}/roles",
        {"role": "registrar", "organisation_id": str(cast.university.id)},
        form_at=f"/people/{cast.registrar.id}",
    )
    registrar.get("/people")


def test_suspension_ends_sessions_and_restoring_lets_in_again(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    trainee, administrator = visit(cast.trainee), visit(cast.administrator)
    path = f"/people/{cast.trainee.id}"
    administrator.submit(f"{path}/suspend", {"reason": ""}, 422)
    administrator.submit(f"{path}/suspend", {"reason": "账户疑似被盗用"})
    trainee.get("/account", 302)
    visit().submit("/sign-in", {"email": cast.trainee.email, "password": PASSWORD}, 403)
    assert "账户疑似被盗用" in administrator.get(path).get_data(as_text=True)
    administrator.submit(f"{path}/restore", {"reason": "已核实本人"})
    trainee.get("/account", 302)  # the old session stays ended
    visit().submit("/sign-in", {"email": cast.trainee.email, "password": PASSWORD})
    reasons = db.session.scalars(
        select(AuditEntry.reason).where(AuditEntry.action.in_(("accounts.suspend", "accounts.restore")))
    ).all()
    assert reasons == ["账户疑似被盗用", "已核实本人"]


def test_registrars_help_trainees_in_but_not_staff(cast: Cast, visit: Visitors) -> None:
    registrar = visit(cast.registrar)
    registrar.submit(f"/people/{cast.trainee.id}/link", {}, form_at="/people/invite")
    path = link_in(letters_to(cast.trainee.email or "")[-1])
    visit().get(path)
    registrar.submit(f"/people/{cast.instructor.id}/link", {}, 403, form_at="/people/invite")
    registrar.submit(f"/people/{cast.other_instructor.id}/link", {}, 404, form_at="/people/invite")


def test_somebody_without_an_address_gets_the_link_by_hand(cast: Cast, visit: Visitors) -> None:
    person = make_person(cast.university, Role.TRAINEE, email=None, student_number="42", state=PersonState.INVITED)
    page = visit(cast.registrar).submit(f"/people/{person.id}/link", {}, 200, form_at="/people/invite")
    assert "https://academy.example/invitations/" in page.get_data(as_text=True)


def test_inviting_through_the_page(cast: Cast, visit: Visitors) -> None:
    registrar = visit(cast.registrar)
    row = {
        "name": "新学员",
        "email": "new@example.org",
        "role": "trainee",
        "organisation_id": str(cast.university.id),
    }
    registrar.submit("/people/invite", row | {"role": "administrator"}, 422)
    registrar.submit("/people/invite", row | {"organisation_id": str(cast.other_university.id)}, 422)
    registrar.submit("/people/invite", row | {"email": "nobody"}, 422)
    registrar.submit("/people/invite", row)
    registrar.submit("/people/invite", row | {"name": "别人"}, 422)
    assert len(letters_to("new@example.org")) == 1


def test_the_list_costs_the_same_for_one_and_for_two_hundred(cast: Cast, visit: Visitors) -> None:
    registrar = visit(cast.registrar)
    with counted_statements() as few:
        registrar.get("/people")
    release()
    for _ in range(60):
        make_person(cast.university, Role.TRAINEE)
    with counted_statements() as many:
        page = registrar.get("/people?page=2")
    assert len(few) == len(many) <= 5
    assert "/people?page=1" in page.get_data(as_text=True)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=LIN+JIANWEI", ["林见微"]),
        ("q=0012026002", ["周同窗"]),
        ("q=%25", []),
        ("role=registrar", ["吴教务"]),
        ("role=nonsense&organisation=nonsense&page=9999", None),
    ],
)
def test_searching(cast: Cast, visit: Visitors, query: str, found: list[str] | None) -> None:
    page = visit(cast.registrar).page(f"/people?{query}")
    names = [link.text for link in page.cssselect("tbody th a")]
    assert names == found if found is not None else len(names) == 4


def test_an_instructor_from_elsewhere_is_seen_where_she_teaches(cast: Cast) -> None:
    with transaction() as session:
        session.add(
            RoleGrant(person_id=cast.other_instructor.id, organisation_id=cast.university.id, role=Role.INSTRUCTOR)
        )
    actor = actor_of(cast.registrar)
    assert queries.get_person_for(actor, cast.other_instructor.id).name == "他校讲师"
    with pytest.raises(NotFound):
        queries.get_person_for(actor, cast.other_registrar.id)
