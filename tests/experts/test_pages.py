"""The pages of experts, outsiders first; the story as its people walk it."""

import json
import uuid

import pytest

from app.accounts import own_data
from app.core.access import Role
from app.core.database import db, transaction
from app.experts import queries
from app.experts.models import Application
from app.experts.rules import ApplicationState
from app.jobs.services import run_due_jobs
from tests.support.cast import Cast, make_person
from tests.support.certificates import make_certificate
from tests.support.experts import appointed, full_profile, load_criteria, reviewed, submitted
from tests.support.pages import Visitors
from tests.support.statements import counted_statements

REASON = "经审查材料，符合入库条件。"
FORM = {
    "category": "lawyer",
    "practice_fields": ["patent", "section-337"],
    "jurisdictions": ["US"],
    **{f"language_{number}": "" for number in range(4)},
    **{f"level_{number}": "reading" for number in range(4)},
    "language_0": "en",
    "level_0": "fluent",
    "industry_platform": "",
    "sub_centre": "",
    "years_experience": "8",
    "text_experience": "律师事务所合伙人。",
    "declared_conduct": "y",
    "declared_confidentiality": "y",
}


def state_of(application_id: uuid.UUID) -> ApplicationState:
    with transaction():
        return db.session.get_one(Application, application_id, populate_existing=True).state


def test_outsiders_are_kept_out(cast: Cast, visit: Visitors) -> None:
    application = submitted(cast, cast.trainee)
    path = f"/experts/applications/{application.id}"
    elsewhere = make_person(cast.other_university, Role.CERTIFIER)
    for person in (cast.outsider, cast.cohort_mate, cast.registrar, cast.other_registrar, elsewhere):
        visit(person).get(path, 404)
    for person in (cast.outsider, cast.trainee, cast.registrar):
        visit(person).get("/experts/pool", 403)
        visit(person).get("/experts/applications", 403)
    assert "林见微" not in visit(elsewhere).get("/experts/applications").get_data(as_text=True)
    assert visit().get("/experts", 302).location.startswith("/sign-in")
    for verb in ("return", "review", "recommendation", "decision"):
        visit(cast.trainee).submit(f"{path}/{verb}", {}, 403, form_at="/experts")
        visit(elsewhere).submit(f"{path}/{verb}", {}, 404, form_at="/experts")


def test_from_application_to_letter(cast: Cast, visit: Visitors) -> None:
    load_criteria()
    make_certificate(cast.trainee, cast.authority)
    applicant = visit(cast.trainee)
    applicant.submit("/experts/start", {}, form_at="/experts")
    incomplete = applicant.submit("/experts/apply", {**FORM, "category": "", "submit": "1"}, 422)
    assert "请选择专家类别" in incomplete.get_data(as_text=True)
    assert "律师事务所合伙人" in incomplete.get_data(as_text=True), "the page lost what was entered"
    applicant.submit("/experts/apply", {**FORM, "submit": "1"})
    with transaction():
        found = queries.find_open_application(cast.trainee.id)
        assert found is not None
        application_id = found.id
    path = f"/experts/applications/{application_id}"

    reviewer = visit(cast.certifier)
    assert "林见微" in reviewer.get("/experts/applications").get_data(as_text=True)
    page = reviewer.get(path).get_data(as_text=True)
    assert "OIPA-" in page
    assert "来自平台记录" in page
    reviewer.submit(f"{path}/review", {}, 422, form_at=path)
    reviewer.submit(f"{path}/review", {"unbiased": "y"}, form_at=path)
    reviewer.submit(f"{path}/recommendation", {"verdict": "yes", "reason": "短"}, 422, form_at=path)
    reviewer.submit(f"{path}/recommendation", {"verdict": "yes", "reason": REASON}, form_at=path)
    assert "须由他人决定" in reviewer.get(path).get_data(as_text=True)
    decision = {"verdict": "yes", "reason": REASON, "years": "2", "unbiased": "y"}
    reviewer.submit(f"{path}/decision", decision, 403, form_at=path)

    decider = visit(cast.second_certifier)
    assert REASON in decider.get(path).get_data(as_text=True)
    decider.submit(f"{path}/decision", decision, form_at=path)
    assert state_of(application_id) is ApplicationState.APPOINTED
    assert run_due_jobs() >= 1

    own = applicant.get("/experts").get_data(as_text=True)
    assert "已聘任" in own
    with transaction():
        (appointment,) = queries.appointments_of(cast.trainee.id)
        letter, expert = appointment.certificate_id, appointment.id
        assert appointment.ends_on.year == appointment.starts_on.year + 2 or appointment.starts_on.day == 1
    pdf = applicant.get(f"/certificates/{letter}/file")
    assert pdf.mimetype == "application/pdf"
    assert "appointment-OIPE-" in pdf.headers["Content-Disposition"]
    assert "林见微" in decider.get("/experts/pool?field=section-337&language=en").get_data(as_text=True)
    assert "林见微" not in decider.get("/experts/pool?field=copyright").get_data(as_text=True)
    applicant.get(f"/experts/pool/{expert}")
    visit(cast.cohort_mate).get(f"/experts/pool/{expert}", 404)


