"""The whole story through the real application, over HTTP, in a database of its own.

A trainee lawyer is put on a roster, studies, is examined and certified; two certifiers admit her to the expert
pool; her registrar exports the cohort; a stranger verifies the certificate. What its people would hold stays in
the folder given.
"""

import io
import json
import re
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask_migrate import upgrade
from werkzeug.datastructures import FileStorage

from app.certificates.keys import services as keys
from app.certificates.keys.context import holders
from app.cohorts.records import DEFAULT_COLUMNS
from app.core import clock
from app.core.database import db, release, transaction
from app.courses import queries as courses
from app.courses.authoring import services as authoring
from app.demo.acting import new_password
from app.demo.browser import Browser, JourneyStopped
from app.demo.cast import COURSES, PROGRAMME, administrator
from app.jobs.services import run_due_jobs
from app.mail.models import OutgoingMail
from app.organisations.queries import get_organisation
from app.quizzes import grading
from app.quizzes.grading.aliases import outward
from app.quizzes.models import AttemptItem, QuestionRevision

TRAINEE = "trainee@demo.example"
_LETTER_LINK = re.compile(r"https?://\S+?(/invitations/[\w-]+)")
_CODE = re.compile(r"\b([0-9A-Z]{4}(?:-[0-9A-Z]{4}){3})\b")


@dataclass(slots=True)
class Story:
    """The application, the browsers, and what has happened so far."""

    app: Flask
    out: Path
    steps: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, Browser] = field(default_factory=dict)

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.steps.append({"step": text, "seconds": round(time.perf_counter() - began, 3)})

    def keep(self, name: str, data: bytes) -> None:
        (self.out / name).write_bytes(data)
        self.files[name] = f"{len(data)} bytes"

    def letter_to(self, email: str) -> OutgoingMail:
        """The latest letter to somebody."""
        with self.app.app_context():
            found: OutgoingMail | None = db.session.scalars(
                db.select(OutgoingMail)
                .where(OutgoingMail.recipient == email)
                .order_by(OutgoingMail.created_at.desc(), OutgoingMail.id.desc())
            ).first()
        if found is None:
            raise JourneyStopped(f"no letter to {email}")
        return found

    def begin(self, email: str) -> Browser:
        """Somebody opens the link of her invitation and chooses a password."""
        found = _LETTER_LINK.search(self.letter_to(email).body)
        if found is None:
            raise JourneyStopped(f"{email}: no invitation in the letter")
        browser, password = Browser(self.app), new_password()
        browser.submit(found[1], {"password": password, "repeated": password, "consent": "y"})
        self.browsers[email] = browser
        return browser

    def work(self) -> None:
        """The worker's part: everything that is due."""
        with self.app.app_context():
            run_due_jobs()


def run_journey(out: Path, create_app: Callable[..., Flask]) -> dict[str, Any]:
    """Run the story in an application of its own; returns (and leaves as ``summary.json``) steps, timings, files.

    Raises JourneyStopped when a page does not answer as the story needs.
    """
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            data_dir=Path(folder),
            database_url=f"sqlite:///{folder}/journey.sqlite3",
            public_url="https://academy.example",
            redis_url="",
            smtp_host="",
        )
        app.config["SESSION_COOKIE_SECURE"] = False  # the journey's browser speaks plain HTTP to itself
        story = Story(app, out)
        for chapter in CHAPTERS:
            chapter(story)
        with app.app_context():
            db.engine.dispose()
    summary = {"steps": story.steps, "files": story.files}
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1), encoding="utf-8")
    return summary


def _prepare(story: Story) -> None:
    settings = story.app.extensions["academy.settings"]
    with story.step("database made by the migrations, content loaded"), story.app.app_context():
        upgrade()
        plan = authoring.plan_sync(settings.content_dir)
        release()
        plan.store(settings.data_dir)
        with transaction():
            authoring.sync(plan, clock.now())
            keys.create_missing(holders(), "Overseas IP Academy (example)", clock.now())
    with story.app.app_context():
        boss = administrator("admin@demo.example", "演示管理员", clock.now())
    browser = Browser(story.app)
    browser.submit("/sign-in", {"email": boss.credentials.email, "password": boss.credentials.password})
    story.browsers["administrator"] = browser


def _organisation(story: Story, key: str) -> str:
    with story.app.app_context():
        return str(get_organisation(key).id)


