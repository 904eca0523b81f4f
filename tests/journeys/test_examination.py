"""The examination in a real browser: offline, two tabs, two devices, signed out, keyboard, no JavaScript."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from app.accounts.models import LoginSession
from app.core import clock
from app.core.access import Grant, Role
from app.core.database import db, release, transaction
from app.core.identifiers import new_id
from app.core.languages import DEFAULT_ZONE
from app.quizzes import grading, queries
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, ResponseEvent
from app.quizzes.rules import Allowance
from tests.support.accommodations import grant
from tests.support.cast import as_actor, make_organisation, make_person
from tests.support.chromium import violations
from tests.support.processes import Site, own_site
from tests.support.quizzes import items_of, make_quiz, start
from tests.support.serving import Served, served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]

SAVED = re.compile("(已于|Saved at).*:")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("exam")) as site:
        yield site


@pytest.fixture(scope="module")
def academy(site: Site, browser: Browser) -> Iterator[Served]:
    with served(site, browser) as academy:
        yield academy


class Sitting:
    """A candidate with a running attempt, and her browsers."""

    def __init__(self, academy: Served, kinds: tuple[str, ...], **settings: Any) -> None:
        self.academy = academy
        self.person = make_person(make_organisation(), name="林见微")
        self.attempt_id: uuid.UUID = start(self.person, make_quiz(kinds, shuffle=False, **settings)).id
        release()
        self.path = f"{academy.base}/attempts/{self.attempt_id}"
        self.contexts: list[BrowserContext] = []

    def sign_in(self, context: BrowserContext) -> uuid.UUID:
        return self.academy.sign_in(context, self.person)

    def device(self, **options: Any) -> BrowserContext:
        context = self.academy.context(**options)
        self.contexts.append(context)
        self.login_id = self.sign_in(context)
        return context

    def page(self, context: BrowserContext | None = None, **options: Any) -> Page:
        page = (context or self.device(**options)).new_page()
        page.goto(self.path)
        return page

    def events(self) -> list[ResponseEvent]:
        found = queries.list_events(self.attempt_id)
        db.session.expunge_all()
        release()
        return found

    def answers(self) -> dict[int, Any]:
        """What counts, by question number, in the names of the paper."""
        attempt = db.session.get_one(Attempt, self.attempt_id)
        found = {}
        events = {event.ordinal: event.body for event in queries.list_events(self.attempt_id)}
        for item in items_of(attempt):
            found[item.position] = outward(events.get(item.answer_ordinal or 0), item.layout)
        db.session.expunge_all()
        release()
        return found


@pytest.fixture
def sit(academy: Served) -> Iterator[Any]:
    made: list[Sitting] = []

    def sitting(*kinds: str, **settings: Any) -> Sitting:
        made.append(Sitting(academy, kinds, **settings))
        return made[-1]

    yield sitting
    for one in made:
        for context in one.contexts:
            context.close()


def choose(page: Page, number: int, option: int) -> str:
    """Take an option of a question; its id."""
    page.locator(f"[data-nav]:has-text('{number}')").first.click()
    field = page.locator(f"#question-{number} .choice input").nth(option)
    field.check()
    return field.get_attribute("value") or ""


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_text(SAVED)
    expect(page.locator(".question-nav .is-unsaved")).to_have_count(0)


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
    page = context.new_page()
    page.clock.install()
    page.goto(sitting.path)
    page.locator("#question-1 label.choice").nth(0).tap()
    saved(page)
    received = sitting.events()[0].received_at.astimezone(ZoneInfo(DEFAULT_ZONE))
    expect(page.locator("#save-state")).to_contain_text(f"{received:%H:%M:%S}")
    page.context.set_offline(True)
    page.locator("#question-1 label.choice").nth(1).tap()
    page.locator("#question-1 [data-step='1']").tap()
    for option in (0, 2):
        page.locator("#question-2 label.choice").nth(option).tap()
    page.locator("#question-2 [data-step='1']").tap()
    page.locator("#question-3 input[type=text]").fill("国内产业")
    page.clock.run_for(20_000)
    state = page.locator("#save-state")
    expect(state).to_contain_text("4")  # of these she is told, and that they are kept
    expect(state).to_have_class(re.compile("is-attention"))
    before = page.locator("#clock [data-left]").inner_text()
    page.clock.run_for(40_000)
    assert seconds(before) - seconds(page.locator("#clock [data-left]").inner_text()) >= 38  # her time goes on
    expect(state).to_contain_text("4")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert len(sitting.events()) == 1
    page.context.set_offline(False)
    saved(page)
    events = sitting.events()
    assert [event.ordinal for event in events] == [1, 2, 3, 4, 5]
    assert [event.client_seq for event in events] == sorted({event.client_seq for event in events})
    page.locator("button[value=review]").tap()
    page.wait_for_url(f"{sitting.path}/review")
    page.locator("main form button[type=submit]").tap()
    page.wait_for_url(f"{sitting.path}/result")
    expect(page.locator("h1")).to_contain_text("100%")


def seconds(shown: str) -> int:
    """What a clock of minutes and seconds says."""
    minutes, rest = shown.split(":")
    return int(minutes) * 60 + int(rest)


def test_two_tabs_follow_each_other_and_send_once(sit: Any) -> None:
    sitting = sit("single", "single")
    first = sitting.page()
    second = sitting.page(first.context)
    one = choose(first, 1, 0)
    saved(first)
    two = choose(second, 2, 1)
    saved(second)
    expect(second.locator(f"#question-1 input[value='{one}']")).to_be_checked()
    expect(first.locator(f"#question-2 input[value='{two}']")).to_be_checked()
    first.close()  # the sender goes; the other tab takes over
    three = choose(second, 1, 3)
    saved(second)
    assert sitting.answers() == {1: {"choice": three}, 2: {"choice": two}}
    assert len(sitting.events()) == 3


def test_a_stale_answer_of_another_device_does_not_win_and_is_told(sit: Any) -> None:
    sitting = sit("single", "single")
    phone, tablet = sitting.page(), sitting.page()
    phone.context.set_offline(True)
    choose(phone, 1, 0)
    expect(phone.locator("#save-state")).to_have_class(re.compile("is-attention"))
    newer = choose(tablet, 1, 2)
    saved(tablet)
    phone.context.set_offline(False)
    saved(phone)
    expect(phone.locator("#exam-notice")).to_be_visible()
    expect(phone.locator(f"#question-1 input[value='{newer}']")).to_be_checked()
    assert sitting.answers()[1] == {"choice": newer}
    assert [event.superseded for event in sitting.events()] == [False, True]


def test_a_session_that_ends_mid_exam_loses_nothing(sit: Any) -> None:
    sitting = sit("single")
    page = sitting.page()
    with transaction() as session:
        session.get_one(LoginSession, sitting.login_id).ended_at = clock.now() - timedelta(seconds=1)
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

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    home.on("dialog", stay)
    home.locator("details[data-menu] summary").last.click()
    home.locator("form[data-unsent] button").click()
    assert len(asked) == 1
    assert home.url.endswith("/profile"), home.url
    page.context.set_offline(False)
    saved(page)


def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Press Tab (or Shift+Tab) until the focus is there: the way of somebody without a mouse, no other."""
    for _ in range(80):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


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
    page.keyboard.press("Enter")  # a form's own key: on to the look before submitting
    page.wait_for_url(f"{sitting.path}/review")
    assert violations(page) == []
    tab_to(page, "main form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{sitting.path}/result")
    expect(page.locator("h1")).to_contain_text("100%")
    assert violations(page) == []


