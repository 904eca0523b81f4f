"""A cohort's certificates issued at once: one by one, pausable, repeatable, never twice."""

from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.certificates.completion import issue_certificate
from app.certificates.life import queries, services
from app.certificates.life.models import BatchState, IssueBatch, IssueBatchItem, Outcome
from app.certificates.life.tasks import go_on, issue_batch
from app.certificates.models import Certificate
from app.cohorts.models import Cohort, ProgrammeRevision
from app.core import clock
from app.core.access import Actor, Grant, Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict, NotAllowed, NotFound
from app.jobs.models import Job, JobState
from app.jobs.registry import Assignment
from app.jobs.services import run_due_jobs
from app.organisations.queries import get_organisation
from tests.support.cast import Cast, as_actor
from tests.support.certificates import confirm
from tests.support.cohorts import certify, join, make_cohort, pass_course
from tests.support.courses import sync_folder
from tests.support.pages import Visitors


@pytest.fixture
def cohort(app: Flask, cast: Cast) -> Cohort:
    """Two who completed a programme whose certificates a certifier issues; one has not confirmed her names."""
    with app.app_context():
        sync_folder()
        release()
        with transaction():
            revision = db.session.scalars(select(ProgrammeRevision)).one()
            certificate = revision.body["certificate"] | {"issued": "by_certifier"}
            revision.body = revision.body | {"certificate": certificate}
        cohort = make_cohort(cast)
        release()
        confirm(cast.trainee)
        for person in (cast.trainee, cast.cohort_mate):
            membership = join(cast, cohort, person)
            pass_course(person)
            certify(person, membership.id)
        release()
        assert db.session.scalars(select(Certificate)).all() == [], "nothing is issued by itself"
        release()
        return cohort


def certifier(cast: Cast) -> Actor:
    return as_actor(cast.certifier, Grant(Role.CERTIFIER, get_organisation("small-authority").id))


def order(actor: Actor, cohort: Cohort) -> IssueBatch:
    release()
    with transaction():
        return services.order_batch(actor, queries.get_cohort_to_certify(actor, cohort.id))


def work(batch: IssueBatch) -> None:
    """As the worker does."""
    batch_id = batch.id
    release()
    issue_batch(Assignment(batch_id, {"batch_id": str(batch_id)}, lambda _done, _total: None))
    release()


def outcomes(batch: IssueBatch) -> Counter[Outcome]:
    release()
    return queries.line_of(batch).counts


def test_the_page_of_a_batch_asks_for_itself_as_long_as_work_goes_on(
    cast: Cast, cohort: Cohort, visit: Visitors
) -> None:
    batch = order(certifier(cast), cohort)
    keeper, path = visit(cast.certifier), f"/certificates/batches/{batch.id}"
    page = keeper.get(path).get_data(as_text=True)
    assert 'data-working="yes"' in page
    assert '<noscript><meta http-equiv="refresh" content="10"></noscript>' in page
    work(batch)
    assert 'data-working="yes"' in keeper.get(path).get_data(as_text=True), "a file is still being prepared"
    run_due_jobs()
    page = keeper.get(path).get_data(as_text=True)
    assert "data-working" not in page
    assert "refresh" not in page


def test_a_batch_issues_what_is_due_and_says_what_became_of_each(cast: Cast, cohort: Cohort) -> None:
    batch = order(certifier(cast), cohort)
    work(batch)
    assert outcomes(batch) == {Outcome.ISSUED: 1, Outcome.AWAITING_NAMES: 1}
    work(batch)
    assert len(db.session.scalars(select(Certificate)).all()) == 2
    assert db.session.get_one(IssueBatch, batch.id).state is BatchState.FINISHED
    release()
    with transaction(), pytest.raises(Conflict):
        services.order_batch(certifier(cast), queries.get_cohort_to_certify(certifier(cast), cohort.id))


def test_the_page_says_what_became_of_each(cast: Cast, cohort: Cohort, visit: Visitors) -> None:
    batch = order(certifier(cast), cohort)
    visit(cast.registrar).get(f"/certificates/batches/{batch.id}", 403)
    waiting = visit(cast.certifier).get(f"/certificates/batches/{batch.id}").get_data(as_text=True)
    assert cast.trainee.name in waiting
    assert "等待中" in waiting


def test_only_certifiers_of_the_awarding_body_order(cast: Cast, cohort: Cohort) -> None:
    elsewhere = as_actor(cast.certifier, Grant(Role.CERTIFIER, cast.other_university.id))
    release()
    with transaction(), pytest.raises(NotFound):
        queries.get_cohort_to_certify(elsewhere, cohort.id)
    release()
    keeper = as_actor(cast.administrator, Grant(Role.ADMINISTRATOR, get_organisation("small-authority").id))
    batch = order(certifier(cast), cohort)
    release()
    with transaction():
        seen = queries.get_batch_for(keeper, batch.id, lock=True)
        with pytest.raises(NotAllowed):
            services.pause(keeper, seen)


def test_a_paused_batch_waits_and_goes_on(cast: Cast, cohort: Cohort) -> None:
    actor = certifier(cast)
    batch = order(actor, cohort)
    release()
    assert services.work_next(batch.id, clock.now())
    with transaction():
        services.pause(actor, queries.get_batch_for(actor, batch.id, lock=True))
    assert not services.work_next(batch.id, clock.now())
    work(batch)
    assert outcomes(batch)[Outcome.WAITING] == 1
    release()
    with transaction():
        services.resume(actor, queries.get_batch_for(actor, batch.id, lock=True))
    work(batch)
    assert outcomes(batch)[Outcome.WAITING] == 0


def test_one_persons_trouble_stops_nobody_and_can_be_tried_again(
    cast: Cast, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor = certifier(cast)
    batch = order(actor, cohort)
    real = issue_certificate

    def troubled(membership_id: Any, now: Any) -> Certificate:
        certificate = real(membership_id, now)
        if certificate.person_id == cast.trainee.id:
            raise ValueError("a claim that cannot be read")
        return certificate

    monkeypatch.setattr("app.certificates.life.services.issue_certificate", troubled)
    work(batch)
    assert outcomes(batch) == {Outcome.FAILED: 1, Outcome.AWAITING_NAMES: 1}
    failed = db.session.scalars(select(IssueBatchItem).where(IssueBatchItem.outcome == Outcome.FAILED)).one()
    assert "a claim that cannot be read" in failed.message
    assert failed.certificate_id is None
    monkeypatch.undo()
    release()
    with transaction():
        services.retry(actor, queries.get_batch_for(actor, batch.id, lock=True))
    work(batch)
    assert outcomes(batch) == {Outcome.ISSUED: 1, Outcome.AWAITING_NAMES: 1}
    serials = db.session.scalars(select(Certificate.serial).where(Certificate.serial.is_not(None))).all()
    assert serials == [1], "the failure spent no number"


def test_a_batch_goes_on_in_stretches_and_without_its_job(
    cast: Cast, cohort: Cohort, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.certificates.life.tasks.STRETCH", 1)
    batch = order(certifier(cast), cohort)
    work(batch)
    assert outcomes(batch)[Outcome.WAITING] == 1, "the rest is another job's"
    assert queries.abandoned_batches() == []
    release()
    with transaction():
        db.session.execute(update(Job).where(Job.kind == services.ISSUE_BATCH).values(state=JobState.FAILED))
    assert queries.abandoned_batches() == [batch.id]
    release()
    go_on()
    run_due_jobs()
    assert outcomes(batch)[Outcome.WAITING] == 0
    assert db.session.get_one(IssueBatch, batch.id).state is BatchState.FINISHED
    assert queries.abandoned_batches() == []