def _staff(story: Story) -> None:
    bar, authority = _organisation(story, "example-provincial-bar"), _organisation(story, "cnipa-academy")
    boss = story.browsers["administrator"]
    with story.step("the administrator invites registrar and two certifiers; they begin"):
        for role, where, name, email in (
            ("registrar", bar, "吴教务", "registrar@demo.example"),
            ("certifier", authority, "何初审", "certifier@demo.example"),
            ("certifier", authority, "沈复核", "second-certifier@demo.example"),
        ):
            boss.submit("/people/invite", {"role": role, "organisation_id": where, "name": name, "email": email})
            story.begin(email)


def _cohort(story: Story) -> None:
    registrar = story.browsers["registrar@demo.example"]
    today = clock.day_of(clock.now())
    roster = (
        "学号,姓名,姓名拼音,邮箱\n"
        f"0012026001,林见微,LIN JIANWEI,{TRAINEE}\n"
        "0012026002,周知行,ZHOU ZHIXING,zhou@demo.example\n"
    )
    with story.step("the registrar opens a cohort and imports its roster"):
        opened = registrar.submit(
            "/cohorts/new",
            {
                "programme": PROGRAMME,
                "organisation": _organisation(story, "example-provincial-bar"),
                "name": "涉外知识产权律师研修班（演示）",
                "session_number": "2026-1",
                "starts_on": today.isoformat(),
                "ends_on": (today + timedelta(days=120)).isoformat(),
            },
        )
        cohort = urlsplit(opened.location).path
        upload = FileStorage(io.BytesIO(roster.encode("utf-8-sig")), filename="名册.csv")
        preview = registrar.submit(f"{cohort}/roster", {"file": upload})
        registrar.submit(urlsplit(preview.location).path)
        story.browsers["cohort"] = registrar
        story.files["cohort"] = cohort


def _study(story: Story) -> None:
    with story.step("the trainee begins and confirms her names"):
        trainee = story.begin(TRAINEE)
        trainee.submit("/account/names", {"name": "林见微", "latin_name": "LIN JIANWEI"})
    for course in COURSES:
        with story.step(f"she studies {course}: every section, every check question"):
            _study_course(story, trainee, course)
        with story.step(f"she passes the examination of {course}"):
            page = f"/courses/{course}"
            _sit(story, trainee, trainee.submit(f"{page}/exam/start", form_at=page).location)


def _study_course(story: Story, trainee: Browser, course: str) -> None:
    with story.app.app_context():
        outline = courses.outline(courses.current_revision_id(courses.get_course(course)))
        lessons = list(outline.lessons())
        answers = {
            (lesson.module_key, lesson.key): {
                key: _as_form(key, grading.perfect(question.body))
                for key, question in courses.check_questions(outline, lesson).items()
            }
            for lesson in lessons
        }
        release()
    for lesson in lessons:
        path = f"/courses/{course}/{lesson.module_key}/{lesson.key}"
        token = trainee.token(path)
        for key, fields in answers[lesson.module_key, lesson.key].items():
            trainee.submit(f"{path}/checks/{key}", fields, form_at=path)
        trainee.post_json(f"/courses/{course}/progress", {"read": lesson.paths()}, token)


def _as_form(key: str, response: dict[str, Any]) -> dict[str, Any]:
    """An answer to a check question as its form sends it: one field, named as the question."""
    [value] = response.values()
    return {key: {True: "true", False: "false"}[value] if isinstance(value, bool) else value}


def _sit(story: Story, trainee: Browser, location: str) -> None:
    """Answer a paper as its page's script does, one change after the other, and submit it."""
    path = urlsplit(location).path
    attempt_id = uuid.UUID(path.rsplit("/", 1)[1])
    with story.app.app_context():
        paper = db.session.execute(
            db.select(AttemptItem.id, AttemptItem.layout, QuestionRevision.body)
            .join(QuestionRevision, QuestionRevision.id == AttemptItem.question_revision_id)
            .where(AttemptItem.attempt_id == attempt_id)
            .order_by(AttemptItem.position)
        ).all()
    token, device = trainee.token(path), str(uuid.uuid4())
    for number, (item, layout, body) in enumerate(paper, 1):
        trainee.post_json(
            f"{path}/answers",
            {
                "item": str(item),
                "client_id": str(uuid.uuid4()),
                "device_id": device,
                "client_seq": number,
                "base_ordinal": number - 1,
                "response": outward(grading.perfect(body, layout), layout),
            },
            token,
        )
    trainee.submit(f"{path}/submit", form_at=f"{path}/review")


def _certify(story: Story) -> None:
    trainee = story.browsers[TRAINEE]
    home = trainee.get("/").get_data(as_text=True)
    found = re.search(r"/my-programmes/[0-9a-f-]{36}", home)
    if found is None:
        raise JourneyStopped("/: no programme on the trainee's desk")
    with story.step("she passes the certification examination"):
        rules = f"{found[0]}/examination"
        started = trainee.submit(f"{rules}/start", _declaration(trainee, rules), form_at=rules)
        _sit(story, trainee, started.location)
    with story.step("the worker draws her certificate and mails it"):
        story.work()
    with story.step("she downloads it"):
        _download(story, trainee)