def test_the_applicant_never_reads_the_internal_review(cast: Cast, visit: Visitors) -> None:
    application = reviewed(cast, cast.trainee, favourable=False)
    page = visit(cast.trainee).get(f"/experts/applications/{application.id}").get_data(as_text=True)
    assert "材料齐全，经验丰富" not in page
    assert "不建议聘任" not in page
    assert "何审核" not in page


def test_withdrawing(cast: Cast, visit: Visitors) -> None:
    application = submitted(cast, cast.trainee)
    path = f"/experts/applications/{application.id}"
    visit(cast.certifier).submit(f"{path}/withdraw", {}, 403, form_at="/experts")
    visit(cast.trainee).submit(f"{path}/withdraw", {}, form_at=path)
    assert state_of(application.id) is ApplicationState.WITHDRAWN


def test_ending_an_appointment_needs_a_reason(cast: Cast, visit: Visitors) -> None:
    appointment = appointed(cast, cast.trainee)
    path = f"/experts/pool/{appointment.id}/end"
    visit(cast.administrator).get(path, 403)
    browser = visit(cast.certifier)
    browser.submit(path, {"end_class": "resignation", "reason": ""}, 422)
    browser.submit(path, {"end_class": "resignation", "reason": "本人书面提出辞任。"})
    browser.get(path, 403)
    shown = visit(cast.trainee).get(f"/experts/pool/{appointment.id}").get_data(as_text=True)
    assert "本人书面提出辞任" in shown
    assert "林见微" not in browser.get("/experts/pool").get_data(as_text=True)


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_every_page_in_both_languages(cast: Cast, visit: Visitors, locale: str) -> None:
    visit(cast.cohort_mate, locale).get("/experts")
    appointment = appointed(cast, cast.trainee)
    waiting = submitted(cast, cast.cohort_mate)
    for path in ("/experts/pool", "/experts/applications", "/experts/applications?state=appointed"):
        visit(cast.certifier, locale).get(path)
    visit(cast.certifier, locale).get(f"/experts/pool/{appointment.id}")
    visit(cast.certifier, locale).get(f"/experts/applications/{waiting.id}")
    visit(cast.trainee, locale).get("/experts")
    visit(cast.cohort_mate, locale).get("/experts")
    visit(cast.certifier, locale).get("/experts/pool?field=nonsense&jurisdiction=%27&category=x&page=99&q=%25")


def test_searching_takes_a_constant_number_of_statements(cast: Cast, visit: Visitors) -> None:
    appointed(cast, cast.trainee)
    browser = visit(cast.administrator)
    path = "/experts/pool?field=patent&jurisdiction=US&language=en&category=lawyer"
    browser.get(path)
    with counted_statements() as few:
        browser.get(path)
    for _ in range(6):
        person = make_person(cast.university, Role.TRAINEE)
        appointed(cast, person, full_profile())
    with counted_statements() as many:
        page = browser.get(path).get_data(as_text=True)
    assert "7" in page
    assert len(many) == len(few) == 4


def test_ones_own_data_has_certificates_and_applications(cast: Cast) -> None:
    appointed(cast, cast.trainee)
    with transaction():
        kept = own_data.collect(cast.trainee.id)
    assert {row["state"] for row in kept["certificates"]} == {"valid"}
    assert len(kept["certificates"]) == 2
    assert kept["experts"]["applications"][0]["decision_reason"] == "同意聘任。"
    assert kept["experts"]["appointments"][0]["ended_at"] is None
    assert json.dumps(kept)
