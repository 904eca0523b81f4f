"""From application to appointment: who may do what, in which order, with which reasons."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from app.audit.models import AuditEntry
from app.certificates.models import Certificate
from app.certificates.rules import AppointmentClaims, CertificateState, DocumentKind, Snapshot, anniversary
from app.config import PROJECT
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.courses.content.faults import Report
from app.experts import queries, services
from app.experts.criteria import read_criteria
from app.experts.evidence import Standing
from app.experts.models import Application, Appointment, CriteriaRevision
from app.experts.rules import Answer, ApplicationState, EndClass, Lack, Profile, Step, lacks
from app.mail.models import OutgoingMail
from tests.support.cast import Cast, as_actor, make_person
from tests.support.courses import SMALL
from tests.support.experts import (
    appointed,
    certifying,
    example_criteria,
    full_profile,
    load_criteria,
    reviewed,
    submitted,
)

REASON = "经审查，符合入库条件。"


def test_outsiders_find_no_application(cast: Cast) -> None:
    application = submitted(cast, cast.trainee)
    for person in (cast.outsider, cast.cohort_mate, cast.registrar, cast.other_instructor):
        with transaction(), pytest.raises(NotFound):
            queries.get_application_for(as_actor(person), application.id)


def test_certifiers_do_not_see_drafts(cast: Cast) -> None:
    load_criteria()
    with transaction():
        draft = services.start_application(as_actor(cast.trainee), clock.now())
        with pytest.raises(NotFound):
            queries.get_application_for(certifying(cast, cast.certifier), draft.id)


def test_the_reviewer_never_decides(cast: Cast) -> None:
    application = reviewed(cast, cast.trainee)
    reviewer = certifying(cast, cast.certifier)
    with transaction():
        loaded = queries.get_application_for(reviewer, application.id, lock=True)
        with pytest.raises(NotAllowed):
            services.decide(reviewer, loaded, approve=True, reason=REASON, unbiased=True, now=clock.now())


@pytest.mark.parametrize(
    "column", ["decider_is_not_reviewer", "decider_is_not_applicant", "reviewer_is_not_applicant"]
)
def test_the_database_itself_keeps_the_four_eyes(cast: Cast, column: str) -> None:
    application = reviewed(cast, cast.trainee)
    values = {
        "decider_is_not_reviewer": {"decider_id": cast.certifier.id},
        "decider_is_not_applicant": {"decider_id": cast.trainee.id},
        "reviewer_is_not_applicant": {"reviewer_id": cast.trainee.id},
    }[column]
    application_id = application.id
    with pytest.raises(IntegrityError, match=column), transaction() as session:
        session.execute(update(Application).where(Application.id == application_id).values(**values))


def test_nobody_works_on_her_own_application(cast: Cast) -> None:
    application = submitted(cast, cast.certifier)
    herself = certifying(cast, cast.certifier)
    with transaction():
        loaded = queries.get_application_for(herself, application.id, lock=True)
        with pytest.raises(NotAllowed):
            services.begin_review(herself, loaded, unbiased=True, now=clock.now())


def test_a_conflict_of_interest_must_be_denied_before_acting(cast: Cast) -> None:
    application = submitted(cast, cast.trainee)
    reviewer = certifying(cast, cast.certifier)
    with transaction():
        loaded = queries.get_application_for(reviewer, application.id, lock=True)
        with pytest.raises(NotAllowed):
            services.begin_review(reviewer, loaded, unbiased=False, now=clock.now())


def test_every_decision_needs_a_reason(cast: Cast) -> None:
    application = reviewed(cast, cast.trainee)
    decider = certifying(cast, cast.second_certifier)
    with transaction():
        loaded = queries.get_application_for(decider, application.id, lock=True)
        with pytest.raises(Invalid):
            services.decide(decider, loaded, approve=False, reason="  ", unbiased=True, now=clock.now())


def test_appointment_has_term_letter_and_audit(cast: Cast) -> None:
    appointment = appointed(cast, cast.trainee)
    with transaction():
        kept = db.session.get_one(Appointment, appointment.id)
        assert kept.ends_on == anniversary(kept.starts_on, 3) - timedelta(days=1)
        letter = db.session.get_one(Certificate, kept.certificate_id)
        assert letter.kind is DocumentKind.APPOINTMENT
        snapshot = Snapshot.from_json(letter.snapshot or {})
        assert isinstance(snapshot.document.claims, AppointmentClaims)
        assert snapshot.document.valid_until == kept.ends_on.isoformat()
        assert snapshot.number.startswith("OIPE-")
        application = db.session.get_one(Application, kept.application_id)
        assert application.state is ApplicationState.APPOINTED
        assert [event.step for event in queries.events_of(application.id)] == [
            Step.CREATED,
            Step.SUBMITTED,
            Step.ACCEPTED,
            Step.RECOMMENDED,
            Step.APPROVED,
            Step.APPOINTED,
        ]
        deeds = db.session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("experts.%"))).all()
        assert {"experts.submit", "experts.recommend", "experts.decide", "experts.appoint"} <= set(deeds)


def test_evidence_is_gathered_and_frozen_at_the_decision(cast: Cast) -> None:
    application = reviewed(cast, cast.trainee)
    decider = certifying(cast, cast.second_certifier)
    with transaction():
        loaded = queries.get_application_for(decider, application.id, lock=True)
        rows = {row.criterion_id: row for row in queries.evidence_for(loaded, clock.now())}
        assert {key: row.standing for key, row in rows.items()} == {
            "training": Standing.MET,
            "result": Standing.MET,
            "experience": Standing.TO_JUDGE,
            "conduct": Standing.MET,
            "confidentiality": Standing.MET,
        }
        (piece,) = rows["training"].pieces
        assert "OIPA-" in piece.text["zh"]
        services.decide(decider, loaded, approve=False, reason=REASON, unbiased=True, now=clock.now())
        later = clock.now().replace(year=2040)
        assert queries.evidence_for(loaded, later) == list(rows.values())


def test_an_expired_result_and_too_few_years_do_not_count(cast: Cast) -> None:
    answers = {"experience": Answer(years=2, text="两年"), "conduct": Answer(declared=True)}
    profile = full_profile(answers={**answers, "confidentiality": Answer(declared=True)})
    application = submitted(cast, cast.trainee, profile)
    reviewer = certifying(cast, cast.certifier)
    with transaction():
        loaded = queries.get_application_for(reviewer, application.id)
        rows = {row.criterion_id: row for row in queries.evidence_for(loaded, clock.now().replace(year=2040))}
        assert rows["training"].standing is Standing.MET
        assert rows["result"].standing is Standing.NOT_MET
        assert rows["experience"].standing is Standing.NOT_MET


def test_a_rejected_applicant_hears_why_and_may_apply_again(cast: Cast) -> None:
    application = reviewed(cast, cast.trainee, favourable=False)
    decider = certifying(cast, cast.second_certifier)
    with transaction():
        loaded = queries.get_application_for(decider, application.id, lock=True)
        services.decide(decider, loaded, approve=False, reason=REASON, unbiased=True, now=clock.now())
        told = db.session.scalars(select(OutgoingMail).where(OutgoingMail.body.contains(REASON))).one()
        assert told.recipient == cast.trainee.email
        again = services.start_application(as_actor(cast.trainee), clock.now())
        assert again.id != loaded.id
        assert again.state is ApplicationState.DRAFT


def test_returning_gives_it_back_with_what_was_entered(cast: Cast) -> None:
    application = submitted(cast, cast.trainee)
    reviewer = certifying(cast, cast.certifier)
    with transaction():
        loaded = queries.get_application_for(reviewer, application.id, lock=True)
        services.return_for_completion(reviewer, loaded, "请补充从业年限的说明。", clock.now())
        assert loaded.state is ApplicationState.DRAFT
        assert Profile.from_json(loaded.profile) == full_profile()
        services.submit(as_actor(cast.trainee), loaded, clock.now())
        assert loaded.returned_reason == ""


def test_only_one_open_application_and_none_while_appointed(cast: Cast) -> None:
    load_criteria()
    actor = as_actor(cast.cohort_mate)
    with transaction():
        first = services.start_application(actor, clock.now())
        assert services.start_application(actor, clock.now()).id == first.id
    appointed(cast, cast.trainee)
    with transaction(), pytest.raises(Conflict):
        services.start_application(as_actor(cast.trainee), clock.now())


def test_a_new_term_follows_one_that_ran_out(cast: Cast) -> None:
    first = appointed(cast, cast.trainee)
    first_id = first.id
    with clock.frozen_at(clock.now() + timedelta(days=4 * 366)):
        second = appointed(cast, cast.trainee)
        assert second.id != first_id
    with transaction():
        assert db.session.get_one(Appointment, first_id, populate_existing=True).end_class is EndClass.TERM_OVER


def test_ending_an_appointment_is_told_everywhere(cast: Cast) -> None:
    appointment = appointed(cast, cast.trainee)
    certifier = certifying(cast, cast.certifier)
    with transaction():
        loaded = queries.get_appointment_for(certifier, appointment.id, lock=True)
        services.end_appointment(certifier, loaded, EndClass.RESIGNATION, "本人书面辞任。", clock.now())
        assert loaded.certificate.state is CertificateState.ENDED
        search = queries.PoolSearch()
        assert queries.search_pool(certifier, search, clock.day_of(clock.now())).total == 0
        with pytest.raises(NotAllowed):
            services.end_appointment(certifier, loaded, EndClass.DISCIPLINE, REASON, clock.now())


def test_incomplete_applications_are_not_submitted(cast: Cast) -> None:
    load_criteria()
    actor = as_actor(cast.trainee)
    with transaction():
        draft = services.start_application(actor, clock.now())
        with pytest.raises(Invalid):
            services.submit(actor, draft, clock.now())
    found = lacks(Profile(), example_criteria().criteria)
    assert {lack for lack, _ in found} == set(Lack)
    assert lacks(full_profile(), example_criteria().criteria) == []


def test_criteria_get_a_revision_only_when_they_change(cast: Cast) -> None:
    first = example_criteria()
    changed = first.model_copy(update={"term_years": 5})
    with transaction():
        one = services.sync_criteria(first)
        assert services.sync_criteria(first).id == one.id
        assert services.sync_criteria(changed).number == 2
        assert services.sync_criteria(first).number == 3
        assert len(db.session.scalars(select(CriteriaRevision)).all()) == 3


@pytest.mark.parametrize("command", ["check", "sync"])
def test_faults_in_the_criteria_are_faults_of_the_content(app: Flask, tmp_path: Path, command: str) -> None:
    root = shutil.copytree(SMALL, tmp_path / "content")
    source = (PROJECT / "content" / "expert-criteria.yaml").read_text()
    (root / "expert-criteria.yaml").write_text(source.replace("id: result", "id: training"))
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["content", command, "--folder", str(root)])
    assert result.exit_code == 1
    assert "content/expert-criteria.yaml:16:9: `training` stands twice" in result.output


def test_a_content_without_criteria_has_none(tmp_path: Path) -> None:
    report = Report(tmp_path)
    assert read_criteria(tmp_path, report) is None
    assert report.faults == []


def test_registrars_and_certifiers_elsewhere_do_not_decide(cast: Cast) -> None:
    application = reviewed(cast, cast.trainee)
    elsewhere = make_person(cast.other_university, Role.CERTIFIER)
    with transaction(), pytest.raises(NotFound):
        queries.get_application_for(as_actor(elsewhere), application.id)
