"""The whole story in a real browser, before the real processes of script/serve.py, in both languages.

Each page on the way is looked at by its window: WCAG 2.2 AA, language, one h1, no script or policy complaint.
"""

import csv
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
import psutil
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.config import PROJECT
from tests.support.courses import SMALL, sync_folder
from tests.support.processes import children_of, free_port, kill_group, own_site, wait_until
from tests.support.windows import Window

pytestmark = [pytest.mark.journey, pytest.mark.timeout(600)]

PASSWORD: Final = "quiet harbour lantern 27"
TRAINEE: Final = "lin@example.org"
NAMES: Final = ("林见微", "LIN JIANWEI")
NUMBER: Final = re.compile(r"OIPA-\d{4}-\d{6}-\d{2}")
CODE: Final = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b")
ROSTER: Final = (
    "学号,姓名,姓名拼音,邮箱\n"
    f"0012026001,林见微,LIN JIAN WEI,{TRAINEE}\n"
    "0012026002,=周知行,ZHOU ZHIXING,zhou@example.org\n"
)
WORDS: Final = {
    "zh_Hans": {"valid": "有效", "programme": "测试培养方案", "right": "机关", "false": "错误"},
    "en": {"valid": "Valid", "programme": "Test programme", "right": "The agency", "false": "False"},
}


@dataclass
class Stage:
    """A running academy, the language of the story, and who has come in so far."""

    browser: Browser
    base: str
    locale: str
    first_link: str
    files: Path
    windows: list[Window] = field(default_factory=list)

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.locale]

    def window(self, **size: int) -> Window:
        self.windows.append(Window(self.browser, self.base, self.locale, **size))
        return self.windows[-1]


@pytest.fixture(params=["zh_Hans", "en"])
def stage(request: pytest.FixtureRequest, tmp_path: Path, browser: Browser) -> Iterator[Stage]:
    """What script/server runs, on the small content, with nobody in it but an invited administrator."""
    content, port = tmp_path / "content", free_port()
    shutil.copytree(SMALL, content)
    shutil.copy(PROJECT / "content" / "expert-criteria.yaml", content)
    base = f"http://127.0.0.1:{port}"
    with own_site(tmp_path / "data", content_dir=content, public_url=base, job_sweep_seconds=0.2) as site:
        sync_folder(content)
        made = site.command("accounts", "create-admin", "--email", "admin@example.org", "--name", "高管理")
        link = re.search(rf"{base}\S+", made.output)
        assert link is not None, made.output
        command = [sys.executable, "script/serve.py", "--port", str(port), "--data", str(site.folder)]
        with (tmp_path / "log").open("w") as log:
            server = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=site.environment,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        try:
            wait_until(lambda: _answers(base), "the academy is open", seconds=180)
            stage = Stage(browser, base, request.param, link[0], tmp_path)
            yield stage
            for window in stage.windows:
                window.close()
        finally:
            family = children_of(server) if server.poll() is None else []
            for process in family:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            kill_group(server)


def _answers(base: str) -> bool:
    try:
        return httpx.get(f"{base}/readyz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def test_from_an_invitation_to_a_verified_expert(stage: Stage) -> None:
    administrator = begin(stage.window(), stage.first_link)
    registrar = invite(stage, administrator, "registrar", "吴教务", "registrar@example.org")
    reviewer = invite(stage, administrator, "certifier", "何初审", "first@example.org")
    decider = invite(stage, administrator, "certifier", "沈复核", "second@example.org")

    cohort = open_cohort(stage, registrar)
    import_roster(stage, registrar, cohort)

    trainee = begin(stage.window(height=420), letter_to(stage, TRAINEE))
    confirm_names(trainee)
    study(stage, trainee)
    programme = sit_course_exam(trainee)
    sit_certification(trainee, programme)

    number, code = get_certificate(stage, trainee)
    apply_to_the_pool(trainee)
    admit(reviewer, decider)
    expect(trainee.open("/experts").locator("main .status.is-ok").first).to_be_visible()
    find_in_the_pool(reviewer)
    export_records(stage, registrar, cohort)
    verify(stage, number, code)


def begin(window: Window, link: str) -> Window:
    """The link of a letter, a password, consent: signed in."""
    page = window.open(link)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=repeated]").fill(PASSWORD)
    page.locator("[name=consent]").check()
    window.send()
    expect(page.locator(".site-header details.menu")).to_be_visible()
    return window