def test_time_granted_while_she_sits_comes_at_once_and_a_pause_stops_the_clock(sit: Any) -> None:
    sitting = sit("single", "single", minutes=60)
    page = sitting.page()
    expect(page.locator("button[value=pause]")).to_be_hidden()
    boss = as_actor(sitting.person, Grant(Role.REGISTRAR, new_id(), national=True))
    boss = replace(boss, person_id=make_person().id)
    grant(boss, sitting.person, Allowance(extra_minutes=30, pause_minutes=10, pauses=1))
    page.evaluate("dispatchEvent(new Event('online'))")  # the page asks every 20 seconds, and now
    expect(page.locator("#exam-decisions")).to_contain_text("延长30分钟")
    assert seconds(page.locator("#clock [data-left]").inner_text()) > 80 * 60
    choose(page, 1, 1)
    page.locator("button[value=pause]").click()
    expect(page.locator("h1")).to_have_text("您已暂停考试")
    assert sitting.answers()[1]
    assert violations(page) == []
    assert page.locator(".exam-question").count() == 0
    page.get_by_role("button", name="继续考试").click()
    expect(page.locator("#question-1")).to_be_visible()
    expect(page.locator("#exam-decisions")).to_contain_text("暂停已结束")
    expect(page.locator("button[value=pause]")).to_be_hidden()


