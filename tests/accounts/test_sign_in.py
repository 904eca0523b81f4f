"""Signing in, its pace, consent, sessions, signing out."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import func, select

from app.accounts import privacy, services
from app.accounts.models import LoginSession, Person, PersonState, SignInFailure
from app.accounts.passwords import Passwords, current_passwords
from app.core import clock
from app.core.database import db, release, transaction
from tests.support.accounts import PASSWORD, actor_of, give_password
from tests.support.cast import Cast
from tests.support.pages import Browser, Visitors


def sign_in(browser: Browser, email: str, password: str = PASSWORD, status: int = 302, **more: Any) -> Any:
    return browser.submit("/sign-in", {"email": email, "password": password, **more}, status)


def text(response: Any) -> str:
    return str(response.get_data(as_text=True))


def sessions_of(person: Person) -> int:
    found = db.session.scalar(
        select(func.count()).select_from(LoginSession).where(LoginSession.person_id == person.id)
    )
    release()
    return found or 0


def test_by_email_and_on_to_the_page_that_was_wanted(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    browser = visit()
    wanted = browser.get("/account/devices?x=1", 302).headers["Location"]
    assert wanted == "/sign-in?next=/account/devices?x%3D1" or "next=" in wanted
    response = browser.submit(
        "/sign-in",
        {"email": "  " + (cast.trainee.email or "").upper(), "password": PASSWORD, "next": "/account/devices?x=1"},
    )
    assert response.headers["Location"] == "/account/devices?x=1"
    browser.get("/account/devices")


def test_what_was_posted_after_the_session_ended_leads_back_to_its_form(visit: Visitors) -> None:
    stranger = visit()
    form = {"csrf_token": stranger.token("/sign-in")}
    path, page = "/attempts/00000000-0000-0000-0000-000000000001/submit", "http://localhost/attempts/1/review?a=1"
    to_form = stranger.client.post(path, data=form, headers={"Referer": page})
    assert to_form.headers["Location"] == "/sign-in?next=/attempts/1/review?a%3D1"
    assert "没有提交" in stranger.page("/sign-in").text_content()  # she is told
    for foreign in ("https://evil.example/attempts/1", ""):
        assert (
            stranger.client.post(path, data=form, headers={"Referer": foreign}).headers["Location"] == "/sign-in"
        )


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"])
def test_no_way_out_of_the_site(cast: Cast, visit: Visitors, target: str) -> None:
    give_password(cast.trainee)
    response = sign_in(visit(), cast.trainee.email or "", next=target)
    assert response.headers["Location"] == "/"


def test_by_organisation_and_student_number(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    details = {"by": "number", "student_number": "0012026001", "password": PASSWORD}
    elsewhere = {**details, "organisation_id": str(cast.other_university.id)}
    visit().submit("/sign-in", elsewhere, 422, form_at="/sign-in?by=number")
    browser = visit()
    browser.submit(
        "/sign-in", {**details, "organisation_id": str(cast.university.id)}, form_at="/sign-in?by=number"
    )
    browser.get("/account")


def test_a_wrong_password_and_an_unknown_account_read_alike(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    wrong = text(sign_in(visit(locale="en"), cast.trainee.email or "", "not this one", 422))
    unknown = text(sign_in(visit(locale="en"), "nobody@example.org", "not this one", 422))
    message = "These details do not fit together."
    assert message in wrong
    assert message in unknown


def test_an_unknown_account_costs_a_hash_too(cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    verified: list[str] = []
    verify = PasswordHasher.verify

    def counting(self: Any, known: str, password: str) -> bool:
        verified.append(known)
        return bool(verify(self, known, password))

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    sign_in(visit(), "nobody@example.org", "whatever it is", 422)
    give_password(cast.trainee)
    sign_in(visit(), cast.trainee.email or "", "whatever it is", 422)
    assert len(verified) == 2


def test_the_sixth_try_waits_and_says_until_when_even_with_the_right_password(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    browser, email = visit(locale="en"), cast.trainee.email or ""
    with clock.frozen_at(clock.now()) as noon:
        for _ in range(5):
            sign_in(browser, email, "not this one", 422)
        refused = text(sign_in(browser, email, PASSWORD, 429))
        assert "Try again at" in refused
        assert "15 minutes" in refused or "16 minutes" in refused
    give_password(cast.cohort_mate)
    sign_in(visit(), cast.cohort_mate.email or "")  # the same address, another account
    with clock.frozen_at(noon + timedelta(minutes=15, seconds=1)):
        sign_in(browser, email, PASSWORD)


def test_success_clears_the_accounts_failures_and_only_these(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    sign_in(visit(), "nobody@example.org", "not this one", 422)
    for _ in range(4):
        sign_in(visit(), cast.trainee.email or "", "not this one", 422)
    sign_in(visit(), cast.trainee.email or "")
    accounts = set(db.session.scalars(select(SignInFailure.account)))
    assert accounts == {"typed:email:nobody@example.org"}


def test_the_two_names_of_an_account_share_one_pace(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    for _ in range(5):
        sign_in(visit(), cast.trainee.email or "", "not this one", 422)
    details = {
        "by": "number",
        "organisation_id": str(cast.university.id),
        "student_number": "0012026001",
        "password": PASSWORD,
    }
    visit().submit("/sign-in", details, 429, form_at="/sign-in?by=number")


def test_one_address_has_a_far_higher_limit() -> None:
    now = clock.now()
    for number in range(300):
        with transaction():
            services.count_attempt(f"account-{number}", "192.0.2.1", now)
    with pytest.raises(services.Throttled), transaction():
        services.count_attempt("another", "192.0.2.1", now)
    with transaction():
        services.count_attempt("another", "192.0.2.2", now)


def test_a_hash_of_another_cost_is_replaced_at_sign_in(app: Flask, cast: Cast, visit: Visitors) -> None:
    with transaction() as session:
        person = session.get(Person, cast.trainee.id)
        assert person is not None
        person.password_hash = Passwords(memory_kib=16, passes=2).hash(PASSWORD)
        person.privacy_version = privacy.CURRENT
    sign_in(visit(), person.email or "")
    db.session.expire_all()
    known = db.session.scalar(select(Person.password_hash).where(Person.id == person.id)) or ""
    assert not current_passwords().is_stale(known)
    assert current_passwords().matches(known, PASSWORD)


def test_passwords_keep_their_spaces(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee, " with spaces around ")
    sign_in(visit(), cast.trainee.email or "", "with spaces around", 422)
    sign_in(visit(), cast.trainee.email or "", " with spaces around ")


@pytest.mark.parametrize("state", [PersonState.INVITED, PersonState.SUSPENDED, PersonState.ERASED])
def test_only_active_people_come_in(cast: Cast, visit: Visitors, state: PersonState) -> None:
    give_password(cast.trainee)
    with transaction() as session:
        session.merge(cast.trainee).state = state
    before = sessions_of(cast.trainee)
    sign_in(visit(), cast.trainee.email or "", status=403)
    assert sessions_of(cast.trainee) == before


def test_a_new_notice_stands_between_password_and_session(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee, consent=False)
    browser = visit()
    response = sign_in(browser, cast.trainee.email or "", next="/account/data")
    assert response.headers["Location"].startswith("/privacy/consent?next=")
    assert browser.get("/account", 302)
    browser.submit("/privacy/consent", {}, 422)
    accepted = browser.submit("/privacy/consent", {"consent": "y", "next": "/account/data"})
    assert accepted.headers["Location"] == "/account/data"
    assert privacy.CURRENT in text(browser.get("/account/data"))
    visit().get("/privacy/consent", 302)


def test_the_right_password_waits_a_quarter_of_an_hour_for_consent(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee, consent=False)
    browser = visit()
    sign_in(browser, cast.trainee.email or "")
    with clock.frozen_at(clock.now() + timedelta(minutes=16)):
        browser.get("/privacy/consent", 302)


def test_signing_out_ends_the_session_itself(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.trainee)
    with browser.client.session_transaction() as cookie:
        kept = dict(cookie)
    browser.submit("/sign-out", {}, form_at="/account")
    browser.get("/account", 302)
    with browser.client.session_transaction() as cookie:
        cookie.update(kept)  # somebody kept the cookie
    browser.get("/account", 302)


def test_a_kept_session_lasts_30_days_without_use_and_another_12_hours(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    short, kept = visit(), visit()
    sign_in(short, cast.trainee.email or "")
    sign_in(kept, cast.trainee.email or "", keep="y")
    now = clock.now()
    with clock.frozen_at(now + timedelta(hours=13)):
        short.get("/account", 302)
        kept.get("/account")
    with clock.frozen_at(now + timedelta(days=31)):
        kept.get("/account", 302)


def test_reading_never_writes_and_saving_notes_the_last_use(cast: Cast, visit: Visitors) -> None:
    give_password(cast.trainee)
    browser = visit()
    sign_in(browser, cast.trainee.email or "")

    def last_seen() -> Any:
        db.session.expire_all()
        return db.session.scalar(
            select(LoginSession.last_seen_at).where(LoginSession.person_id == cast.trainee.id)
        )

    start = last_seen()
    release()
    later = clock.now() + timedelta(minutes=6)
    with clock.frozen_at(later):
        browser.get("/account")
        assert last_seen() == start
        release()
        browser.submit("/account/names", {"name": "林见微", "latin_name": "LIN JIANWEI"})
        assert last_seen() == later


def test_devices_are_listed_and_ended_by_their_owner_alone(cast: Cast, visit: Visitors) -> None:
    mine, other = visit(cast.trainee), visit(cast.trainee)
    stranger = visit(cast.cohort_mate)
    with other.client.session_transaction() as cookie:
        session_id = cookie["_user_id"]
    path = f"/account/devices/{session_id}/end"
    stranger.submit(path, {}, 404, form_at="/account/devices")
    other.get("/account")
    mine.submit(path, {}, form_at="/account/devices")
    other.get("/account", 302)
    third = visit(cast.trainee)
    mine.submit("/account/devices/end-others", {}, form_at="/account/devices")
    third.get("/account", 302)
    mine.get("/account")


def test_old_traces_are_forgotten(cast: Cast) -> None:
    now = clock.now()
    with transaction():
        services.count_attempt("somebody", "192.0.2.1", now - timedelta(days=2))
        services.count_attempt("somebody", "192.0.2.1", now)
    actor_of(cast.trainee)
    with transaction():
        services.forget_old_traces(now)
    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 1
    assert sessions_of(cast.trainee) == 1
