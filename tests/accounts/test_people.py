"""Rosters and invitations: who is found, who is new, whom a registrar never touches."""

from typing import TypedDict, Unpack

import pytest

from app.accounts import queries, services
from app.accounts.models import Person, PersonState
from app.core import clock
from app.core.access import Role
from app.core.database import release, transaction
from app.core.errors import Invalid, NotAllowed
from tests.support.accounts import actor_of, letters_to
from tests.support.cast import Cast, make_person


class RosterRow(TypedDict, total=False):
    """What a row of a roster may say."""

    student_number: str
    name: str
    latin_name: str
    email: str | None


def roster(cast: Cast, by: Person | None = None, **row: Unpack[RosterRow]) -> tuple[Person, bool]:
    """One row of a roster of the university, imported by its registrar unless said otherwise."""
    actor = actor_of(by or cast.registrar)
    with transaction():
        return services.ensure_roster_person(
            actor,
            organisation_id=cast.university.id,
            student_number=row.get("student_number"),
            name=row.get("name", "新学员"),
            latin_name=row.get("latin_name", ""),
            email=row.get("email"),
            now=clock.now(),
        )


def test_nobody_imports_into_another_university(cast: Cast) -> None:
    for stranger in (cast.other_registrar, cast.instructor, cast.certifier, cast.trainee):
        with pytest.raises(NotAllowed):
            roster(cast, stranger, student_number="9")


def test_a_new_row_opens_an_account_and_writes_a_letter(cast: Cast) -> None:
    person, is_new = roster(cast, student_number="007", email="New@Example.org", latin_name="xin xueyuan")
    assert is_new
    assert (person.student_number, person.email, person.latin_name) == ("007", "new@example.org", "XIN XUEYUAN")
    assert person.state is PersonState.INVITED
    assert len(letters_to("new@example.org")) == 1


def test_the_same_row_again_changes_nothing(cast: Cast) -> None:
    first, _ = roster(cast, student_number="007", email="new@example.org")
    again, is_new = roster(cast, student_number="007", email="new@example.org")
    assert (again.id, is_new) == (first.id, False)
    assert len(letters_to("new@example.org")) == 1
    assert len(queries.grants_of([first.id])[first.id]) == 1


def test_a_known_person_keeps_what_she_has_and_gains_what_she_lacks(cast: Cast) -> None:
    person = make_person(cast.university, name="已有学员", email="hers@example.org", latin_name="")
    found, is_new = roster(
        cast, name="已有 学员", email="hers@example.org", student_number="008", latin_name="YIYOU XUEYUAN"
    )
    assert (found.id, is_new) == (person.id, False)
    assert (found.student_number, found.latin_name) == ("008", "YIYOU XUEYUAN")
    kept, _ = roster(cast, name="已有学员", email="typo@example.org", student_number="008", latin_name="OTHER")
    assert (kept.email, kept.latin_name) == ("hers@example.org", "YIYOU XUEYUAN")
    assert letters_to("hers@example.org") == []


def test_a_number_or_address_under_another_name_is_an_error_of_the_row(cast: Cast) -> None:
    with pytest.raises(services.NotTheSame) as number:
        roster(cast, name="别人", student_number="0012026001")
    assert number.value.field == "student_number"
    with pytest.raises(services.NotTheSame) as email:
        roster(cast, name="别人", email=cast.trainee.email)
    assert email.value.field == "email"
    with pytest.raises(services.NotTheSame):
        roster(cast, name="林见微", student_number="another", email=cast.trainee.email)
    with pytest.raises(services.NotTheSame):
        roster(cast, name="林见微", student_number="0012026001", email=cast.cohort_mate.email)


def test_the_same_number_at_another_university_is_another_person(cast: Cast) -> None:
    elsewhere = make_person(cast.other_university, name="林见微", student_number="0012026009")
    person, is_new = roster(cast, name="林见微", student_number="0012026009")
    assert is_new
    assert person.id != elsewhere.id


def test_a_row_needs_a_name_and_a_number_or_an_address(cast: Cast) -> None:
    rows: tuple[RosterRow, ...] = (
        {"name": "=1+1", "student_number": "1"},
        {"name": "新学员"},
        {"latin_name": "李", "email": "a@b.cn"},
    )
    for row in rows:
        with pytest.raises(Invalid):
            roster(cast, **row)


def test_registrars_invite_trainees_only(cast: Cast) -> None:
    registrar = actor_of(cast.registrar)
    for organisation, role in ((cast.university, Role.CERTIFIER), (cast.other_university, Role.TRAINEE)):
        with pytest.raises(NotAllowed), transaction():
            services.invite_person(
                registrar,
                organisation_id=organisation.id,
                email="a@example.org",
                name="某人",
                roles=(role,),
                now=clock.now(),
            )


def test_inviting_somebody_known_gives_the_role_without_a_second_account(cast: Cast) -> None:
    administrator = actor_of(cast.administrator)
    with transaction():
        person = services.invite_person(
            administrator,
            organisation_id=cast.other_university.id,
            email=cast.instructor.email or "",
            name="陈讲师",
            roles=(Role.INSTRUCTOR,),
            now=clock.now(),
        )
    release()
    assert person.id == cast.instructor.id
    assert {held.organisation_id for held in queries.grants_of([person.id])[person.id]} == {
        cast.university.id,
        cast.other_university.id,
    }
    assert letters_to(cast.instructor.email or "") == []
