"""Upload, look, confirm; drafts; export: as people do it, and who may not."""

import io
import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner

from app.audit.models import AuditEntry
from app.core import clock
from app.core.access import Role
from app.core.database import db, transaction
from app.quizzes import grading
from app.quizzes import services as engine
from app.quizzes.interchange import formats, queries
from app.quizzes.interchange.model import Question
from app.quizzes.interchange.models import ImportedQuestion, ImportState, QuestionImport, QuestionState
from app.quizzes.models import Question as BankQuestion
from app.quizzes.models import QuestionRevision
from app.quizzes.rendering import Texts, question_view
from tests.quizzes.interchange.samples import PNG
from tests.quizzes.interchange.test_other_formats import package
from tests.quizzes.interchange.test_round_trips import KINDS, MEDIA, pictured
from tests.support.cast import Cast, make_person
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import authored, both
from tests.support.statements import counted_statements

PICTURE = f"/questions/pictures/{next(iter(MEDIA))}.png"
GIFT = "::one:: Ist die Frist 30 Tage? {T}\n\n::two:: Pick {=30 ~60}\n\n::bad:: Both {=a =b ~%100%c}\n"


def post_file(browser: Browser, data: bytes, name: str = "bank.gift.txt", language: str = "en") -> str:
    """Upload a file; the address of its preview."""
    fields = {"file": (io.BytesIO(data), name), "language": language}
    return browser.submit("/questions/imports/new", fields).headers["Location"]


def sample(kind: str) -> dict[str, Any]:
    """A question of the type that every format but GIFT can express."""
    return authored(kind, **({"scoring": "partial_with_penalty"} if kind == "multiple" else {}))


def own_export(kinds: tuple[str, ...] = KINDS) -> bytes:
    questions = [Question(f"mine-{kind.replace('_', '-')}", sample(kind)) for kind in kinds]
    return formats.write("qti30", questions, {}).data


def latest() -> QuestionImport:
    statement = db.select(QuestionImport).order_by(QuestionImport.created_at.desc()).limit(1)
    found: QuestionImport = db.session.scalars(statement.execution_options(populate_existing=True)).one()
    return found


def rows_of(upload: QuestionImport) -> list[ImportedQuestion]:
    statement = db.select(ImportedQuestion).filter_by(import_id=upload.id).order_by(ImportedQuestion.position)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def bank_size() -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(BankQuestion)) or 0


@pytest.mark.parametrize("name", ["trainee", "outsider", "registrar", "certifier"])
def test_only_authors_come_in(cast: Cast, visit: Visitors, name: str) -> None:
    browser = visit(cast.people[name])
    for path in ("/questions/imports", "/questions/imports/new", "/questions/export"):
        browser.get(path, 403)


def test_another_organisation_sees_nothing_of_it(cast: Cast, visit: Visitors) -> None:
    page = post_file(visit(cast.instructor), GIFT.encode())
    stranger, colleague = visit(cast.other_instructor), visit(make_person(cast.university, Role.INSTRUCTOR))
    stranger.get(page, 404)
    stranger.submit(f"{page}/confirm", {}, 404, form_at="/questions/imports/new")
    stranger.submit(f"{page}/discard", {}, 404, form_at="/questions/imports/new")
    assert "bank.gift.txt" not in stranger.get("/questions/imports").get_data(as_text=True)
    colleague.get(page)
    colleague.submit(f"{page}/confirm", {}, form_at=page)
    draft = rows_of(latest())[0]
    assert draft.state is QuestionState.DRAFT
    stranger.get(f"/questions/drafts/{draft.id}", 404)
    stranger.submit(f"/questions/drafts/{draft.id}/remove", {}, 404, form_at="/questions/imports/new")


def test_a_look_changes_nothing_in_the_bank(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor, "en")
    page = post_file(browser, own_export(), "package.zip")
    text = browser.get(page).get_data(as_text=True)
    assert bank_size() == 0
    assert "Take 7 questions" in text
    assert "prompt of single" not in text or "Text prompt of single" in text
    browser.submit(f"{page}/discard", {}, form_at=page)
    assert bank_size() == 0
    assert latest().state is ImportState.DISCARDED


