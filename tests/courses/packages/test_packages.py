"""Courses out and in: whose they are, nothing before the confirmation, and the same digests after a round trip."""

import io

import pytest
from flask import current_app
from sqlalchemy import func, select

from app.core import clock
from app.core.access import Role
from app.core.database import db, release, transaction
from app.core.errors import Conflict, NotAllowed, NotFound
from app.courses.authoring import queries as authoring
from app.courses.authoring.models import CourseSource
from app.courses.authoring.rules import digest_of_bytes
from app.courses.packages import queries, services
from app.courses.packages.models import PackageImport
from app.courses.packages.own import pack
from tests.support.authoring import author, change, instructor, open_draft
from tests.support.cast import Cast, make_person
from tests.support.courses import sync_folder
from tests.support.olx import HTML, olx
from tests.support.packages import cartridge, small_files, take_in, tarred
from tests.support.pages import Visitors, words
from tests.support.recordings import pdf


def test_an_outsider_takes_nothing_out_and_puts_nothing_in(cast: Cast) -> None:
    sync_folder()
    insider = author(cast)
    open_draft(insider)
    outsider, root = instructor(cast.other_instructor), current_app.extensions["academy.settings"].data_dir
    for state in ("draft", "published"):
        with pytest.raises(NotFound):
            queries.pack_course(outsider, "small", state, root)
    with pytest.raises(NotAllowed):
        take_in(outsider, cast.authority.id, cartridge())
    _draft, plan = take_in(insider, cast.authority.id, cartridge())
    upload_id = db.session.scalars(select(PackageImport.id)).one()
    release()
    with pytest.raises(NotFound), transaction():
        services.confirm_upload(outsider, upload_id, plan, now=clock.now())
    with pytest.raises(Conflict), transaction():
        services.discard_upload(insider, upload_id)


def test_a_round_trip_has_the_same_digests_and_the_same_bytes(cast: Cast) -> None:
    files, root = small_files(), current_app.extensions["academy.settings"].data_dir
    insider = author(cast)
    draft, _plan = take_in(insider, cast.authority.id, pack("small", files))
    assert authoring.manifest_of_draft(draft.id) == {path: digest_of_bytes(data) for path, data in files.items()}
    assert authoring.conflicts_of(draft.id) == []
    assert queries.pack_course(insider, "small", "draft", root).data == pack("small", files)
    with pytest.raises(NotFound):
        queries.pack_course(insider, "small", "published", root)
    with pytest.raises(Conflict):
        take_in(insider, cast.authority.id, pack("small", files))


def test_the_content_check_names_what_nobody_has_translated(cast: Cast) -> None:
    sync_folder()
    insider = author(cast)
    draft, _plan = take_in(insider, cast.authority.id, cartridge())
    module = "m1-orders/module.yaml"
    assert {"law", "objectives"} <= {
        word for fault in authoring.faults_of(draft.id, module) for word in str(fault.wrong).split("`")
    }
    change(insider, draft, module, "law: []", "law: [cn-test-rule]")
    change(insider, draft, module, "objectives: []", "objectives: [{id: o1, zh: 说出规定, en: Name the rule}]")
    known = {"law", "objective", "difficulty", "feedback", "prompt", "choices", "string should", "levels", "model"}
    asked = authoring.faults_of(draft.id, "m1-orders/questions.yaml")
    assert [fault for fault in asked if not any(word in str(fault.wrong) for word in known)] == []
    assert len([fault for fault in asked if "`objective` is missing" in str(fault.wrong)]) == 7
    found = authoring.faults_of(draft.id, "m1-orders/01-exclusion-orders.zh.md")
    assert [fault.line for fault in found if "is empty" in str(fault.wrong)] == [1, 3]
    assert all(
        "is empty" not in str(fault.wrong) for fault in authoring.faults_of(draft.id, "m1-orders/02-links.en.md")
    )


def test_an_open_edx_course_lacks_only_what_its_author_must_say(cast: Cast) -> None:
    sync_folder()
    insider = author(cast)
    page = HTML + '<p><a href="/static/notes.pdf">Notes</a></p>'
    changed: dict[str, bytes | str] = {"course/html/0000.html": page, "course/static/notes.pdf": pdf()}
    draft, plan = take_in(insider, cast.authority.id, tarred(olx(changed)))
    assert {path.partition("/")[0] for path in plan.files} == {"course.yaml", "figures", "media", "m1-orders"}
    missing = ("is missing", "is empty", "at least 1", "no caption", "differ from the Chinese")
    found = [fault for path in plan.files for fault in authoring.faults_of(draft.id, path)]
    assert [fault for fault in found if not any(words in str(fault.wrong) for words in missing)] == []


def test_pages_show_everything_before_a_course_is_made(cast: Cast, visit: Visitors) -> None:
    sync_folder()
    person = make_person(cast.authority, Role.INSTRUCTOR)
    browser, organisation = visit(person, "en"), str(cast.authority.id)
    sent = {"file": (io.BytesIO(cartridge()), "borders.imscc"), "language": "en", "organisation": organisation}
    shown = browser.submit("/authoring/packages/new", sent, 303).headers["Location"]
    text = words(browser.page(shown))
    assert not browser.page(shown).cssselect("iframe")  # a reason that names an element is text
    for expected in ("<iframe>", "border-measures", "Exclusion orders", "Who decides?", "img/spare.png"):
        assert expected in text
    assert db.session.get(CourseSource, "border-measures") is None
    outsider = visit(cast.other_instructor)
    outsider.get(shown, 404)
    assert ["borders.imscc" in words(one.page("/authoring/packages/new")) for one in (browser, outsider)] == [
        True,
        False,
    ]
    release()
    made = browser.submit(f"{shown}/confirm", {}, 303, form_at=shown).headers["Location"]
    assert "Exclusion orders" in words(browser.page(made))
    assert "was made of this package" in words(browser.page(shown))
    assert "borders.imscc" not in words(browser.page("/authoring/packages/new"))
    browser.submit(f"{shown}/confirm", {}, 409, form_at="/authoring")
    again = browser.submit(
        "/authoring/packages/new",
        {"file": (io.BytesIO(cartridge()), "borders.imscc"), "language": "en", "organisation": organisation},
        422,
    )
    assert "exists already" in again.get_data(as_text=True)
    package = browser.submit("/authoring/small/package/published", {}, 200, form_at="/authoring/small/history")
    assert package.data == pack("small", small_files())
    assert package.mimetype == "application/zip"


def test_a_refused_package_says_why_and_can_be_thrown_away(cast: Cast, visit: Visitors) -> None:
    browser = visit(make_person(cast.authority, Role.INSTRUCTOR), "en")
    sent = {
        "file": (io.BytesIO(b"no archive"), "x.zip"),
        "language": "zh",
        "organisation": str(cast.authority.id),
    }
    shown = browser.submit("/authoring/packages/new", sent, 303).headers["Location"]
    page = browser.page(shown)
    assert "neither a ZIP archive nor" in words(page)
    assert not [form for form in page.cssselect("form") if form.get("action", "").endswith("/confirm")]
    browser.submit(f"{shown}/confirm", {}, 409, form_at=shown)
    browser.submit(f"{shown}/discard", {}, 303, form_at=shown)
    assert "thrown away" in words(browser.page(shown))
    assert db.session.scalar(select(func.count()).select_from(CourseSource)) == 0
