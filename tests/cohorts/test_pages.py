"""The registrar's afternoon over HTTP, and everybody who must not have one."""

import io
from datetime import date

import pytest
from flask import Flask
from openpyxl import load_workbook

from app.accounts.models import Person
from app.cohorts import queries
from app.cohorts.models import Cohort, RecordExport
from app.core.database import db, release
from tests.support.cast import Cast, make_person
from tests.support.cohorts import join, make_cohort
from tests.support.courses import sync_folder
from tests.support.pages import Visitors, words
from tests.support.statements import counted_statements

ROSTER = (
    "学号,姓名,姓名拼音,邮箱\n0012026101,赵一,Zhao Yi,zhao@example.org\n0012026102,钱二,Qian Er,qian@example.org\n"
)


@pytest.fixture
def cohort(app: Flask, cast: Cast) -> Cohort:
    with app.app_context():
        sync_folder()
    return make_cohort(cast)


STAFF_PAGES = ("", "/export", "/roster")


@pytest.mark.parametrize("page", STAFF_PAGES)
def test_a_cohort_is_closed_to_everybody_elses_people(
    visit: Visitors, cast: Cast, cohort: Cohort, page: str
) -> None:
    path = f"/cohorts/{cohort.id}{page}"
    assert visit().get(path, 302).location.startswith("/sign-in")
    for person in (cast.outsider, cast.trainee, cast.cohort_mate):
        visit(person).get(path, 403)
    visit(cast.other_registrar).get(path, 404)
    visit(cast.registrar).get(path, 200)


