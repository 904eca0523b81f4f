"""Statements of hours and transcripts: who may ask, what they state, and the sheets they are printed on."""

import io
import subprocess
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from app.certificates import queries, statements
from app.certificates.claims import printed_claims
from app.certificates.credentials.rules import page_text
from app.certificates.numbers import make_number
from app.certificates.proof.pagetext import comparable, text_of
from app.certificates.proof.pdf import Pdf
from app.certificates.rendering import Signature, render
from app.certificates.rendering.pipeline import markup
from app.certificates.rules import (
    CertificateState,
    CourseRecord,
    DocumentKind,
    Draft,
    Names,
    RecordClaims,
    Snapshot,
)
from app.core import clock
from app.core.access import Grant, Role
from app.core.database import release, transaction
from app.core.errors import Conflict, NotAllowed, NotFound
from app.jobs.services import run_due_jobs
from tests.certificates.test_document import PRINTED, elements
from tests.support.cast import Cast, as_actor
from tests.support.certificates import confirm
from tests.support.cohorts import join, make_cohort, pass_course
from tests.support.courses import sync_folder
from tests.support.document_signing import NOW, signer
from tests.support.pages import Visitors

COURSE = CourseRecord(
    key="c",
    title={"zh": "美国337调查应对", "en": "Responding to Section 337"},
    hours="10",
    completed_on="2026-11-18",
    result_percent="86.5",
    revision_digest="77ac20de" * 8,
)


def document(kind: DocumentKind, courses: int) -> Snapshot:
    claims = RecordClaims(
        programme_key="national-lawyer",
        programme_title={"zh": "涉外知识产权律师培养方案", "en": "Programme for lawyers in overseas IP disputes"},
        programme_level={"zh": "执业律师", "en": "Practising lawyers"},
        trained_at={"zh": "示例省律师协会", "en": "Example Provincial Lawyers Association"},
        courses=tuple(replace(COURSE, key=f"c{n}", revision_digest=f"{n:064d}") for n in range(courses)),
        hours="18",
        starts_on="2026-11-10",
        ends_on="2026-11-18",
        examination=None,
        result_percent=None,
        quiz_revision_digest=None,
        grade_run_id=None,
        law_as_of="2026-11-01",
    )
    draft = Draft(
        kind=kind,
        title=statements.TITLES[kind],
        issuer={"zh": "示例省律师协会", "en": "Example Provincial Lawyers Association"},
        valid_until=None,
        cycle=1,
        example=True,
        claims=claims,
    )
    return Snapshot(make_number("OIPT", 2026, 7), "2026-11-23", Names("䶮见微", "LIN JIANWEI"), draft)


@pytest.mark.parametrize(
    ("kind", "courses", "sheets"),
    [(DocumentKind.HOURS, 1, 1), (DocumentKind.TRANSCRIPT, 8, 1), (DocumentKind.TRANSCRIPT, 40, 3)],
)
def test_the_list_goes_on_over_sheets(kind: DocumentKind, courses: int, sheets: int, tmp_path: Path) -> None:
    snapshot = document(kind, courses)
    data = render(snapshot, PRINTED, (), Signature(signer(), NOW))
    with pikepdf.open(io.BytesIO(data)) as pdf:
        assert len(pdf.pages) == sheets
        tables = [node for node in elements(pdf.Root.StructTreeRoot.K[0]) if node.get("/S") == "/Table"]
        assert len(tables) == sheets + 1, "a list a sheet, and the facts"
    file = tmp_path / "record.pdf"
    file.write_bytes(data)
    text = "".join(
        subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True).stdout.decode().split()
    )
    for claim in printed_claims(snapshot):
        if claim.key.startswith("course:") or claim.key == "period":
            continue  # in the columns of the list, and in the sentence
        for part in claim.value["zh"].split():
            assert part in text, claim.key
    assert f"{snapshot.number}·{sheets}/{sheets}" in text
    assert "职业资格" not in text
    assert comparable(text_of(Pdf(data))) == comparable(page_text(markup(snapshot, PRINTED)))
    assert Snapshot.from_json(snapshot.to_json()) == snapshot


def test_on_request_one_document_until_there_is_something_new(cast: Cast) -> None:
    sync_folder()
    membership = join(cast, make_cohort(cast), cast.trainee)
    confirm(cast.trainee)
    holder, registrar = as_actor(cast.trainee), as_actor(cast.registrar, Grant(Role.REGISTRAR, cast.university.id))
    release()
    with transaction(), pytest.raises(Conflict) as nothing:
        statements.request_document(holder, membership.id, DocumentKind.HOURS, clock.now())
    assert nothing.value.code == "nothing_completed"
    pass_course(cast.trainee)
    release()
    with transaction():
        made = {
            kind: statements.request_document(holder, membership.id, kind, clock.now())
            for kind in statements.TITLES
        }
    release()
    with transaction():
        again = statements.request_document(registrar, membership.id, DocumentKind.HOURS, clock.now())
        assert again.id == made[DocumentKind.HOURS].id
    run_due_jobs()
    release()
    for kind, certificate in made.items():
        stored = queries.get_certificate(certificate.id)
        assert stored.state is CertificateState.VALID
        assert stored.file_digest
        snapshot = Snapshot.from_json(stored.snapshot or {})
        claims = snapshot.document.claims
        assert isinstance(claims, RecordClaims)
        assert [course.key for course in claims.courses] == ["small"]
        assert (claims.courses[0].result_percent is not None) is (kind is DocumentKind.TRANSCRIPT)
        assert snapshot.number.startswith({"hours": "OIPH", "transcript": "OIPT"}[kind.value])
    release()


def test_only_the_person_and_her_keepers_may_ask(cast: Cast, visit: Visitors) -> None:
    sync_folder()
    membership = join(cast, make_cohort(cast), cast.trainee)
    for stranger, refused in (
        (as_actor(cast.outsider), NotFound),
        (as_actor(cast.cohort_mate), NotFound),
        (as_actor(cast.other_registrar, Grant(Role.REGISTRAR, cast.other_university.id)), NotFound),
        (as_actor(cast.instructor, Grant(Role.INSTRUCTOR, cast.university.id)), NotAllowed),
    ):
        release()
        with transaction(), pytest.raises(refused):
            statements.request_document(stranger, membership.id, DocumentKind.TRANSCRIPT, clock.now())
    page = visit(cast.trainee)
    assert "/transcript" not in page.get(f"/my-programmes/{membership.id}").get_data(as_text=True)
    pass_course(cast.trainee)
    assert f"/memberships/{membership.id}/transcript" in page.get(f"/my-programmes/{membership.id}").get_data(
        as_text=True
    )
    page.submit(f"/memberships/{membership.id}/transcript", {}, form_at=f"/my-programmes/{membership.id}")
    page.get("/certificates")