def letter_to(stage: Stage, email: str) -> str:
    """The link in somebody's newest letter, as the development mail page shows it."""
    window = stage.window()
    window.open("/development/mail/")
    page = window.follow(window.page.locator("tr", has_text=email).first.get_by_role("link"))
    link = page.locator(".prose a[href*='/invitations/']").first.get_attribute("href")
    assert link is not None
    return link


def invite(stage: Stage, administrator: Window, role: str, name: str, email: str) -> Window:
    """The administrator invites somebody, who begins."""
    page = administrator.open("/people/invite")
    page.locator("[name=name]").fill(name)
    page.locator("[name=email]").fill(email)
    organisation = "测试大学|Test University" if role == "registrar" else "测试主管机构|Test Authority"
    option = page.locator("[name=organisation_id] option").filter(has_text=re.compile(organisation))
    page.locator("[name=organisation_id]").select_option(option.get_attribute("value"))
    page.locator("[name=role]").select_option(role)
    administrator.send()
    return begin(stage.window(), letter_to(stage, email))


def open_cohort(stage: Stage, registrar: Window) -> str:
    """A cohort of the small programme; its address."""
    page = registrar.open("/cohorts/new")
    page.locator("[name=programme]").select_option("small-programme")
    page.locator("[name=name]").fill("二〇二六年第一期")
    page.locator("[name=session_number]").fill("2026-1")
    page.locator("[name=starts_on]").fill("2026-11-01")
    page.locator("[name=ends_on]").fill("2099-12-31")
    registrar.send()
    expect(page.locator("h1")).to_have_text("二〇二六年第一期")
    return page.url.removeprefix(stage.base)


def import_roster(stage: Stage, registrar: Window, cohort: str) -> None:
    """A row with a fault stops the import; the mended file goes in whole."""
    faulty, mended = stage.files / "faulty.csv", stage.files / "roster.csv"
    faulty.write_text(ROSTER, "utf-8-sig")
    mended.write_text(ROSTER.replace("=周", "周"), "utf-8-sig")
    page = registrar.open(f"{cohort}/roster")
    page.locator("[name=file]").set_input_files(faulty)
    registrar.send()
    expect(page.locator("tbody .status.is-danger")).to_have_count(1)
    expect(page.locator("main form")).to_have_count(0)
    page = registrar.open(f"{cohort}/roster")
    page.locator("[name=file]").set_input_files(mended)
    registrar.send()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody td", has_text="0012026001")).to_have_count(1)
    registrar.send()
    expect(page.locator("main")).to_contain_text("林见微")


def confirm_names(trainee: Window) -> None:
    """The roster had the Latin name in three parts; her passport has two."""
    page = trainee.open("/account/names")
    expect(page.locator("[name=name]")).to_have_value(NAMES[0])
    page.locator("[name=latin_name]").fill(NAMES[1])
    trainee.send()
    page = trainee.open("/account/names")
    expect(page.locator(".name-plate-latin")).to_have_text(NAMES[1])
    expect(page.locator(".name-plate .status.is-ok")).to_be_visible()