def test_an_instructor_sees_the_cohort_and_changes_nothing(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    browser = visit(cast.instructor)
    assert "导入名册" not in words(browser.page(f"/cohorts/{cohort.id}"))
    browser.get(f"/cohorts/{cohort.id}/export", 403)


def test_unknown_and_malformed_addresses_are_not_found(visit: Visitors, cast: Cast) -> None:
    browser = visit(cast.registrar)
    browser.get("/cohorts/00000000-0000-0000-0000-000000000000", 404)
    browser.get("/cohorts/nonsense", 404)


def test_a_registrar_opens_a_cohort_and_is_told_when_the_dates_are_wrong(
    visit: Visitors, cast: Cast, cohort: Cohort
) -> None:
    browser = visit(cast.registrar)
    values = {
        "programme": "small-programme",
        "organisation": str(cast.university.id),
        "name": "2027年春季班",
        "starts_on": "2027-03-01",
        "ends_on": "2027-02-01",
    }
    wrong = browser.submit("/cohorts/new", values, 200)
    assert "结束日期早于开班日期" in wrong.get_data(as_text=True)
    assert 'value="2027年春季班"' in wrong.get_data(as_text=True)
    browser.submit("/cohorts/new", {**values, "ends_on": "2027-07-01"})
    found = db.session.scalars(db.select(Cohort).filter_by(name="2027年春季班")).one()
    assert found.starts_on == date(2027, 3, 1)


def test_a_roster_is_shown_before_anything_happens_and_imported_whole(
    visit: Visitors, cast: Cast, cohort: Cohort
) -> None:
    browser = visit(cast.registrar)
    path = f"/cohorts/{cohort.id}/roster"
    response = browser.submit(path, {"file": (io.BytesIO(ROSTER.encode("gb18030")), "名册.csv")})
    assert db.session.query(Person).filter_by(name="赵一").count() == 0
    preview = browser.page(response.location)
    assert "0012026101" in words(preview)
    browser.submit(response.location, {})
    person = db.session.scalars(db.select(Person).filter_by(name="赵一")).one()
    assert (person.student_number, person.latin_name, person.organisation_id) == (
        "0012026101",
        "ZHAO YI",
        cast.university.id,
    )
    assert len(queries.list_memberships(cohort.id)) == 2
    release()
    assert "已于" in words(browser.page(response.location))
    token = browser.token(f"/cohorts/{cohort.id}/roster")
    again = browser.client.post(response.location, data={"csrf_token": token})
    assert again.status_code == 409
    visit(cast.other_registrar).get(response.location, 404)


def test_one_bad_row_stops_the_whole_roster(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    browser = visit(cast.registrar)
    broken = ROSTER + ",无号,,\n"
    response = browser.submit(f"/cohorts/{cohort.id}/roster", {"file": (io.BytesIO(broken.encode()), "r.csv")})
    preview = browser.page(response.location)
    assert "请填写学号或电子邮箱" in words(preview)
    assert not preview.cssselect("main form[method=post]")
    token = browser.token(f"/cohorts/{cohort.id}/roster")
    refused = browser.client.post(response.location, data={"csrf_token": token})
    assert refused.location == response.location
    assert queries.list_memberships(cohort.id) == []


def test_a_file_that_is_no_roster_says_what_to_do(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    response = visit(cast.registrar).submit(
        f"/cohorts/{cohort.id}/roster", {"file": (io.BytesIO(b"\x89PNG\x00"), "r.png")}, 200
    )
    assert "既不是 Excel 工作簿" in response.get_data(as_text=True)


def test_an_export_needs_a_purpose_and_leaves_its_trace(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    join(cast, cohort, cast.trainee)
    browser = visit(cast.registrar)
    path = f"/cohorts/{cohort.id}/export"
    refused = browser.submit(path, {"format": "xlsx", "language": "zh_Hans", "columns": ["name"]}, 200)
    assert "请填写此项" in refused.get_data(as_text=True)
    response = browser.submit(
        path,
        {
            "purpose": "学籍核对",
            "format": "xlsx",
            "language": "zh_Hans",
            "columns": ["student_number", "name", "state"],
        },
        200,
    )
    sheet = load_workbook(io.BytesIO(response.data)).worksheets[0]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["学号", "姓名", "学籍状态"],
        ["0012026001", "林见微", "在读"],
    ]
    entry = db.session.scalars(db.select(RecordExport)).one()
    assert (entry.purpose, entry.row_count, entry.exported_by) == ("学籍核对", 1, cast.registrar.id)
    assert "学籍核对" in words(browser.page("/cohorts/exports"))
    assert "学籍核对" not in words(visit(cast.other_registrar).page("/cohorts/exports"))


def test_withdrawing_asks_why(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    membership = join(cast, cohort, cast.trainee)
    path = f"/cohorts/memberships/{membership.id}/withdraw"
    visit(cast.other_registrar).get(path, 404)
    browser = visit(cast.registrar)
    browser.submit(path, {"reason": ""}, 200)
    browser.submit(path, {"reason": "工作调动"})
    page = words(browser.page(f"/cohorts/{cohort.id}"))
    assert "工作调动" in page
    assert "已退班" in page


def test_a_trainee_joins_with_the_code_and_sees_her_programme(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    browser = visit(cast.trainee)
    wrong = browser.submit("/join", {"code": "XXXX"}, 422)
    assert "没有使用此入班码的开放班次" in wrong.get_data(as_text=True)
    response = browser.submit("/join", {"code": cohort.join_code})
    page = browser.page(response.location)
    assert "测试培养方案" in words(page)
    assert "下一步" in words(page)
    visit(cast.cohort_mate).get(response.location, 404)
    visit(cast.registrar, "en").get(response.location, 200)


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_programmes_are_public_in_both_languages(visit: Visitors, cohort: Cohort, locale: str) -> None:
    browser = visit(locale=locale)
    browser.get("/programmes")
    assert ("Example" if locale == "en" else "示例") in words(browser.page("/programmes/small-programme"))
    browser.get("/programmes/none-such", 404)


def test_the_lists_take_a_fixed_number_of_statements(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    browser = visit(cast.registrar)

    def statements(path: str) -> int:
        release()
        with counted_statements() as seen:
            browser.get(path)
        return len(seen)

    join(cast, cohort, cast.trainee)
    browser.get(f"/cohorts/{cohort.id}")  # outlines are kept by the process from here on
    index, show = statements("/cohorts/"), statements(f"/cohorts/{cohort.id}")
    make_cohort(cast, "另一班")
    for person in (cast.cohort_mate, cast.outsider, cast.instructor):
        join(cast, cohort, person)
    assert statements("/cohorts/") == index <= 4
    assert statements(f"/cohorts/{cohort.id}") == show <= 12


def test_a_row_that_names_somebody_elses_number_or_address_is_shown_as_a_fault(
    visit: Visitors, cast: Cast, cohort: Cohort
) -> None:
    browser = visit(cast.registrar)
    rows = f"学号,姓名,邮箱\n0012026001,别人,\n,林见微,{cast.trainee.email}\n,别人,{cast.other_instructor.email}\n"
    response = browser.submit(f"/cohorts/{cohort.id}/roster", {"file": (io.BytesIO(rows.encode()), "r.csv")})
    page = browser.page(response.location)
    results = {
        row.cssselect("th")[0].text_content().strip(): row.cssselect("td")[-1].text_content()
        for row in page.cssselect("tbody tr")
    }
    assert "学号已属于" in results["2"]
    assert "可导入" in results["3"] or "有误" not in results["3"]
    assert "邮箱已属于" in results["4"]


def test_a_fault_that_appears_after_the_preview_imports_nothing(
    visit: Visitors, cast: Cast, cohort: Cohort
) -> None:
    browser = visit(cast.registrar)
    response = browser.submit(f"/cohorts/{cohort.id}/roster", {"file": (io.BytesIO(ROSTER.encode()), "r.csv")})
    browser.page(response.location)
    make_person(cast.other_university, name="另有其人", email="qian@example.org")
    token = browser.token(response.location)
    refused = browser.client.post(response.location, data={"csrf_token": token})
    assert refused.location == response.location
    assert "邮箱已属于" in words(browser.page(response.location))
    assert queries.list_memberships(cohort.id) == []
    assert db.session.query(Person).filter_by(name="赵一").count() == 0


def test_the_empty_workbook_keeps_leading_zeros(visit: Visitors, cast: Cast) -> None:
    data = visit(cast.registrar).get("/cohorts/roster-template.xlsx").data
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["学号", "姓名", "姓名拼音", "电子邮箱"]
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    visit(cast.trainee).get("/cohorts/roster-template.xlsx", 403)


NEWCOMER = {
    "name": "新学员",
    "latin_name": "xin xueyuan",
    "email": "new@example.org",
    "student_number": "",
    "password": "correct horse battery",
    "repeated": "correct horse battery",
    "consent": "y",
}


@pytest.mark.parametrize("locale", ["zh_Hans", "en"])
def test_somebody_without_an_account_joins_with_the_code(
    visit: Visitors, cast: Cast, cohort: Cohort, locale: str
) -> None:
    code = cohort.join_code
    browser = visit(None, locale)
    lead = browser.submit("/join", {"code": f" {code.lower()} "})
    assert lead.location == f"/join/{code}"
    browser.submit(lead.location, NEWCOMER | {"consent": ""} | {"latin_name": "新"}, 422)
    joined = browser.submit(lead.location, NEWCOMER)
    browser.get(joined.location)
    person = db.session.scalars(db.select(Person).filter_by(email="new@example.org")).one()
    assert (person.latin_name, person.organisation_id) == ("XIN XUEYUAN", cast.university.id)
    assert [membership.person_id for membership in queries.list_memberships(cohort.id)] == [person.id]


def test_an_address_that_has_an_account_is_led_to_the_sign_in(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    page = visit().submit(f"/join/{cohort.join_code}", NEWCOMER | {"email": cast.trainee.email}, 422)
    assert "此信息已有账户" in page.get_data(as_text=True)
    assert queries.list_memberships(cohort.id) == []
    release()
    signed_in = visit(cast.trainee)
    assert signed_in.get(f"/join/{cohort.join_code}", 302).location == f"/join?code={cohort.join_code}"


def test_wrong_codes_are_counted_and_closed_ones_open_nothing(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    for _ in range(5):
        visit().submit("/join", {"code": "WRONGWRO"}, 422)
    visit().submit("/join", {"code": "WRONGWRO"}, 429)
    code = cohort.join_code
    browser = visit(cast.registrar)
    browser.submit(f"/cohorts/{cohort.id}/joining", {}, form_at=f"/cohorts/{cohort.id}")
    visit().get(f"/join/{code}", 302)


def test_a_long_roster_takes_few_statements(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    browser = visit(cast.registrar)

    def statements(start: int, count: int) -> int:
        rows = "".join(f"{number},学员,s{number}@example.org\n" for number in range(start, start + count))
        data = io.BytesIO(f"学号,姓名,邮箱\n{rows}".encode())
        preview = browser.submit(f"/cohorts/{cohort.id}/roster", {"file": (data, "r.csv")}).location
        token = browser.token(preview)
        with counted_statements() as sent:
            assert browser.client.post(preview, data={"csrf_token": token}).location == f"/cohorts/{cohort.id}"
        release()
        return len([one for one in sent if "audit_entries" not in one])

    assert statements(1, 2) == statements(1000, 60) <= 25
    assert len(queries.list_memberships(cohort.id)) == 62


def test_the_copy_of_ones_own_data_names_ones_cohorts(visit: Visitors, cast: Cast, cohort: Cohort) -> None:
    join(cast, cohort, cast.trainee)
    [mine] = visit(cast.trainee).get("/account/data/download").get_json()["cohorts"]
    assert (mine["cohort"], mine["state"]) == ("2026年秋季班", "active")
    assert visit(cast.cohort_mate).get("/account/data/download").get_json()["cohorts"] == []