def _declaration(trainee: Browser, rules: str) -> dict[str, Any]:
    """The honour statement of the page before Start, ticked; nothing where none is asked for."""
    asked = re.search(r'name="honour" value="([0-9a-f]{64})"', trainee.get(rules).get_data(as_text=True))
    return {"honour": asked[1], "accepted": "yes"} if asked else {}


def _download(story: Story, browser: Browser) -> None:
    """Every document on the holder's page that is not kept yet."""
    page = browser.get("/certificates").get_data(as_text=True)
    for path in sorted(set(re.findall(r"/certificates/[0-9a-f-]{36}/file", page))):
        answer = browser.get(path)
        name = re.search(r'filename="?([\w.-]+)', answer.headers["Content-Disposition"])
        if name is None:
            raise JourneyStopped(f"{path}: a file without a name")
        story.keep(name[1], answer.data)


def _pool(story: Story) -> None:
    trainee = story.browsers[TRAINEE]
    first, second = story.browsers["certifier@demo.example"], story.browsers["second-certifier@demo.example"]
    with story.step("she applies to the expert pool"):
        trainee.submit("/experts/start", form_at="/experts")
        trainee.submit(
            "/experts/apply",
            {
                "category": "lawyer",
                "practice_fields": ["section-337", "patent"],
                "jurisdictions": ["US"],
                **{f"language_{row}": "" if row else "en" for row in range(4)},
                **{f"level_{row}": "working" for row in range(4)},
                "industry_platform": "",
                "sub_centre": "",
                "summary": "代理美国337调查和涉外专利纠纷。（演示）",
                "years_experience": "8",
                "text_experience": "执业律师，办理涉外知识产权案件八年。（演示数据）",
                "declared_conduct": "y",
                "declared_confidentiality": "y",
                "submit": "1",
            },
        )
        waiting = first.get("/experts/applications").get_data(as_text=True)
        found = re.search(r"/experts/applications/[0-9a-f-]{36}", waiting)
        if found is None:
            raise JourneyStopped("/experts/applications: nothing waits")
        path = found[0]
    with story.step("one certifier reviews, another decides and appoints her"):
        first.submit(f"{path}/review", {"unbiased": "y"}, form_at=path)
        reason = "证据齐备，培训、考试和从业年限均符合条件。（演示）"
        first.submit(f"{path}/recommendation", {"verdict": "yes", "reason": reason}, form_at=path)
        second.submit(
            f"{path}/decision",
            {"verdict": "yes", "years": "3", "reason": "同意审查意见，予以聘任。（演示）", "unbiased": "y"},
            form_at=path,
        )
    with story.step("the worker draws the letter of appointment; she downloads it"):
        story.work()
        _download(story, trainee)


def _records(story: Story) -> None:
    registrar, cohort = story.browsers["registrar@demo.example"], story.files.pop("cohort")
    with story.step("the registrar exports the cohort's records"):
        for kind in ("xlsx", "csv"):
            answer = registrar.submit(
                f"{cohort}/export",
                {
                    "purpose": "演示：结业学员归档",
                    "format": kind,
                    "language": "zh_Hans",
                    "columns": list(DEFAULT_COLUMNS),
                },
            )
            story.keep(f"cohort.{kind}", answer.data)


def _verify(story: Story) -> None:
    certificate = next(name for name in story.files if name.startswith("certificate-"))
    number = certificate.removeprefix("certificate-").removesuffix(".pdf")
    letters = [mail.body for mail in _letters(story) if number in mail.body]
    code = _CODE.search(letters[0]) if letters else None
    if code is None:
        raise JourneyStopped("no verification code in the letter with the certificate")
    with story.step("a stranger verifies the certificate with its number and code"):
        stranger = Browser(story.app)
        page = stranger.post_form("/verify", {"number": number, "code": code[1]})
        if "林见微" not in page:
            raise JourneyStopped("/verify: the certificate's claims are not shown")


def _letters(story: Story) -> list[OutgoingMail]:
    with story.app.app_context():
        return list(db.session.scalars(db.select(OutgoingMail).where(OutgoingMail.recipient == TRAINEE)))


CHAPTERS: tuple[Callable[[Story], None], ...] = (
    _prepare,
    _staff,
    _cohort,
    _study,
    _certify,
    _pool,
    _records,
    _verify,
)
