"""Whose sittings somebody may handle: every capability of the engine by role, here, elsewhere and everywhere."""

import uuid
from collections.abc import Callable

import pytest

from app.core.access import Actor, Grant, Role
from app.core.errors import NotAllowed
from app.quizzes import policies
from app.quizzes.accommodations import policies as accommodations
from app.quizzes.analysis import policies as analysis
from app.quizzes.interchange import policies as interchange
from app.quizzes.interchange.models import QuestionImport
from app.quizzes.invigilation import policies as invigilation
from app.quizzes.marking import policies as marking
from app.quizzes.regrading import policies as regrading
from app.quizzes.regrading.models import Regrade
from app.quizzes.releases import policies as releases

pytestmark = pytest.mark.no_database

HERE, ELSEWHERE, AUTHORITY = (uuid.UUID(int=number) for number in (1, 2, 3))
HER, CANDIDATE = uuid.UUID(int=10), uuid.UUID(int=11)
TRAINEE, INSTRUCTOR, CERTIFIER = Role.TRAINEE, Role.INSTRUCTOR, Role.CERTIFIER
REGISTRAR, ADMINISTRATOR = Role.REGISTRAR, Role.ADMINISTRATOR


def actor(*grants: Grant, organisation_id: uuid.UUID | None = HERE) -> Actor:
    return Actor(HER, "Lin", organisation_id=organisation_id, grants=frozenset(grants))


def at(role: Role, place: uuid.UUID = HERE) -> Grant:
    return Grant(role, place)


def everywhere(role: Role) -> Grant:
    return Grant(role, AUTHORITY, national=True)


@pytest.mark.parametrize(
    ("reach", "here", "national"),
    [
        (analysis.reach, {INSTRUCTOR, CERTIFIER, ADMINISTRATOR}, {INSTRUCTOR, CERTIFIER, ADMINISTRATOR}),
        (interchange.reach, {INSTRUCTOR, ADMINISTRATOR}, {INSTRUCTOR, ADMINISTRATOR}),
        (invigilation.reach, {INSTRUCTOR, ADMINISTRATOR}, {INSTRUCTOR, CERTIFIER, ADMINISTRATOR}),
        (marking.reach, {INSTRUCTOR}, {INSTRUCTOR, CERTIFIER, ADMINISTRATOR}),
        (regrading.reach, {INSTRUCTOR, ADMINISTRATOR}, {INSTRUCTOR, ADMINISTRATOR}),
    ],
)
def test_a_capability_reaches_where_its_role_is_held(
    reach: Callable[[Actor], frozenset[uuid.UUID] | None], here: set[Role], national: set[Role]
) -> None:
    assert {role for role in Role if reach(actor(at(role))) == frozenset({HERE})} == here
    assert {role for role in Role if reach(actor(everywhere(role))) is None} == national
    assert {role for role in Role if reach(actor(at(role))) == frozenset()} == set(Role) - here
    assert reach(actor()) == frozenset()


def test_a_candidate_reads_her_result_and_never_the_key_of_her_own_paper() -> None:
    """However much she may do otherwise."""
    boss = actor(everywhere(ADMINISTRATOR))
    assert policies.can_read_result(boss, HER, HERE)
    assert not policies.can_review(boss, HER, HERE)
    assert policies.can_review(boss, CANDIDATE, None)
    teachers = {role for role in Role if policies.can_review(actor(at(role)), CANDIDATE, HERE)}
    assert teachers == {INSTRUCTOR, CERTIFIER, ADMINISTRATOR}
    for organisation_id in (ELSEWHERE, None):
        assert not policies.can_review(actor(at(INSTRUCTOR)), CANDIDATE, organisation_id)
        assert not policies.can_read_result(actor(at(INSTRUCTOR)), CANDIDATE, organisation_id)
    assert policies.can_read_result(actor(), HER, None)


def test_nobody_grants_herself_something() -> None:
    granters = {role for role in Role if accommodations.can_grant_to(actor(at(role)), CANDIDATE, HERE)}
    assert granters == {INSTRUCTOR, REGISTRAR, ADMINISTRATOR}
    boss = actor(everywhere(REGISTRAR))
    assert accommodations.can_grant_to(boss, None, None)
    for grants in (at(REGISTRAR), everywhere(REGISTRAR)):
        assert not accommodations.can_grant_to(actor(grants), HER, HERE)
    assert not accommodations.can_grant_to(actor(at(REGISTRAR)), CANDIDATE, ELSEWHERE)
    assert not accommodations.can_grant_to(actor(at(REGISTRAR)), CANDIDATE, None)


def test_results_are_let_out_by_the_authority_alone() -> None:
    assert {role for role in Role if releases.can_release(actor(everywhere(role)))} == {CERTIFIER, ADMINISTRATOR}
    assert not any(releases.can_release(actor(at(role))) for role in Role)


def test_a_regrade_is_read_by_those_who_answer_for_all_it_is_about() -> None:
    both = Regrade(organisations=[str(HERE), str(ELSEWHERE)])
    one, all_of_them = Regrade(organisations=[str(HERE)]), Regrade(organisations=None)
    here, twice = actor(at(INSTRUCTOR)), actor(at(INSTRUCTOR), at(ADMINISTRATOR, ELSEWHERE))
    national = actor(everywhere(ADMINISTRATOR))
    found = [[regrading.can_read(who, regrade) for regrade in (one, both, all_of_them)] for who in (here, twice)]
    assert found == [[True, False, False], [True, True, False]]
    assert all(regrading.can_read(national, regrade) for regrade in (one, both, all_of_them))
    certifier, empty = actor(everywhere(CERTIFIER)), Regrade(organisations=[])
    assert not any(regrading.can_read(certifier, regrade) for regrade in (one, all_of_them, empty))


def test_an_upload_belongs_where_its_author_teaches() -> None:
    assert interchange.organisation_of(actor(at(INSTRUCTOR), at(ADMINISTRATOR, ELSEWHERE))) == HERE
    assert interchange.organisation_of(actor(at(TRAINEE), at(INSTRUCTOR, ELSEWHERE))) == ELSEWHERE
    stranger = actor(at(INSTRUCTOR, AUTHORITY), at(ADMINISTRATOR, ELSEWHERE), organisation_id=None)
    assert interchange.organisation_of(stranger) == ELSEWHERE
    assert interchange.organisation_of(actor(everywhere(INSTRUCTOR))) == HERE
    with pytest.raises(NotAllowed):
        interchange.organisation_of(actor(at(CERTIFIER)))
    upload = QuestionImport(organisation_id=HERE)
    assert {role for role in Role if interchange.can_use(actor(at(role)), upload)} == {INSTRUCTOR, ADMINISTRATOR}
    assert not interchange.can_use(actor(at(INSTRUCTOR, ELSEWHERE)), upload)