def study(stage: Stage, trainee: Window) -> None:
    """Every lesson read to its end by scrolling, every check question answered."""
    page = trainee.open("/courses/small")
    expect(page.locator(".card-next a[href$='/exam']")).to_have_count(0)
    for lesson in ("m1-first/basics", "m1-first/case", "m2-second/rule"):
        page = trainee.open(f"/courses/small/{lesson}")
        for end in page.locator("[data-section-end]").all():
            end.scroll_into_view_if_needed()
        expect(page.locator("[data-section]:not([data-read])")).to_have_count(0)
        page.wait_for_function("() => ['', '{}'].includes(Object.values(localStorage).join(''))")
        if lesson == "m1-first/basics":
            check_question(page, page.get_by_label(stage.words["right"]))
            trainee.look()
        if lesson == "m1-first/case":
            check_question(page, page.locator(".check input[value=false]"))
    page = trainee.open("/courses/small")
    expect(page.locator(".card-next a[href$='/exam']")).to_have_count(1)


def check_question(page: Page, answer: Locator) -> None:
    answer.check()
    page.locator(".check form button").click()
    expect(page.locator(".check .feedback.is-ok")).to_be_visible()


def sit_course_exam(trainee: Window) -> str:
    """From the course page by the rules into its examination and out again; the address of her programme."""
    page = trainee.follow(trainee.page.locator(".card-next a[href$='/exam']"))
    trainee.follow(page.locator("form[action$='/exam/start'] button"))
    answer_paper(trainee)
    page = trainee.open("/")
    programme = page.locator("a[href^='/my-programmes/']").first.get_attribute("href")
    assert programme is not None
    return re.sub(r"/examination$", "", programme)


def sit_certification(trainee: Window, programme: str) -> None:
    page = trainee.open(f"{programme}/examination")
    trainee.follow(page.locator("form[action$='/examination/start'] button"))
    answer_paper(trainee)


def answer_paper(trainee: Window) -> None:
    """Each question answered and acknowledged; looked over; submitted; all of it right."""
    page = trainee.page
    for question in page.locator(".exam-question").all():
        page.locator(f"[data-nav='{question.get_attribute('data-item')}']").click()
        kind = question.locator("[data-question]").get_attribute("data-question")
        if kind == "multiple":
            for right in (re.compile("排除令|Exclusion order"), re.compile("停止令|Cease-and-desist")):
                question.locator("label.choice", has_text=right).locator("input").check()
        elif kind == "numeric":
            question.locator("input[inputmode]").fill("20")
        else:
            assert kind == "short_text"
            question.locator("input.form-control").fill("测试规定")
        expect(page.locator("#save-state.is-ok")).to_be_visible()
    expect(page.locator(".question-nav .is-answered")).to_have_count(3)
    expect(page.locator(".question-nav .is-unsaved")).to_have_count(0)
    trainee.look()
    trainee.follow(page.locator("button[value=review]"))
    trainee.send()
    expect(page.locator("h1")).to_contain_text("100%")


def get_certificate(stage: Stage, trainee: Window) -> tuple[str, str]:
    """The worker draws it; she downloads it and reads number and code."""
    page = trainee.open("/certificates")
    page = trainee.follow(page.locator("main h2 a").first)
    wait_until(lambda: _is_drawn(page), "the certificate is drawn", seconds=60)
    trainee.look()
    file = trainee.download(page.locator("a[href$='/file']"), stage.files)
    text = subprocess.run(["pdftotext", file, "-"], capture_output=True, text=True, check=True).stdout
    assert all(name in text for name in NAMES), text
    number, code = NUMBER.search(page.content()), CODE.search(page.locator("aside").inner_text())
    assert number is not None
    assert code is not None
    assert number[0] in file.name
    return number[0], code[0]


def _is_drawn(page: Page) -> bool:
    page.reload()
    return page.locator("a[href$='/file']").count() == 1


def apply_to_the_pool(trainee: Window) -> None:
    page = trainee.open("/experts")
    trainee.follow(page.locator("form[action$='/experts/start'] button"))
    page.locator("[name=category][value=lawyer]").check()
    page.locator("[name=practice_fields][value=section-337]").check()
    page.locator("[name=jurisdictions][value=US]").check()
    page.locator("[name=language_0]").select_option("en")
    page.locator("[name=level_0]").select_option("working")
    trainee.refused(page.locator("button[name=submit]"))
    expect(
        page.locator("#error-summary")
    ).to_be_visible()  # the criteria are not answered yet; what was entered stays
    expect(page.locator("[name=practice_fields][value=section-337]")).to_be_checked()
    page.locator("[name=years_experience]").fill("8")
    page.locator("[name=text_experience]").fill("执业律师，办理涉外知识产权案件八年。")
    page.locator("[name=declared_conduct]").check()
    page.locator("[name=declared_confidentiality]").check()
    trainee.follow(page.locator("button[name=submit]"))
    expect(page.locator("#error-summary")).to_have_count(0)


