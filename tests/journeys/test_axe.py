"""Every page of the product, in a browser: WCAG 2.2 AA, nothing wider than the screen, one h1, a silent console.

Pages are found as people find them: by following links from where each of the demonstration people begins. So the
test also tells which pages nobody can reach.
"""

import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from playwright.sync_api import Browser, expect
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from app.accounts import services as accounts
from app.accounts.models import Person, PersonState
from app.certificates import services as certificates
from app.certificates.life import services as life
from app.certificates.life.queries import get_cohort_to_certify
from app.certificates.models import Certificate
from app.certificates.rules import CertificateState, SuspensionClass
from app.cohorts import queries as cohorts
from app.cohorts import services as cohort_services
from app.cohorts.models import Cohort, Membership, ProgrammeCompletion
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.courses.authoring import queries as drafts
from app.courses.queries import modules_citing
from app.demo import acting
from app.demo.acting import declaration
from app.demo.cast import COURSES, make_cast
from app.experts import services as experts
from app.jobs.services import run_due_jobs
from app.library.queries import instruments_by_key
from app.library.services import record_change
from app.mail.models import OutgoingMail
from app.organisations.queries import get_organisation
from app.quizzes.accommodations.services import withdraw_accommodation
from app.quizzes.models import Attempt
from app.quizzes.rules import Allowance, Navigation
from tests.support.accommodations import grant
from tests.support.accounts import PASSWORD, give_password
from tests.support.authoring import open_draft, save
from tests.support.cast import as_actor
from tests.support.graduates import completed_alike
from tests.support.olx import olx
from tests.support.packages import tarred
from tests.support.pages import Visitors
from tests.support.processes import Site, own_site
from tests.support.quizzes import make_quiz, start
from tests.support.serving import Served, served
from tests.support.windows import Window

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

BASE: Final = "http://localhost"
#: Where each begins, besides the desk; the first of them who reaches a page shows it.
BEGINNINGS: Final[dict[str, tuple[str, ...]]] = {
    "": ("/", "/development/mail/", "/styleguide"),
    "fang.yuzhou": ("/privacy/consent",),  # FORGETFUL
    "ye.zhiqiu": ("/",),
    "zhou.zhixing": ("/", "/experts"),
    "lin.jianwei": ("/", "/experts"),
    "xu.mingyuan": ("/", "/courses/l2-section-337", "/courses/l1-chinese-toolbox/exam"),
    "registrar": ("/", "/cohorts/"),
    "instructor": ("/", "/questions/imports"),
    "certifier": ("/",),
    "second-certifier": ("/",),
    "admin": ("/",),
}
#: Who sits an examination that goes forward only.
FORWARD: Final = "zhou.zhixing"
#: Who stands between her password and a new privacy notice.
FORGETFUL: Final = "fang.yuzhou"
GIFT: Final = "::one:: Within how many days? {#30}\n\n::two:: Pick {=30 ~60}\n\n::three:: Explain {}\n"
#: Pages of which two states are looked at, not one.
SAMPLES: Final = 2
#: GET routes that are no page for people, each with the reason.
NO_PAGE: Final[dict[str, str]] = {
    "static": "a file",
    "core.health": "JSON for the operator",
    "core.ready": "JSON for the operator",
    "answers.show_state": "JSON for the examination's script",
    "accounts.download_data": "a file",
    "certificates.download": "a file",
    "credentials.context": "JSON for verifiers",
    "credentials.did": "JSON for verifiers",
    "credentials.issuer": "JSON for verifiers",
    "credentials.schema": "JSON for verifiers",
    "credentials.status_list": "JSON for verifiers",
    "invigilation.show_seats": "JSON for the live page's script",
    "credentials.verifier": "a file",
    "ledger.checkpoint": "text for verifiers",
    "ledger.entries": "bytes for verifiers",
    "ledger.tile": "bytes for verifiers",
    "rosters.template": "a file",
    "rosters.template_workbook": "a file",
    "courses.show_figure": "a picture",
    "courses.show_media": "a recording, captions or an attachment",
    "editing.name_recordings": "JSON for the editor's script",
    "editing.read_file": "JSON for the editor's script",
    "editing.show_media": "a picture",
    "studying.export_notes": "a file",
    "studying.download_document": "a file",
    "questions.show_picture": "a picture",
    "question_files.show_image": "a picture",
    "item_analysis.download": "a file",
    "quizzes.download_receipts": "a file",
    "regrading.download": "a file",
    "certificate_styles.draw": "a picture",
    "reviewing.choose_comparison": "leads on to reviewing.compare",
}
#: Pages that stand between two steps of somebody's, and where they are looked at instead.
BETWEEN: Final[dict[str, str]] = {
    "rosters.preview": "tests/journeys/test_story.py",
    "quizzes.review_attempt": "tests/journeys/test_story.py",
    "regrading.show": "tests/journeys/test_regrading.py",
    "regrading.approve": "tests/journeys/test_regrading.py",
    "regrading.give_up": "tests/journeys/test_regrading.py",
    "certificate_decisions.show": "tests/journeys/test_regrading.py",
    "regrading.show_history": "tests/journeys/test_regrading.py",
    "marking.show_question": "tests/journeys/test_marking.py",
    "marking.show_next": "tests/journeys/test_marking.py",
    "marking.show_answer": "tests/journeys/test_marking.py",
    "releases.show_held": "tests/journeys/test_marking.py",
    "marking.download_file": "tests/quizzes/marking (a file)",
    "reviewing.compare": "tests/journeys/test_reviewing.py",
    "previewing.show_exam": "tests/courses/previewing (its HTML, without axe)",
    "reviewing.roll_back": "tests/journeys/test_reviewing.py",
    "reviewing.show_publish": "tests/journeys/test_reviewing.py",
    "editing.edit_recording": "tests/journeys/test_editing.py",
    "studying.edit_note": "tests/journeys/test_studying.py",
    "studying.answer": "tests/journeys/test_studying.py",
    "studying.show_review_answer": "tests/journeys/test_studying.py",
}


