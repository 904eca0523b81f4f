"""Accounts begin and passwords return through one-time links."""

from datetime import timedelta
from functools import partial

import pytest
from lxml import html
from sqlalchemy import select

from app.accounts import privacy, queries, services
from app.accounts.models import Person, PersonalLink, PersonState
from app.core import clock
from app.core.access import Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict
from app.jobs.models import Job
from tests.support.accounts import PASSWORD, actor_of, do_jobs, give_password, letters_to, link_in
from tests.support.cast import Cast
from tests.support.pages import Visitors

NEW = {"password": PASSWORD, "repeated": PASSWORD, "consent": "y"}


def invite(cast: Cast, email: str = "new@example.org", name: str = "新学员") -> str:
    """Invite somebody as the registrar; the path in her letter."""
    registrar = actor_of(cast.registrar)
    with transaction():
        services.invite_person(
            registrar, organisation_id=cast.university.id, email=email, name=name, now=clock.now()
        )
    return link_in(letters_to(email)[-1])


def test_an_invited_person_begins_signed_in_and_consented(cast: Cast, visit: Visitors) -> None:
    path = invite(cast)
    browser = visit(locale="en")
    browser.get(path)
    response = browser.submit(path, NEW)
    assert response.headers["Location"] == "/account/names"
    browser.get("/account/names")
    person = queries.find_person_by_email("new@example.org")
    assert person is not None
    assert person.state is PersonState.ACTIVE
    assert person.locale == "en"
    assert [consent.version for consent in queries.list_consents(person.id)] == [privacy.CURRENT]
    assert person.privacy_consented_at is not None


def test_the_letter_is_in_both_languages(cast: Cast) -> None:
    invite(cast)
    letter = letters_to("new@example.org")[0]
    assert "链接14天内有效" in letter.body
    assert "within 14 days" in letter.body
    assert "机构university已为您开通账户" in letter.body


@pytest.mark.parametrize(
    "change",
    [
        {"consent": ""},
        {"repeated": "something else"},
        {"password": "short", "repeated": "short"},
        {"password": "new@example.org", "repeated": "new@example.org"},
    ],
)
def test_nothing_begins_without_consent_and_a_good_password(
    cast: Cast, visit: Visitors, change: dict[str, str]
) -> None:
    path = invite(cast)
    browser = visit()
    browser.submit(path, {key: value for key, value in (NEW | change).items() if value}, 422)
    browser.submit(path, NEW)


def test_a_link_works_once(cast: Cast, visit: Visitors) -> None:
    path = invite(cast)
    visit().submit(path, NEW)
    visit().get(path, 410)


def test_an_ended_or_superseded_or_invented_link_says_what_to_do(cast: Cast, visit: Visitors) -> None:
    first = invite(cast)
    second = invite(cast)
    visit().get(first, 410)
    visit().get("/invitations/invented", 404)
    visit().get(second.replace("/invitations/", "/password/reset/"), 404)
    with clock.frozen_at(clock.now() + timedelta(days=15)):
        page = visit(locale="en").get(second, 410).get_data(as_text=True)
        assert "/password/forgotten" in page


def test_only_the_digest_of_a_token_is_kept(cast: Cast) -> None:
    token = invite(cast).rsplit("/", 1)[1]
    digests = db.session.scalars(select(PersonalLink.token_digest)).all()
    assert digests == [services.digest_of(token)]
    assert token not in digests


def test_of_two_who_redeem_the_second_gets_a_conflict(cast: Cast) -> None:
    token = invite(cast).rsplit("/", 1)[1]
    values = {"password_hash": "x", "privacy_version": "1", "locale": "en", "now": clock.now()}
    with transaction():
        services.accept_invitation(token, **values)  # type: ignore[arg-type]
    with pytest.raises(Conflict), transaction():
        services.accept_invitation(token, **values)  # type: ignore[arg-type]


def test_a_suspended_persons_invitation_is_dead(cast: Cast, visit: Visitors) -> None:
    path = invite(cast)
    with transaction() as session:
        person = session.scalar(select(Person).where(Person.email == "new@example.org"))
        assert person is not None
        person.state = PersonState.SUSPENDED
    visit().submit(path, NEW, 403)


