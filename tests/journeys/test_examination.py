"""The examination in a real browser: offline, two tabs, two devices, signed out, keyboard, no JavaScript."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Route, expect

from app.core import clock
from app.core.database import transaction
from app.core.languages import DEFAULT_ZONE
from app.quizzes import grading
from app.quizzes.models import Attempt, AttemptState
from app.quizzes.services.attempts import close_attempt
from tests.support.chromium import violations
from tests.support.dragging import into_order, into_text, onto_image
from tests.support.sitting import (
    SAVED,
    choose,
    come_back,
    end_session,
    held_back,
    is_kept,
    saved,
    seconds,
    tab_to,
    turn_away,
    type_at_once,
    uncovered,
)

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]


def test_offline_answers_wait_survive_a_reload_and_are_sent_once_in_order(sit: Any) -> None:
    sitting = sit("single", "single")
    page = sitting.page()
    choose(page, 1, 0)
    saved(page)
    page.context.set_offline(True)
    choose(page, 1, 1)
    last = choose(page, 1, 2)
    other = choose(page, 2, 3)
    expect(page.locator("#save-state")).to_contain_text("3")
    expect(page.locator("#save-state")).to_have_class(re.compile("is-attention"))
    assert len(sitting.events()) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    page = sitting.page(page.context)  # the page is loaded anew; what waited is still there, and goes
    saved(page)
    events = sitting.events()
    assert [event.ordinal for event in events] == [1, 2, 3, 4]
    assert len({event.client_id for event in events}) == 4
    assert [event.client_seq for event in events] == sorted(event.client_seq for event in events)
    assert sitting.answers() == {1: {"choice": last}, 2: {"choice": other}}
    expect(page.locator(f"#question-1 input[value='{last}']")).to_be_checked()


def test_a_phone_that_is_offline_for_a_minute_loses_nothing_and_needs_no_reload(sit: Any) -> None:
    sitting = sit("single", "multiple", "short_text")
    abroad = {"timezone_id": "America/New_York"}  # her phone's clock is set to where she is, her account to home
    context = sitting.device(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, **abroad)
    sitting.sleeper(context)
    page = context.new_page()
    page.clock.install()
    page.goto(sitting.path)
    page.locator("#question-1 label.choice").nth(0).tap()
    page.clock.run_for(12_000)  # the other tab should send it, and sleeps
    saved(page)
    received = sitting.events()[0].received_at.astimezone(ZoneInfo(DEFAULT_ZONE))
    expect(page.locator("#save-state")).to_contain_text(f"{received:%H:%M:%S}")
    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('online'))")  # asks at once, and not within 20 seconds
    state = page.locator("#save-state")
    expect(state).to_contain_text("均已保存")
    assert type_at_once(page.locator("#question-3 input[type=text]"), "国") == "尚未保存"  # neither there nor here
    assert turn_away(page) == 1
    page.locator("#question-1 label.choice").nth(1).tap()
    page.locator("#question-1 [data-step='1']").tap()
    for option in (0, 2):
        page.locator("#question-2 label.choice").nth(option).tap()
    page.locator("#question-2 [data-step='1']").tap()
    assert uncovered(page, "#question-3 h2")
    page.locator("#question-3 input[type=text]").fill("国内产业")
    page.clock.run_for(20_000)
    expect(state).to_contain_text("5")  # of these she is told, and that they are kept
    expect(state).to_have_class(re.compile("is-attention"))
    before = page.locator("#clock [data-left]").inner_text()
    page.clock.run_for(40_000)
    assert seconds(before) - seconds(page.locator("#clock [data-left]").inner_text()) >= 38  # her time goes on
    expect(state).to_contain_text("5")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert len(sitting.events()) == 1
    page.context.set_offline(False)
    saved(page)
    events = sitting.events()
    assert [event.ordinal for event in events] == [1, 2, 3, 4, 5, 6]
    assert [event.client_seq for event in events] == sorted({event.client_seq for event in events})
    page.locator("button[value=review]").tap()
    page.wait_for_url(f"{sitting.path}/review")
    page.locator("main form button[type=submit]").tap()
    page.wait_for_url(f"{sitting.path}/result")
    expect(page.locator("h1")).to_contain_text("100%")


def test_two_tabs_follow_each_other_and_send_once(sit: Any) -> None:
    sitting = sit("single", "single", "numeric")
    first = sitting.page()
    second = sitting.page(first.context)
    one = choose(first, 1, 0)
    saved(first)
    two = choose(second, 2, 1)
    saved(second)
    expect(second.locator(f"#question-1 input[value='{one}']")).to_be_checked()
    expect(first.locator(f"#question-2 input[value='{two}']")).to_be_checked()
    first.context.set_offline(True)
    for page in (first, second):
        page.evaluate("dispatchEvent(new Event('online'))")  # asks at once, and not within 20 seconds
        expect(page.locator("#save-state")).to_contain_text("均已保存")  # nothing waits, and nothing is said to
    first.context.set_offline(False)
    for page in (first, second):  # also the tab that does not send
        expect(page.locator("#save-state")).to_have_class(re.compile("is-ok"))
    second.locator("[data-nav]").nth(2).click()
    second.locator("#question-3 input[type=text]").fill("三十")  # the first one sends it, and is told
    expect(second.locator("#question-3 [data-error]")).to_contain_text("用数字")
    expect(second.locator("#save-state")).to_have_class(re.compile("is-danger"))
    second.locator("#question-3 input[type=text]").fill("")
    saved(second)
    first.close()  # the sender goes; the other tab takes over
    three = choose(second, 1, 3)
    saved(second)
    assert sitting.answers() == {1: {"choice": three}, 2: {"choice": two}, 3: {}}
    assert len(sitting.events()) == 4


def test_a_stale_answer_of_another_device_does_not_win_and_is_told(sit: Any) -> None:
    sitting = sit("single", "single")
    phone, tablet = sitting.page(), sitting.page()
    phone.context.set_offline(True)
    older = choose(phone, 1, 0)
    expect(phone.locator("#save-state")).to_have_class(re.compile("is-attention"))
    newer = choose(tablet, 1, 2)
    saved(tablet)
    phone.context.set_offline(False)
    saved(phone)
    expect(phone.locator("#question-1 [data-overtaken]")).to_be_visible()
    expect(phone.locator(f"#question-1 input[value='{newer}']")).to_be_checked()
    assert sitting.answers()[1] == {"choice": newer}
    assert [event.superseded for event in sitting.events()] == [False, True]
    assert violations(phone) == []
    phone.locator("#question-1 [data-mine]").click()  # what she had given on the phone was kept: she takes that
    expect(phone.locator(f"#question-1 input[value='{older}']")).to_be_checked()
    saved(phone)
    assert sitting.answers()[1] == {"choice": older}


def test_a_session_that_ends_mid_exam_loses_nothing(sit: Any) -> None:
    sitting = sit("single")
    page = sitting.page()
    end_session(sitting.login_id)
    taken = choose(page, 1, 1)
    expect(page.locator("#exam-notice")).to_contain_text("登录")
    assert page.locator("#exam-notice a[target=_blank]").count() == 1
    assert sitting.events() == []
    sitting.sign_in(page.context)  # as in another tab
    saved(page)
    expect(page.locator("#exam-notice")).to_be_hidden()
    assert sitting.answers() == {1: {"choice": taken}}
    assert len(sitting.events()) == 1


def test_signing_out_with_unsent_answers_asks_first(sit: Any) -> None:
    sitting = sit("single")
    page = sitting.page()
    home = page.context.new_page()
    home.goto("/profile")
    page.context.set_offline(True)
    choose(page, 1, 1)
    expect(page.locator("#save-state")).to_have_class(re.compile("is-attention"))
    asked: list[str] = []
    home.on("dialog", lambda dialog: asked.append(dialog.message))
    home.on("dialog", lambda dialog: dialog.dismiss())
    home.locator("details[data-menu] summary").last.click()
    home.locator("form[data-unsent] button").click()
    assert len(asked) == 1
    assert home.url.endswith("/profile"), home.url
    page.context.set_offline(False)
    saved(page)


def test_the_examination_is_passed_by_keyboard_alone(sit: Any) -> None:
    sitting = sit("single", "true_false", "numeric")
    page = sitting.page(viewport={"width": 1280, "height": 800})
    tab_to(page, "#question-1 .choice input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")  # b, the right one
    tab_to(page, "#question-1 [data-step='1']")
    page.keyboard.press("Enter")
    expect(page.locator("#question-2 h2")).to_be_focused()
    tab_to(page, "#question-2 .choice input")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")  # false
    tab_to(page, "[data-nav][href='#question-3']", back=True)
    page.keyboard.press("Enter")
    expect(page.locator("#question-3 h2")).to_be_focused()
    tab_to(page, "#question-3 input[type=text]")
    page.keyboard.type("30")
    saved(page)
    page.keyboard.press("Enter")  # a form's own key saves, and neither leaves nor submits
    page.keyboard.type(".5")
    saved(page)
    assert sitting.answers()[3] == {"value": "30.5"}
    tab_to(page, "button[value=review]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{sitting.path}/review")
    assert violations(page) == []
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{sitting.path}/result")
    expect(page.locator("h1")).to_contain_text("100%")
    assert violations(page) == []


def test_double_clicks_submit_once(sit: Any) -> None:
    sitting = sit("single")
    page = sitting.page()
    with held_back(page, "**/answers"):  # the second click still meets the same page, however slow it comes
        choose(page, 1, 1)
        page.locator("button[value=review]").dblclick()
    page.wait_for_url(f"{sitting.path}/review")
    with held_back(page, "**/state"):
        page.locator("main form button[type=submit]").dblclick()
    page.wait_for_url(f"{sitting.path}/result")
    expect(page.locator("h1")).to_contain_text("100%")
    assert len(sitting.events()) == 1


def test_without_javascript_the_paper_is_one_form(sit: Any) -> None:
    sitting = sit("single", "multiple", "numeric")
    page = sitting.page(java_script_enabled=False)
    page.locator("#question-1 .choice input").nth(1).check()
    page.locator("#question-2 .choice input").nth(0).check()
    page.locator("#question-2 .choice input").nth(2).check()
    page.locator("#question-3 input[type=text]").fill("３０ 日")
    page.locator("button[value=review]").click()
    page.wait_for_url(f"{sitting.path}/review")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("100%")


def test_when_the_time_is_over_the_page_submits_what_was_given(sit: Any) -> None:
    sitting = sit("short_text")
    page = sitting.page()
    with transaction() as session:
        attempt = session.get_one(Attempt, sitting.attempt_id, populate_existing=True)
        attempt.deadline_at = clock.now() + timedelta(seconds=2)
        attempt.cutoff_at = attempt.deadline_at + timedelta(minutes=5)  # what the page sends counts, however slow
    page.locator("#question-1 input[type=text]").press_sequentially("国内产业")
    come_back(page)  # it hears of its deadline only now: what is typed is typed before
    page.wait_for_url(f"{sitting.path}/result")
    expect(page.locator("h1")).to_contain_text("100%")


@pytest.mark.parametrize(("locale", "width"), [("zh_Hans", 390), ("en", 1280)])
def test_the_paper_is_accessible_and_fits_the_screen(sit: Any, locale: str, width: int) -> None:
    kinds = tuple(grading.TYPES)
    sitting = sit(*kinds)
    context = sitting.device(viewport={"width": width, "height": 800})
    context.add_cookies([{"name": "language", "value": locale, "url": sitting.academy.base}])
    page = sitting.page(context)
    for number in range(1, len(kinds) + 1):
        page.locator("[data-nav]").nth(number - 1).click()
        expect(page.locator(f"#question-{number}")).to_be_visible()
        assert violations(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")


def test_every_type_is_answered_by_keyboard_and_saved_as_it_is_typed(sit: Any) -> None:
    """A select in a text, one on an image, an essay, and a part of a case: each reaches the server by itself."""
    sitting = sit("cloze", "drag_text", "drag_image", "essay", "case")
    page = sitting.page()
    for number in range(1, 6):
        page.locator("[data-nav]").nth(number - 1).focus()
        page.keyboard.press("Enter")
        field = page.locator(f"#question-{number} [data-path]").first
        expect(field).to_be_visible()
        field.focus()
        expect(field).to_be_focused()
        if field.evaluate("field => field.tagName") == "TEXTAREA":
            page.keyboard.type("因为")
        else:
            page.keyboard.press("Space" if field.get_attribute("type") == "radio" else "ArrowDown")
            if field.get_attribute("type") != "radio":
                expect(field).not_to_have_value("")
    expect(page.locator("#save-state")).to_have_text(SAVED)
    case = page.locator("#question-5")
    number, told = case.locator("input[type=text]"), case.locator("[data-error]:visible")
    with page.expect_response(is_kept):  # refused; the rest of the case is sent without it
        number.fill("三十")
    expect(told).to_contain_text("用数字")
    expect(number).to_have_attribute("aria-invalid", "true")
    with page.expect_response(is_kept):
        case.locator("textarea").fill("理由")
    expect(number).to_have_value("三十")
    answers = sitting.answers()
    assert set(answers[1]) == {"gaps"}
    assert len(answers[2]["places"]) == len(answers[3]["places"]) == 1
    assert answers[4] == {"text": "因为"}
    assert sorted(map(sorted, answers[5]["parts"].values())) == [["choice"], ["text"]]
    page.reload()
    assert page.locator("#question-4 textarea").input_value() == "因为"


def test_a_file_is_sent_with_the_answers_already_saved(sit: Any) -> None:
    sitting = sit("file_upload", "short_text", pause_minutes=5)
    page, desk = (
        sitting.page(),
        sitting.page(),
    )  # a file comes from the phone; the paper lies open on her desk
    sitting.sign_in(page.context)  # anew, in another tab: the token in this page's form is stale
    page.locator("[data-nav]").nth(1).click()
    page.locator("#question-2 input[type=text]").fill("许可")
    page.locator("[data-nav]").nth(0).click()
    page.locator("#question-1 input[type=file]").set_input_files(
        {"name": "opinion.pdf", "mimeType": "text/plain", "buffer": b"%PDF-1.7\n%%EOF\n"}
    )
    page.locator("#question-1 button[formaction]").click()
    expect(page.locator("#question-1 input[type=checkbox][checked]")).to_be_visible()
    expect(page.locator("#question-1 label.choice")).to_contain_text("opinion.pdf")
    answers = sitting.answers()
    assert len(answers[1]["files"]) == 1
    assert answers[2] == {"text": "许可"}
    assert not any(event.superseded for event in sitting.events())
    come_back(desk)
    expect(desk.locator("#question-1 label.choice input")).to_be_checked()
    desk.locator("button[value=pause]").click()  # the whole form goes: what it did not know it must not take away
    expect(desk.locator("[data-hold=paused]")).to_be_attached()
    assert sitting.answers() == answers


@pytest.mark.parametrize("finger", [False, True], ids=["mouse", "finger"])
def test_items_are_dragged_into_a_text_onto_an_image_and_into_order(sit: Any, finger: bool) -> None:
    sitting = sit("drag_text", "drag_image", "ordering")
    size = {"width": 420 if finger else 1280, "height": 900}
    page = sitting.page(has_touch=finger, is_mobile=finger, viewport=size)
    into_text(sitting, page, 1, finger=finger)
    page.locator("#question-1 [data-step='1']").click()
    onto_image(sitting, page, 2, finger=finger)
    assert violations(page) == []
    page.locator("#question-2 [data-step='1']").click()
    into_order(sitting, page, 3, finger=finger)
    assert violations(page) == []


def test_what_the_server_refuses_is_told_stays_as_typed_and_is_taken_once_mended(sit: Any) -> None:
    sitting = sit("short_text", "essay")
    page = sitting.page()
    answers = re.compile("/answers$")
    asked: list[int] = []  # 413 as a proxy answers; 200, which is no receipt; then 400 whatever the token

    def refuse(route: Route) -> None:
        asked.append([413, 200, 400][min(len(asked), 2)])
        route.fulfill(status=asked[-1], body="{}")

    page.route(answers, refuse)
    field = page.locator("#question-1 input[type=text]")
    field.fill("国内产业")
    expect(page.locator("#question-1 [data-error]")).to_contain_text("未接受")
    expect(page.locator("#save-state")).to_have_class(re.compile("is-danger"))
    expect(page.locator("[data-nav]").first).to_have_class(re.compile("is-unsaved"))
    come_back(page)
    expect(field).to_have_value("国内产业")
    page.route("**/state", lambda route: route.fulfill(status=302, headers={"Location": "//portal.example/"}))
    page.locator("button[value=review]").click()  # a network that wants its own sign-in: hers still holds
    expect(page.locator("#exam-notice")).to_contain_text("无法连接服务器")
    expect(page.locator("#save-state")).to_have_class(re.compile("is-danger"))  # and not everything is saved
    page.unroute("**/state")
    page.locator("[data-nav]").nth(1).click()
    type_at_once(page.locator("#question-2 textarea"), "𠀀" * 19_000)  # 76 kB: too large to outlive its page
    expect(page.locator("#save-state")).to_contain_text("没有响应")  # it asks again with pauses
    assert len(asked) < 20, asked
    page.unroute(answers)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-nav]").nth(1)).not_to_have_class(re.compile("is-unsaved"))
    page.locator("[data-nav]").first.click()
    field.fill("国内产业等")
    saved(page)
    expect(page.locator("#question-1 [data-error]")).to_be_hidden()
    assert [len(answer["text"]) for answer in sitting.answers().values()] == [5, 19_000]


def test_news_that_are_overtaken_on_their_way_overwrite_nothing(sit: Any) -> None:
    sitting = sit("short_text")
    page = sitting.page()
    field = page.locator("#question-1 input[type=text]")
    told = page.request.get(f"{sitting.path}/state").json() | {"deadline_text": "旧"}
    field.fill("国内产业")
    saved(page)
    page.route("**/state", lambda route: route.fulfill(json=told))
    come_back(page)
    deadline = page.locator("[data-deadline-text]").first
    expect(deadline).to_have_text("旧")  # it has heard what was so before
    assert field.input_value() == "国内产业"
    page.unroute("**/state")
    come_back(page)
    expect(deadline).not_to_have_text("旧")
    assert field.input_value() == "国内产业"
    with page.expect_response("**/state"):  # asleep: one of its clocks stood still
        page.evaluate("() => { const real = Date.now; Date.now = () => real() + 600_000; }")


def test_a_full_browser_keeps_what_waits_and_sends_it(sit: Any) -> None:
    sitting = sit("single", "single")
    page = sitting.page()
    page.context.set_offline(True)
    first = choose(page, 1, 1)
    expect(page.locator("#save-state")).to_have_class(re.compile("is-attention"))
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };"
    page.context.add_init_script(full)
    page = sitting.page(page.context)
    expect(page.locator("#exam-notice")).to_contain_text("浏览器")
    second = choose(page, 2, 2)
    saved(page)
    assert sitting.answers() == {1: {"choice": first}, 2: {"choice": second}}
    other = sitting.page(page.context)  # what this tab alone has, no other can send
    first = choose(other, 1, 3)
    saved(other)
    page.locator("button[value=review]").click()
    page.wait_for_url(f"{sitting.path}/review")
    assert sitting.answers() == {1: {"choice": first}, 2: {"choice": second}}


def test_answers_kept_beyond_the_end_are_found_sent_and_told(sit: Any) -> None:
    sitting = sit("single", "single", "case")
    page = sitting.page()
    choose(page, 1, 1)
    saved(page)
    page.context.set_offline(True)
    choose(page, 2, 2)
    page.locator("[data-nav]").nth(2).click()
    for part in ("textarea", "input[type=text]"):  # the second is refused, and the first must not be lost with it
        type_at_once(page.locator(f"#question-3 {part}"), "三十")
    expect(page.locator("#save-state")).to_contain_text("2")
    page.close(run_before_unload=False)  # its battery is empty
    with transaction() as session:
        attempt = session.get_one(Attempt, sitting.attempt_id, populate_existing=True)
        close_attempt(attempt, AttemptState.EXPIRED, now=clock.now())
    page.context.set_offline(False)
    page = page.context.new_page()
    page.goto("/profile")
    page.get_by_role("link", name="打开考试").click()
    page.wait_for_url(f"{sitting.path}/result")
    expect(page.locator("#exam-unsent")).to_contain_text("其中2处")
    expect(page.locator("#exam-unsent")).to_contain_text("用数字")
    assert violations(page) == []
    assert [event.late for event in sitting.events()] == [False, True, True]
    assert [list(part) for part in sitting.events()[2].body["parts"].values()] == [["text"]]
    kept = page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('exam:')).join()")
    assert "choice" not in kept, kept  # no answer stays in a browser that others use, too
    page.locator("#exam-unsent a").click()
    expect(page.locator("#receipts ~ details tbody tr")).to_have_count(3)


def test_submitting_without_a_connection_or_signed_out_says_so_and_keeps_the_page(sit: Any) -> None:
    sitting = sit("single")
    page = sitting.page()
    choose(page, 1, 1)
    saved(page)
    page.locator("button[value=review]").click()
    page.wait_for_url(f"{sitting.path}/review")
    submit, notice = page.locator("main form button[type=submit]"), page.locator("#exam-notice")
    page.context.set_offline(True)
    submit.click()
    expect(notice).to_contain_text("无法连接服务器")
    assert violations(page) == []
    page.context.set_offline(False)
    paper = sitting.page(page.context)
    paper.route("**/answers", lambda route: route.abort())
    taken = choose(paper, 1, 2)
    expect(paper.locator("#save-state")).to_have_class(re.compile("is-attention"))
    submit.click()  # what waits in the other tab would come too late
    expect(notice).to_contain_text("1处改动")
    with page.expect_event("load"):  # it shows what is saved now
        paper.unroute("**/answers")
        paper.close(run_before_unload=False)
    assert sitting.answers() == {1: {"choice": taken}}
    end_session(sitting.login_id)
    submit.click()
    expect(notice.locator("a[target=_blank]")).to_be_visible()
    assert violations(page) == []
    sitting.sign_in(page.context)  # as in another tab; this page's form token is stale now
    submit.click()
    page.wait_for_url(f"{sitting.path}/result")