def test_double_clicks_submit_once(sit: Any) -> None:
    sitting = sit("single")
    page = sitting.page()
    choose(page, 1, 1)
    page.locator("button[value=review]").dblclick()
    page.wait_for_url(f"{sitting.path}/review")
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
    assert page.url == f"{sitting.path}/review"
    page.locator("main form button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("100%")


def test_when_the_time_is_over_the_page_submits_what_was_given(sit: Any) -> None:
    sitting = sit("short_text")
    with transaction() as session:
        attempt = session.get_one(Attempt, sitting.attempt_id, populate_existing=True)
        attempt.deadline_at = clock.now() + timedelta(seconds=4)
        attempt.cutoff_at = attempt.deadline_at + timedelta(seconds=20)
    page = sitting.page()
    page.locator("#question-1 input[type=text]").press_sequentially("国内产业")
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
    answers = sitting.answers()
    assert set(answers[1]) == {"gaps"}
    assert len(answers[2]["places"]) == len(answers[3]["places"]) == 1
    assert answers[4] == {"text": "因为"}
    assert [set(part) for part in answers[5]["parts"].values()] == [{"choice"}]
    page.reload()
    assert page.locator("#question-4 textarea").input_value() == "因为"


def test_a_file_is_sent_with_the_answers_already_saved(sit: Any) -> None:
    sitting = sit("file_upload", "short_text")
    page = sitting.page()
    page.locator("[data-nav]").nth(1).click()
    page.locator("#question-2 input[type=text]").fill("许可")
    page.locator("[data-nav]").nth(0).click()
    page.locator("#question-1 input[type=file]").set_input_files(
        {"name": "opinion.pdf", "mimeType": "text/plain", "buffer": b"%PDF-1.7\n%%EOF\n"}
    )
    page.locator("#question-1 button[formaction]").click()
    expect(page.locator("#question-1 input[type=checkbox][checked]")).to_be_visible()
    answers = sitting.answers()
    assert len(answers[1]["files"]) == 1
    assert answers[2] == {"text": "许可"}
    assert not any(event.superseded for event in sitting.events())


def drag(page: Page, source: Any, target: Any, *, finger: bool) -> None:
    """From the middle of one to the middle of the other, as a mouse or a finger goes."""
    source.scroll_into_view_if_needed()
    ends = [place.bounding_box() for place in (source, target)]
    (x, y), (to_x, to_y) = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in ends if box]
    steps = [(x + (to_x - x) * part / 8, y + (to_y - y) * part / 8) for part in range(9)]
    if not finger:
        page.mouse.move(x, y)
        page.mouse.down()
        for at in steps:
            page.mouse.move(*at)
        page.mouse.up()
        return
    session = page.context.new_cdp_session(page)
    for number, (at_x, at_y) in enumerate(steps):
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": at_x, "y": at_y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize("finger", [False, True], ids=["mouse", "finger"])
def test_items_are_dragged_into_a_text_and_onto_an_image(sit: Any, finger: bool) -> None:
    sitting = sit("drag_text", "drag_image")
    size = {"width": 420 if finger else 1280, "height": 900}
    page = sitting.page(has_touch=finger, is_mobile=finger, viewport=size)
    first = page.locator("#question-1")
    items, gaps = first.locator(".drag-item"), first.locator("select")
    expect(items).to_have_count(3)
    drag(page, items.nth(1), gaps.nth(0), finger=finger)
    drag(page, items.nth(2), gaps.nth(1), finger=finger)
    chosen = [items.nth(place).get_attribute("data-value") for place in (1, 2)]
    saved(page)
    assert [gaps.nth(place).input_value() for place in (0, 1)] == chosen
    places = [(gaps.nth(place).get_attribute("data-path") or "").split("/")[-1] for place in (0, 1)]
    assert sitting.answers()[1] == {"places": dict(zip(places, chosen, strict=True))}
    first.locator("[data-step='1']").click()
    second = page.locator("#question-2")
    items, zones, lists = second.locator(".drag-item"), second.locator("[data-place]"), second.locator("select")
    drag(page, items.nth(0), zones.nth(0), finger=finger)
    expect(zones.nth(0).locator("text")).to_contain_text("题目")
    taken = items.nth(0).get_attribute("data-value")
    drag(page, zones.nth(0), zones.nth(1), finger=finger)  # from one place to another
    expect(lists.nth(0)).to_have_value("")
    expect(lists.nth(1)).to_have_value(taken or "")
    drag(page, zones.nth(1), second.locator("h2"), finger=finger)  # beside the image: out again
    expect(lists.nth(1)).to_have_value("")
    drag(page, items.nth(1), lists.nth(1), finger=finger)  # the list takes it, too
    saved(page)
    assert list(sitting.answers()[2]["places"].values()) == [items.nth(1).get_attribute("data-value")]
    assert violations(page) == []