def ask(visit: Visitors, email: str) -> str:
    response = visit(locale="en").submit("/password/forgotten", {"email": email}, 200)
    words = html.document_fromstring(response.get_data(as_text=True)).text_content()
    return str(words).replace(email, "…")


def test_asking_for_a_reset_tells_nothing_about_accounts(cast: Cast, visit: Visitors) -> None:
    email = cast.trainee.email or ""
    assert ask(visit, email) == ask(visit, "nobody@example.org")
    jobs = db.session.scalars(select(Job).where(Job.kind == services.RESET_JOB)).all()
    assert len(jobs) == 2
    do_jobs()
    assert len(letters_to(email)) == 1
    assert letters_to("nobody@example.org") == []


def test_a_reset_changes_the_password_ends_sessions_and_works_once(cast: Cast, visit: Visitors) -> None:
    email = cast.trainee.email or ""
    give_password(cast.trainee, "the old password")
    signed_in = visit(cast.trainee)
    ask(visit, email)
    do_jobs()
    path = link_in(letters_to(email)[-1])
    visit().submit(path, {"password": PASSWORD, "repeated": PASSWORD})
    signed_in.get("/account", 302)
    visit().get(path, 410)
    visit().submit("/sign-in", {"email": email, "password": "the old password"}, 422)
    visit().submit("/sign-in", {"email": email, "password": PASSWORD})
    assert "修改" in letters_to(email)[-1].subject


def test_a_reset_link_lives_an_hour(cast: Cast, visit: Visitors) -> None:
    ask(visit, cast.trainee.email or "")
    do_jobs()
    path = link_in(letters_to(cast.trainee.email or "")[-1])
    now = clock.now()
    with clock.frozen_at(now + timedelta(minutes=59)):
        visit().get(path)
    with clock.frozen_at(now + timedelta(minutes=61)):
        visit().get(path, 410)


def test_a_reset_also_ends_the_wait_after_failures(cast: Cast, visit: Visitors) -> None:
    email = cast.trainee.email or ""
    give_password(cast.trainee, "the old password")
    for _ in range(5):
        visit().submit("/sign-in", {"email": email, "password": "guess guess"}, 422)
    ask(visit, email)
    do_jobs()
    visit().submit(link_in(letters_to(email)[-1]), {"password": PASSWORD, "repeated": PASSWORD})
    visit().submit("/sign-in", {"email": email, "password": PASSWORD})


def test_an_invited_person_who_asks_gets_a_new_invitation(cast: Cast, visit: Visitors) -> None:
    invite(cast)
    ask(visit, "new@example.org")
    do_jobs()
    letters = letters_to("new@example.org")
    assert len(letters) == 2
    visit().submit(link_in(letters[-1]), NEW)


def test_letters_to_one_address_are_few(cast: Cast) -> None:
    release()
    sent = []
    for _ in range(5):
        with transaction():
            sent.append(services.send_reset_link(cast.trainee.id, clock.now()))
    assert sent == [True, True, True, False, False]


def test_changing_the_password_ends_other_devices_and_open_links(cast: Cast, visit: Visitors) -> None:
    email = cast.trainee.email or ""
    give_password(cast.trainee, "the old password")
    ask(visit, email)
    do_jobs()
    path = link_in(letters_to(email)[-1])
    here, there = visit(cast.trainee), visit(cast.trainee)
    wrong = {"current": "not this one", "password": PASSWORD, "repeated": PASSWORD}
    here.submit("/account/password", wrong, 422)
    here.submit("/account/password", wrong | {"current": "the old password"})
    here.get("/account")
    there.get("/account", 302)
    visit().get(path, 410)


def test_registering_with_a_join_code(cast: Cast) -> None:
    register = partial(
        services.register_with_join,
        organisation_id=cast.university.id,
        name="新学员",
        latin_name="XIN XUEYUAN",
        password_hash="x",
        privacy_version=privacy.CURRENT,
        locale="zh_Hans",
        now=clock.now(),
    )
    with transaction():
        person = register(email="New@Example.org")
    assert person.email == "new@example.org"
    assert [held.role for held in queries.grants_of([person.id])[person.id]] == [Role.TRAINEE]
    assert len(letters_to("new@example.org")) == 1
    with pytest.raises(services.NotTheSame) as taken, transaction():
        register(email="new@example.org")
    assert taken.value.field == "email"