def admit(reviewer: Window, decider: Window) -> None:
    """One certifier reviews, who then may not decide; another decides."""
    page = reviewer.open("/experts/applications")
    page = reviewer.follow(page.locator("main a[href^='/experts/applications/']").first)
    expect(page.locator(".evidence-row .status.is-danger")).to_have_count(0)
    page.locator("form[action$='/review'] [name=unbiased]").check()
    reviewer.follow(page.locator("form[action$='/review'] button"))
    page.locator("[name=verdict][value=yes]").check()
    page.locator("[name=reason]").fill("培训、考试与从业年限均有证据。")
    reviewer.follow(page.locator("form[action$='/recommendation'] button"))
    expect(page.locator("form[action$='/decision']")).to_have_count(0)
    application = page.url
    page = decider.open(application)
    page.locator("[name=verdict][value=yes]").check()
    page.locator("[name=years]").fill("3")
    page.locator("form[action$='/decision'] [name=reason]").fill("同意审查意见，予以聘任。")
    page.locator("form[action$='/decision'] [name=unbiased]").check()
    decider.follow(page.locator("form[action$='/decision'] button"))
    expect(page.locator("main a[href^='/experts/pool/']").first).to_be_visible()


def find_in_the_pool(certifier: Window) -> None:
    page = certifier.open("/experts/pool?field=section-337")
    expect(page.locator("main")).to_contain_text(NAMES[0])
    page = certifier.open("/experts/pool?field=copyright")
    expect(page.locator("main")).not_to_contain_text(NAMES[0])


def export_records(stage: Stage, registrar: Window, cohort: str) -> None:
    page = registrar.open(f"{cohort}/export")
    page.locator("[name=purpose]").fill("结业学员归档")
    page.locator("[name=format][value=csv]").check()
    file = registrar.download(page.locator("main form button.btn-primary"), stage.files)
    rows = list(csv.reader(file.read_text("utf-8-sig").splitlines()))
    assert len(rows) == 3
    assert ["0012026001" in row for row in rows] == [False, True, False]
    assert [any(cell.startswith("100") for cell in row) for row in rows] == [False, True, False]  # her examination
    page = registrar.open("/cohorts/exports")
    expect(page.locator("main")).to_contain_text("结业学员归档")


def verify(stage: Stage, number: str, code: str) -> None:
    """By number alone a stranger learns little; with the code, everything; with a wrong code, that it is wrong."""
    stranger = stage.window(width=390)
    page = stranger.open("/verify")
    form = page.locator("form[data-verify]")
    ask = form.get_by_role("button")
    form.locator("[name=number]").fill(number.lower())
    stranger.follow(ask)
    expect(page.locator(".verdict.is-ok .verdict-word")).to_have_text(stage.words["valid"])
    expect(page.locator("main")).not_to_contain_text(NAMES[0])
    form.locator("[name=number]").fill(number)
    form.locator("[name=code]").fill(code)
    stranger.follow(ask)
    expect(page.locator(".verdict.is-ok .verdict-word")).to_have_text(stage.words["valid"])
    expect(page.locator("[data-claims]")).to_contain_text(NAMES[0])
    expect(page.locator("[data-claims]")).to_contain_text(stage.words["programme"])
    form.locator("[name=number]").fill(number)
    form.locator("[name=code]").fill("0000-0000-0000-0000" if code[0] != "0" else "1111-1111-1111-1111")
    stranger.follow(ask)
    expect(page.locator(".verdict.is-danger")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(NAMES[0])