@dataclass(frozen=True)
class Place:
    """A page, and who sees it."""

    endpoint: str
    who: str
    path: str


class Reader:
    """Finds the pages of a site by following links, in this process."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.clients = {who: self._client(who) for who in BEGINNINGS}
        self.places: list[Place] = []

    def _client(self, who: str) -> FlaskClient:
        person = _person(who) if who else None
        if person is None or who != FORGETFUL:
            return Visitors(self.app)(person).client
        browser = Visitors(self.app)()
        browser.submit("/sign-in", {"email": person.email, "password": PASSWORD})
        return browser.client

    def endpoint_of(self, path: str) -> str | None:
        try:
            endpoint, _ = self.app.url_map.bind("localhost").match(path, "GET")
        except HTTPException:
            return None
        return str(endpoint)

    def read(self) -> list[Place]:
        for who, paths in BEGINNINGS.items():
            self._follow(who, (*self._addresses(who), *paths))
        return self.places

    def _addresses(self, who: str) -> list[str]:
        """Where somebody comes from outside, or from a list too long to follow whole."""
        found = []
        if who == "":
            letters = db.session.scalars(select(OutgoingMail.body)).all()
            links = re.findall(r"https?://\S+?(/(?:invitations|password/reset)/[\w-]+)", "\n".join(letters))
            found = list(dict.fromkeys(reversed(links)))
            found += [f"/join/{code}" for code in db.session.scalars(select(Cohort.join_code))]
        if who == FORWARD:
            forward = select(Attempt.id).where(Attempt.context_type == "test")
            found = [f"/attempts/{attempt_id}/leave" for attempt_id in db.session.scalars(forward)]
        if who == "certifier":
            held = select(Certificate.id).where(Certificate.state == CertificateState.SUSPENDED)
            found = [f"/certificates/{certificate_id}" for certificate_id in db.session.scalars(held)]
        if who == "admin":
            suspended = select(Person.id).where(Person.state == PersonState.SUSPENDED)
            found = [f"/people/{person_id}/restore" for person_id in db.session.scalars(suspended)]
        release()
        return found

    def _follow(self, who: str, paths: tuple[str, ...]) -> None:
        waiting, seen = deque(paths), set(paths)
        taken: dict[str, int] = {}
        while waiting:
            path = waiting.popleft()
            endpoint = self.endpoint_of(urlsplit(path).path)
            if endpoint is None or endpoint in NO_PAGE or taken.get(endpoint, 0) >= SAMPLES:
                continue
            response = self.clients[who].get(path)
            if response.status_code != 200 or response.mimetype != "text/html":
                continue
            taken[endpoint] = taken.get(endpoint, 0) + 1
            if sum(place.endpoint == endpoint for place in self.places) < SAMPLES:
                self.places.append(Place(endpoint, who, path))
            for link in html.document_fromstring(response.get_data(as_text=True)).cssselect("a[href]"):
                found = urldefrag(urljoin(path, str(link.get("href"))))[0].removeprefix(BASE)
                if found.startswith("/") and found not in seen:
                    seen.add(found)
                    waiting.append(found)


def pages_of(app: Flask) -> set[str]:
    """The endpoints that answer GET with a page."""
    return (
        {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
        - set(NO_PAGE)
        - set(BETWEEN)
    )


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("pages"), public_url=BASE) as site:
        result = site.command("content", "sync")
        assert result.exit_code == 0, result.output
        make_cast(clock.now())
        run_due_jobs()
        _leave_things_open()
        _leave_imports_open(site.app)
        _leave_a_package_waiting(site.app)
        release()
        yield site


def _person(who: str) -> Person:
    person = db.session.scalars(select(Person).where(Person.email == f"{who}@demo.example")).one()
    release()
    return person


def _leave_things_open() -> None:
    """What the demonstration has finished or not begun: examinations under way and about to begin, accommodations,
    letters not answered yet, an account suspended, an application and a roster not sent."""
    now = clock.now()
    candidate, applicant = as_actor(_person("ye.zhiqiu")), as_actor(_person("xu.mingyuan"))
    authority, bar = get_organisation("cnipa-academy").id, get_organisation("example-provincial-bar").id
    boss = as_actor(_person("admin"), Grant(Role.ADMINISTRATOR, authority, national=True))
    forgetful, suspended = _person(FORGETFUL).id, _person("lu.wangshu").id
    membership_id = cohorts.memberships_of(candidate.person_id)[0].id
    release()
    with transaction():
        membership = cohorts.get_membership_for(candidate, membership_id)
        quiz_id = membership.cohort.programme_revision.quiz_id
        assert quiz_id is not None
        cohort_services.start_certification_exam(candidate, membership, now, declaration(quiz_id))
    with transaction():
        experts.start_application(applicant, now)
    with transaction():
        accounts.suspend_person(boss, person_id=suspended, reason="演示：账号停用", now=now)
        accounts.invite_person(
            boss, organisation_id=bar, email="new@demo.example", name="新学员", now=now + timedelta(seconds=1)
        )
        accounts.send_reset_link(forgetful, now + timedelta(seconds=2))
    with transaction() as session:
        session.get_one(Person, forgetful).privacy_version = ""
    release()
    give_password(_person(FORGETFUL), consent=False)
    _leave_examinations_open(boss, applicant)
    _leave_a_draft_open(boss)
    _leave_certificates_open()


def _leave_examinations_open(boss: Actor, ready: Actor) -> None:
    """A closing examination that somebody may begin, with more time; one under way that goes forward only."""
    acting.study(acting.Player(acting.Credentials("", "", "", ""), ready), COURSES[1], clock.now())
    more, late = Allowance(time_factor=Decimal("1.25"), pause_minutes=10, pauses=2), _person(FORWARD)
    start(late, make_quiz(navigation=Navigation.FORWARD))
    grant(boss, _person("xu.mingyuan"), more)
    withdrawn = grant(boss, late, more).accommodation.id
    release()
    with transaction():
        withdraw_accommodation(boss, withdrawn, reason="演示：误录", now=clock.now())


def _leave_certificates_open() -> None:
    """A batch under way, a suspended certificate, and one that rests on law which changed yesterday."""
    held = db.session.scalars(
        select(Certificate).where(Certificate.state == CertificateState.VALID, Certificate.expires_on.is_not(None))
    ).first()
    assert held is not None
    evidence = db.session.scalars(
        select(ProgrammeCompletion).where(ProgrammeCompletion.person_id == held.person_id)
    ).first()
    assert evidence is not None
    cohort_id = db.session.get_one(Membership, evidence.membership_id).cohort_id
    certifier = as_actor(_person("certifier"), Grant(Role.CERTIFIER, held.organisation_id))
    author, now = as_actor(_person("instructor"), Grant(Role.INSTRUCTOR, held.organisation_id)), clock.now()
    cited = next(one for key, one in instruments_by_key().items() if modules_citing(key))
    release()
    with transaction():
        completed_alike(1, evidence, cohort_id)
        life.order_batch(certifier, get_cohort_to_certify(certifier, cohort_id))
        record_change(author, cited, changed_on=(now - timedelta(days=1)).date(), note="演示：条文已修改")
    with transaction():
        certificates.suspend(certifier, held, SuspensionClass.RESULT_IN_DOUBT, "演示：成绩复核中", now)
    release()


def _leave_a_draft_open(boss: Actor) -> None:
    """A course in work, with two versions of a line, and a lesson that needs mending."""
    draft = open_draft(boss, COURSES[1])
    path = next(path for path in drafts.files_of(draft.id) if path.endswith("01-forum.zh.md"))
    text = drafts.text_of(draft.id, path)
    for beginning in ("## 甲 {#a}", "## 乙 {#b}"):
        save(boss, draft, path, f"{beginning}\n\n{text}")
    release()


def _leave_imports_open(app: Flask) -> None:
    """A file of questions that is looked at, and one whose questions wait for their other language."""
    author = Visitors(app)(_person("instructor"))
    for number in (1, 2):
        fields = {"file": (io.BytesIO(GIFT.encode()), f"bank-{number}.gift.txt"), "language": "en"}
        upload = author.submit("/questions/imports/new", fields).headers["Location"]
    author.submit(f"{upload}/confirm", {}, form_at=upload)


def _leave_a_package_waiting(app: Flask) -> None:
    """A course package that was read, of which no course has been made yet."""
    fields = {
        "file": (io.BytesIO(tarred(olx())), "course.tar.gz"),
        "language": "en",
        "organisation": str(get_organisation("cnipa-academy").id),
    }
    release()
    Visitors(app)(_person("instructor")).submit("/authoring/packages/new", fields, 303)


@pytest.fixture(scope="module")
def reader(site: Site) -> Reader:
    reader = Reader(site.app)
    reader.read()
    return reader


@pytest.fixture(scope="module")
def academy(site: Site, browser: Browser) -> Iterator[Served]:
    with served(site, browser) as academy:
        yield academy


def test_every_page_can_be_reached(reader: Reader) -> None:
    reached = {place.endpoint for place in reader.places}
    assert pages_of(reader.app) - reached == set()
    assert reached & set(BETWEEN) == set(), "these are reached: take them out of BETWEEN"


def _window(reader: Reader, academy: Served, who: str, locale: str, width: int) -> Window:
    """Somebody's browser, signed in as far as the reader's is."""
    if who != FORGETFUL:
        return academy.window(_person(who) if who else None, locale=locale, width=width)
    window = academy.window(locale=locale, width=width)
    cookie = reader.clients[who].get_cookie("academy")
    assert cookie is not None
    window.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": academy.base}])
    return window


#: What a page says does not change its states: the second ones are looked at once.
@pytest.mark.parametrize(("locale", "width", "samples"), [("zh_Hans", 1280, SAMPLES), ("en", 390, 1)])
def test_every_page_is_accessible_and_fits(
    reader: Reader, academy: Served, locale: str, width: int, samples: int
) -> None:
    faults, seen = [], Counter[str]()
    for who in BEGINNINGS:
        window = _window(reader, academy, who, locale, width)
        for place in reader.places:
            if place.who != who or seen[place.endpoint] == samples:
                continue
            seen[place.endpoint] += 1
            try:
                shown = window.open(place.path)
                assert urlsplit(shown.url).path == urlsplit(place.path).path, f"led on to {shown.url}"
                window.narrow()
            except AssertionError as fault:
                faults.append(f"{place.endpoint} ({who or 'a visitor'}, {place.path}): {fault}")
                window.complaints.clear()
        window.context.close()
    assert faults == [], "\n".join(faults)
    assert set(seen) == {place.endpoint for place in reader.places}


def test_what_was_refused_has_the_focus_also_where_the_address_names_a_place(academy: Served) -> None:
    """As a wrong access code leads back to its form: the browser itself would leave the focus nowhere."""
    page = academy.context().new_page()
    page.goto(f"{academy.base}/sign-in")
    page.locator("main form").evaluate(
        "form => { form.noValidate = true; form.action += '#error-summary-title'; }"
    )
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/sign-in#error-summary-title")
    expect(page.locator("main [data-focus]")).to_be_focused()
    page.context.close()