def test_a_bilingual_file_goes_straight_into_the_bank(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor)
    page = post_file(browser, own_export(), "package.zip")
    browser.submit(f"{page}/confirm", {}, form_at=page)
    assert bank_size() == len(KINDS)
    assert {row.state for row in rows_of(latest())} == {QuestionState.PUBLISHED}
    browser.submit(f"{page}/confirm", {}, 409, form_at="/questions/imports/new")
    assert bank_size() == len(KINDS)
    browser.get(page)
    actions = set(db.session.scalars(db.select(AuditEntry.action)))
    assert {"quizzes.preview_import", "quizzes.confirm_import"} <= actions


def test_a_failure_half_way_leaves_nothing(cast: Cast, visit: Visitors, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = visit(cast.instructor)
    page = post_file(browser, own_export(), "package.zip")
    real, seen = engine.save_question, []

    def failing(key: str, **values: object) -> QuestionRevision:
        seen.append(key)
        if len(seen) == 4:
            raise RuntimeError("planted")
        return real(key, **values)  # type: ignore[arg-type]

    monkeypatch.setattr("app.quizzes.interchange.services.save_question", failing)
    browser.submit(f"{page}/confirm", {}, 500, form_at=page)
    assert len(seen) == 4
    assert bank_size() == 0
    assert latest().state is ImportState.PREVIEWED


def test_an_import_never_touches_a_question_of_the_bank(cast: Cast, visit: Visitors) -> None:
    with transaction():
        engine.save_question(
            "mine-single", body=authored("single", prompt=both("other")), source="c", now=clock.now()
        )
        same = engine.save_question("mine-numeric", body=authored("numeric"), source="c", now=clock.now())
    browser = visit(cast.instructor)
    page = post_file(browser, formats.write("yaml", _mine("single", "numeric"), {}).data, "q.yaml")
    browser.submit(f"{page}/confirm", {}, form_at=page)
    single, numeric = rows_of(latest())
    assert (single.state, numeric.state) == (QuestionState.PUBLISHED, QuestionState.KNOWN)
    assert single.key.endswith("-mine-single")
    assert single.key != "mine-single"
    assert bank_size() == 3
    numbers = db.session.scalars(db.select(QuestionRevision.number).filter_by(question_id=same.question_id))
    assert list(numbers) == [1]


def _mine(*kinds: str) -> list[Question]:
    return [Question(f"mine-{kind}", authored(kind)) for kind in kinds]


def test_what_is_not_taken_is_listed_with_its_line(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor, "en")
    page = browser.page(post_file(browser, GIFT.encode()))
    row = page.cssselect("table tbody tr")[0]
    assert row.text_content().split("::bad::")[0].strip() == "Line 5"
    assert "every one of its answers is worth full marks" in row.text_content()
    page = browser.page(post_file(browser, b"no format at all"))
    assert "none of the formats" in page.text_content()
    assert not page.cssselect("form[action$=confirm]")


def test_a_post_without_a_file_is_asked_for_one(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor, "en")
    answer = browser.submit("/questions/imports/new", {"language": "en"}, 422)
    assert "Choose a file first." in answer.get_data(as_text=True)
    assert db.session.scalar(db.select(db.func.count()).select_from(QuestionImport)) == 0


def test_a_draft_goes_into_the_bank_when_the_other_language_is_there(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor, "en")
    page = post_file(browser, GIFT.encode())
    browser.submit(f"{page}/confirm", {}, form_at=page)
    assert bank_size() == 0
    first, second = rows_of(latest())
    assert (first.state, second.state) == (QuestionState.DRAFT, QuestionState.DRAFT)
    path = f"/questions/drafts/{second.id}"
    fields = [area.get("name") for area in browser.page(path).cssselect("textarea")]
    assert fields == ["prompt.zh"]  # 30 and 60 need no translation
    refused = browser.submit(path, {"action": "publish", "prompt.zh": " "}, 422)
    assert "still missing" in refused.get_data(as_text=True)
    browser.submit(path, {"action": "save", "prompt.zh": ""})
    browser.submit(path, {"action": "publish", "prompt.zh": "请选择", "prompt.en": "Overwritten"})
    assert bank_size() == 1
    revision = db.session.scalars(db.select(QuestionRevision)).one()
    assert revision.body["prompt"] == {"zh": "请选择", "en": "Pick"}
    browser.get(path, 404)
    browser.submit(f"/questions/drafts/{first.id}/remove", {}, form_at=f"/questions/drafts/{first.id}")
    assert rows_of(latest())[0].state is QuestionState.REMOVED
    browser.get(page)


def test_pictures_are_shown_to_those_signed_in(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor)
    page = browser.page(post_file(browser, package(), "package.zip"))
    address = str(page.cssselect("img[src^='/questions/pictures/']")[0].get("src"))
    response = browser.get(address)
    assert response.data == PNG
    assert response.mimetype == "image/png"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    visit(cast.trainee).get(address)
    visit().get(address, 302)
    browser.get(address.replace("png", "svg"), 404)
    browser.get(f"/questions/pictures/{'0' * 64}.png", 404)
    browser.get("/questions/pictures/..png", 404)


def test_export_reaches_ones_own_questions_and_the_authority_all(cast: Cast, visit: Visitors) -> None:
    with transaction():
        engine.save_question("national", body=authored("ordering"), source="content", now=clock.now())
    browser = visit(cast.instructor, "en")
    assert "No questions yet" in browser.get("/questions/export").get_data(as_text=True)
    page = post_file(browser, own_export(("single",)), "package.zip")
    browser.submit(f"{page}/confirm", {}, form_at=page)
    taken = browser.submit("/questions/export/download", {"format": "yaml"}, 200, form_at="/questions/imports/new")
    assert b"mine-single" in taken.data
    assert b"national" not in taken.data
    assert "No questions yet" in visit(cast.other_instructor, "en").get("/questions/export").get_data(as_text=True)
    chief = visit(cast.administrator, "en")
    text = chief.get("/questions/export?format=gift").get_data(as_text=True)
    assert "1 question goes" in text
    assert "GIFT has no questions of the type Ordering" in text
    both_taken = chief.submit(
        "/questions/export/download", {"format": "moodle"}, 200, form_at="/questions/export?format=moodle"
    )
    assert b"national" in both_taken.data
    entry = db.session.scalars(
        db.select(AuditEntry).filter_by(action="quizzes.export_questions").order_by(AuditEntry.at.desc())
    ).first()
    assert entry is not None
    assert entry.details["count"] == 2


def test_what_the_bank_gives_out_it_recognises_again(cast: Cast, visit: Visitors) -> None:
    with transaction():
        for kind in KINDS:
            key = f"kept-{kind.replace('_', '-')}"
            engine.save_question(key, body=sample(kind), source="content", now=clock.now())
    questions = queries.exportable(None)
    browser = visit(cast.instructor)
    for form in ("yaml", "moodle", "qti22", "qti30"):
        exported = formats.write(form, questions, {})
        post_file(browser, exported.data, exported.name)
        assert {row.state for row in rows_of(latest())} == {QuestionState.KNOWN}, form


def test_the_newer_types_are_looked_at_kept_and_taken_out_again(cast: Cast, visit: Visitors) -> None:
    newer = [kind for kind in grading.TYPES if kind not in KINDS]
    questions = [Question(f"new-{kind.replace('_', '-')}", pictured(authored(kind))) for kind in newer]
    exported = formats.write("yaml", questions, MEDIA)
    assert not exported.left_out
    browser = visit(cast.instructor, "en")
    address = post_file(browser, exported.data, exported.name)
    page = browser.page(address)
    shown = page.text_content()
    for seen in ("price * rate / 100", "100 to 900 in steps of 50", "Text criterion facts", "Dear Sir"):
        assert seen in shown, seen
    assert "2 至 5" not in shown
    # As candidates will see it, each in its own language, with the key in the fields and nothing to send.
    assert [found.text_content().strip() for found in page.cssselect("textarea[disabled]")][:2] == [
        "题目a model answer",
        "Text a model answer",
    ]
    assert {found.text_content() for found in page.cssselect("fieldset label.form-label")} >= {
        "您的作答",
        "Your answer",
    }
    assert page.cssselect(f"svg image[href$='{PICTURE}']")
    assert not page.cssselect("fieldset.question input:not([disabled]), fieldset.question select:not([disabled])")
    gaps = page.cssselect(".gapped select option[selected]")
    assert {gap.text_content() for gap in gaps} >= {"题目b", "Text b", "题目step b", "Text step b"}
    browser.submit(f"{address}/confirm", {}, form_at=address)
    assert {row.state for row in rows_of(latest())} == {QuestionState.PUBLISHED}
    taken = browser.submit("/questions/export/download", {"format": "yaml"}, 200, form_at="/questions/imports/new")
    _kind, again = formats.read(taken.data, "questions.zip", "zh")
    assert sorted(item.raw["type"] for item in again.items) == sorted(newer)
    assert again.media == MEDIA
    text = browser.get("/questions/export?format=moodle").get_data(as_text=True)
    assert "Cannot go" not in text
    assert "Part of it is understood only here, when it comes back: gaps, text." in text


def test_lists_need_the_same_statements_whatever_their_length(cast: Cast, visit: Visitors) -> None:
    browser = visit(cast.instructor)
    counts = []
    for repeated in (1, 3):
        page = post_file(browser, GIFT.encode() * repeated)
        for path in ("/questions/imports", page):
            browser.get(path)  # the library is read once for all pages
            with counted_statements() as statements:
                browser.get(path)
            counts.append(len(statements))
    assert counts[:2] == counts[2:]


def test_every_page_in_both_languages(cast: Cast, visit: Visitors) -> None:
    for locale in ("zh_Hans", "en"):
        browser = visit(cast.instructor, locale)
        page = post_file(browser, GIFT.encode())
        browser.submit(f"{page}/confirm", {}, form_at=page)
        for path in ("/questions/imports", page, "/questions/imports/new", "/questions/export"):
            browser.get(path)
        browser.get(f"/questions/drafts/{rows_of(latest())[0].id}")
    assert uuid.UUID(page.rsplit("/", 1)[1])


@pytest.fixture
def run(app: Flask) -> FlaskCliRunner:
    return app.test_cli_runner()


def test_the_command_line(cast: Cast, run: FlaskCliRunner, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("files")
    source, target = folder / "in.zip", folder / "out.xml"
    source.write_bytes(own_export())
    options = [str(source), "--language", "zh", "--organisation", cast.university.key]
    shown = run.invoke(args=["questions", "import", *options])
    assert shown.exit_code == 0, shown.output
    assert "7 to take, 0 left" in shown.output
    assert bank_size() == 0
    done = run.invoke(args=["questions", "import", *options, "--confirm"])
    assert "in the bank" in done.output
    assert bank_size() == 7
    out = run.invoke(args=["questions", "export", str(target), "--format", "gift"])
    assert "6 written, 1 left out" in out.output
    assert "left out import-" in out.output
    source.write_bytes(b"nothing")
    assert run.invoke(args=["questions", "import", *options]).exit_code == 1
    wrong = run.invoke(args=["questions", "import", str(source), "--language", "en", "--organisation", "nobody"])
    assert wrong.exit_code == 1
    assert "no organisation" in wrong.output


def test_the_engine_shows_the_pictures_of_imported_questions(app: Flask) -> None:
    address = f"media:{'a' * 64}.png"
    text = {"zh": f"![图]({address})", "en": f"![figure]({address})"}
    body = grading.validate("pictured", authored("single", prompt=text))
    with app.test_request_context("/"):
        view = question_view(body, Texts("en"))
    assert f'src="/questions/pictures/{"a" * 64}.png"' in view.prompt
    assert 'alt="figure"' in view.prompt
