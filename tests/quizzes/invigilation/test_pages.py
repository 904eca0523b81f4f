"""The invigilators' pages: who gets there, what they say, and what the candidate reads."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.access import Role
from app.core.database import db, release, transaction, write_mode
from app.quizzes.invigilation import queries, services
from app.quizzes.invigilation.context import board
from app.quizzes.invigilation.models import Intervention, Presence
from app.quizzes.models import Attempt, AttemptState, Quiz, QuizRevision
from tests.quizzes.access import by_responsibility
from tests.support.cast import Cast, make_person
from tests.support.invigilation import answer, fresh, invigilator
from tests.support.pages import Browser, Visitors, words
from tests.support.quizzes import make_quiz, start
from tests.support.statements import counted_statements

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def no_snapshots(app: Any) -> Iterator[None]:
    """Each request reads anew who sits: the tests look at what was done a moment ago."""
    kept, expected = board().kept_for, board().expected_for
    board().kept_for, board().expected_for = 0, 3600
    yield
    board().kept_for, board().expected_for = kept, expected


def key_of(attempt: Attempt) -> str:
    found = db.session.get_one(Quiz, attempt.quiz_id).key
    release()
    return found


@write_mode()
def sitting(cast: Cast, **settings: Any) -> Attempt:
    return start(cast.trainee, make_quiz(**settings))


def decide(browser: Browser, attempt: Attempt, decision: str, status: int = 302, **fields: Any) -> str:
    """Fill in the form of a decision as it stands on the page, and send it with what the page has besides."""
    path = f"/invigilation/attempts/{attempt.id}"
    forms: list[Any] = browser.page(path).cssselect(f"#decide-{decision} form")
    shown = dict(forms[0].form_values()) if forms else {}
    names = {name: name if name == "ordinal" else f"{decision}-{name}" for name in fields}
    if forms:
        assert set(names.values()) <= set(forms[0].fields.keys()), f"{decision}: fields of the page {shown}"
    sent = {"decision": decision, **shown} | {names[name]: value for name, value in fields.items()}
    return browser.submit(path, sent, status).get_data(as_text=True)


@by_responsibility
def test_who_gets_to_which_page(cast: Cast, visit: Visitors, who: str, listed: int, found: int) -> None:
    attempt = sitting(cast)
    key, one = key_of(attempt), f"/invigilation/attempts/{attempt.id}"
    browser = visit(cast.people[who])
    for path in ("/invigilation", f"/invigilation/{key}", f"/invigilation/{key}/seats.json"):
        text = browser.get(path, listed).get_data(as_text=True)
        assert (str(attempt.id) in text) == (found == 200 and path != "/invigilation")
    browser.get(one, found)
    token = browser.token("/privacy")
    given = {"csrf_token": token, "decision": "extend", "extend-minutes": "5", "extend-reason": "停电"}
    assert browser.client.post(one, data=given).status_code == (302 if found == 200 else found)
    several = {"csrf_token": token, "scope": "selected", "attempt": str(attempt.id), "decision": "pause"}
    status = browser.client.post(f"/invigilation/{key}", data=several | {"reason": "火警"}).status_code
    assert status == (302 if found == 200 else found)
    everybody = {"csrf_token": token, "scope": "all", "decision": "pause", "reason": "火警"}
    assert browser.client.post(f"/invigilation/{key}", data=everybody).status_code == (
        302 if listed == 200 else 403
    )
    release()
    assert fresh(attempt).decisions == (2 if found == 200 else 0)


def test_a_stranger_is_asked_to_sign_in_and_nobody_finds_what_is_not_there(cast: Cast, visit: Visitors) -> None:
    attempt = sitting(cast)
    for path in ("/invigilation", f"/invigilation/{key_of(attempt)}", f"/invigilation/attempts/{attempt.id}"):
        assert "/sign-in" in visit().get(path, 302).headers["Location"]
    browser = visit(cast.administrator)
    browser.get("/invigilation/no-such-examination", 404)
    browser.get(f"/invigilation/attempts/{uuid.uuid4()}", 404)


def test_nobody_watches_herself(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        quiz = make_quiz()
        own, other = start(cast.instructor, quiz), start(cast.trainee, quiz)
    browser = visit(cast.instructor)
    page = browser.page(f"/invigilation/{key_of(own)}")
    assert [row.get("data-seat") for row in page.cssselect("#live tbody tr")] == [str(other.id)]
    browser.get(f"/invigilation/attempts/{own.id}", 404)
    seats = browser.get(f"/invigilation/{key_of(own)}/seats.json").get_json()["seats"]
    assert [seat[0] for seat in seats] == [str(other.id)]


def test_the_live_page_says_who_needs_somebody(cast: Cast, visit: Visitors) -> None:
    now = clock.now()
    with write_mode():
        quiz = make_quiz()
        calm, silent, ended = (
            start(make_person(cast.university, name=name), quiz, now=now - 5 * MINUTE)
            for name in ("安静", "失联", "结束")
        )
        held = start(cast.trainee, make_quiz(identity_check=True))
    with transaction():
        services.keep_presences({calm.id: now, silent.id: now - 3 * MINUTE})
        fresh(ended).state = AttemptState.EXPIRED
        fresh(ended).submitted_at = now
    browser = visit(cast.instructor)
    key = key_of(calm)
    rows = browser.page(f"/invigilation/{key}").cssselect("#live tbody tr")
    assert [row.get("data-seat") for row in rows] == [str(each.id) for each in (silent, calm, ended)]
    assert "页面无响应" in rows[0].text_content()
    assert "页面无响应" not in rows[1].text_content()
    for query, found in (
        ("show=attention", 1),
        ("show=ended", 1),
        ("q=安静", 1),
        ("q=无此人", 0),
        ("sort=name", 3),
    ):
        rows = browser.page(f"/invigilation/{key}?{query}").cssselect("#live tbody tr")
        assert len(rows) == found, query
    assert "待核对身份" in browser.get(f"/invigilation/{key_of(held)}").get_data(as_text=True)
    lines = browser.page("/invigilation").cssselect("tbody tr")
    assert [line.cssselect("td")[0].text_content().strip() for line in lines] == ["1", "0"]


def test_late_overtaken_and_parallel_answers_are_flagged(cast: Cast, visit: Visitors) -> None:
    start_at = clock.now() - 40 * MINUTE
    with write_mode():
        attempt = start(cast.trainee, make_quiz(), now=start_at)
    phone, tablet = uuid.uuid4(), uuid.uuid4()
    answer(cast.trainee, attempt, position=1, device=phone, now=start_at + MINUTE)
    answer(cast.trainee, attempt, position=2, device=tablet, now=start_at + 2 * MINUTE)
    answer(cast.trainee, attempt, position=1, choice=1, device=tablet, base=0, now=start_at + 3 * MINUTE)
    answer(cast.trainee, attempt, position=3, device=phone, now=start_at + 31 * MINUTE)
    browser = visit(cast.instructor)
    (seat,) = browser.get(f"/invigilation/{key_of(attempt)}/seats.json").get_json()["seats"]
    assert seat[5] == "expired"
    assert seat[12:14] == [2, 3]
    assert dict(seat[14]) == {"late": 1, "superseded": 1, "devices": 2}
    page = browser.get(f"/invigilation/{key_of(attempt)}").get_data(as_text=True)
    for flag in ("逾期答案：1", "被覆盖的答案：1", "设备数：2"):
        assert flag in page


def test_polling_costs_one_statement_and_nothing_when_nothing_is_new(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        quiz = make_quiz()
        attempt = start(cast.trainee, quiz)
    path = f"/invigilation/{key_of(attempt)}/seats.json"
    browser = visit(cast.instructor)
    used = []
    for _more in range(2):
        with counted_statements() as seen:
            first = browser.get(path)
        used.append(len(seen))
        again = browser.get(path, 304, headers={"If-None-Match": first.headers["ETag"]})
        assert again.data == b""
        assert int(again.headers["X-Server-Time"]) > 0
        with write_mode():
            for _ in range(3):
                start(make_person(cast.university), quiz)
        release()
    assert used == [6, 2]  # who asks, and the seats; before, who is expected
    board().kept_for = 60
    with counted_statements() as seen:
        browser.get(path)
        browser.get(path, headers={"Accept-Encoding": "gzip"})
    assert len(seen) == 2
    other = visit(cast.administrator).get(path, headers={"Accept-Encoding": "gzip"})
    assert other.headers["Content-Encoding"] == "gzip"


def test_a_page_is_not_taken_back_behind_what_stood_on_it_when_it_came(cast: Cast, visit: Visitors) -> None:
    """Its first question is answered anew where the snapshot is older than the page, and only there."""
    attempt = sitting(cast)
    board().kept_for = 3600
    colleague, browser = visit(cast.administrator), visit(cast.instructor)
    seats = f"/invigilation/{key_of(attempt)}/seats.json"
    assert colleague.get(seats).get_json()["seats"][0][5] == "in_progress"
    decide(browser, attempt, "pause", reason="火警")
    (live,) = browser.page(f"/invigilation/{key_of(attempt)}").cssselect("#live")
    assert browser.get(seats).get_json()["seats"][0][5] == "in_progress"
    for cost in (6, 1):  # who asks, the seats, who is expected
        with counted_statements() as seen:
            assert browser.get(live.get("data-seats") or "").get_json()["seats"][0][5] == "paused"
        assert len(seen) == cost
    with counted_statements() as seen:
        for since in ("-1", "soon", "9" * 30):  # a damaged address, a clock that was set back
            browser.get(f"{seats}?since={since}")
    assert len(seen) == 3


def test_several_at_once_or_all(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        quiz = make_quiz()
        one, two, three = (start(make_person(cast.university), quiz) for _ in range(3))
        foreign = start(make_person(cast.other_university), quiz)
    path = f"/invigilation/{key_of(one)}"
    browser = visit(cast.instructor)
    chosen = {"attempt": [str(one.id), str(two.id)], "reason": "停电"}
    browser.submit(path, chosen | {"scope": "selected", "decision": "extend", "minutes": "10"})
    browser.submit(path, {"scope": "all", "decision": "pause", "reason": "火警"})
    release()
    assert [fresh(each).decisions for each in (one, two, three, foreign)] == [2, 2, 1, 0]
    page = browser.submit(path, {"scope": "all", "decision": "resume", "reason": "继续"})
    assert page.status_code == 302
    assert "已对 3 名考生作出处理" in browser.get(path).get_data(as_text=True)
    for missing in (
        {"scope": "selected", "decision": "pause", "reason": "火警"},
        {"scope": "all", "decision": "extend", "reason": "停电"},
        {"scope": "all", "decision": "extend", "reason": "停电", "minutes": "481"},
        {"scope": "all", "decision": "pause"},
        {"scope": "all", "decision": "void", "reason": "无"},
    ):
        page = browser.submit(path, {**missing}, 422)
        assert "error-summary" in page.get_data(as_text=True)
    browser.submit(path, {"attempt": "x", "scope": "selected", "decision": "pause", "reason": "火警"}, 422)
    browser.submit(
        path, {"attempt": str(foreign.id), "scope": "selected", "decision": "pause", "reason": "无"}, 404
    )
    release()
    assert db.session.query(Intervention).count() == 8


def test_two_who_decide_the_same_do_not_add_up(cast: Cast, visit: Visitors) -> None:
    """Two invigilators (or two clicks) on pages of the same moment: more time is given once."""
    with write_mode():
        quiz = make_quiz()
        one, two = (start(make_person(cast.university), quiz) for _ in range(2))
    one_path, path = f"/invigilation/attempts/{one.id}", f"/invigilation/{key_of(one)}"
    browser, other = visit(cast.instructor), visit(cast.administrator)

    def as_shown(page: str, name: str) -> str:
        (field,) = browser.page(page).cssselect(f"main input[name={name}]")
        return str(field.get("value"))

    shown, shown_many = as_shown(one_path, "extend-as_of"), as_shown(path, "as_of")
    decide(browser, one, "extend", minutes="10", reason="停电", as_of=shown)
    refused = decide(other, one, "extend", 409, minutes="10", reason="停电", as_of=shown)
    assert "未重复延时" in refused
    assert 'value="10"' in refused
    everybody = {"scope": "all", "decision": "extend", "minutes": "5", "reason": "停电"}
    for again, told in (({"as_of": shown_many}, "1 名考生"), ({"as_of": shown_many}, "2 名考生")):
        other.submit(path, everybody | again)
        assert f"有 {told}在本页载入后已获延时" in " ".join(other.page(path).text_content().split())
    decide(browser, one, "extend", minutes="10", reason="再次停电", as_of=as_shown(one_path, "extend-as_of"))
    other.submit(path, everybody | {"as_of": "yesterday"}, 422)
    release()
    assert [fresh(each).decisions for each in (one, two)] == [2, 1]


def test_a_candidate_waits_and_is_let_in(cast: Cast, visit: Visitors) -> None:
    attempt = sitting(cast, identity_check=True)
    candidate, teacher = visit(cast.trainee), visit(cast.instructor)
    paper = f"/attempts/{attempt.id}"
    waiting = candidate.get(paper).get_data(as_text=True)
    assert "等候入场" in waiting
    assert "题目prompt" not in waiting
    assert candidate.get(f"{paper}/review", 302).location == paper
    assert candidate.get(f"{paper}/result", 302).location == paper
    teacher.get(f"{paper}/result")
    page = teacher.get(f"/invigilation/attempts/{attempt.id}").get_data(as_text=True)
    assert cast.trainee.latin_name in page
    decide(teacher, attempt, "release", 422)
    decide(teacher, attempt, "release", means="video", note="已核对")
    with write_mode():
        next_one = start(cast.cohort_mate, db.session.get_one(QuizRevision, attempt.quiz_revision_id))
    again = teacher.page(f"/invigilation/attempts/{next_one.id}")
    assert [box.get("value") for box in again.cssselect("input[name=release-means][checked]")] == ["video"]
    release()
    (kept,) = queries.interventions_of(attempt.id)
    assert (kept.actor_id, kept.details["means"], kept.reason) == (cast.instructor.id, "video", "已核对")
    release()
    opened = candidate.get(paper).get_data(as_text=True)
    assert "题目prompt" in opened
    assert "您的身份已通过视频核对" in opened
    assert "。说明：已核对" in opened, "a note is no reason"
    assert "理由：" not in opened
    decide(teacher, attempt, "release", 409, means="video")


def test_who_is_turned_away_reads_why(cast: Cast, visit: Visitors) -> None:
    attempt = sitting(cast, identity_check=True)
    candidate, teacher = visit(cast.trainee), visit(cast.instructor)
    decide(teacher, attempt, "refuse", 422)
    decide(teacher, attempt, "refuse", reason="证件与姓名不符")
    assert candidate.get(f"/attempts/{attempt.id}", 302).location == f"/attempts/{attempt.id}/result"
    page = candidate.get(f"/attempts/{attempt.id}/result").get_data(as_text=True)
    assert "证件与姓名不符" in page
    assert "本次作答无效" in page


def test_the_candidate_reads_each_decision_and_her_page_hears_of_it(cast: Cast, visit: Visitors) -> None:
    attempt = sitting(cast)
    candidate, teacher = visit(cast.trainee), visit(cast.instructor)
    paper = f"/attempts/{attempt.id}"
    headers = {"X-CSRFToken": candidate.token(paper), "Content-Type": "application/json"}

    def pulse() -> dict[str, Any]:
        found: dict[str, Any] = candidate.client.post(f"{paper}/pulse", headers=headers).get_json()
        return found

    assert pulse() == {"state": "in_progress", "decisions": 0}
    decide(teacher, attempt, "extend", 422, minutes="x", reason="停电")
    decide(teacher, attempt, "extend", minutes="12", reason="考场停电")
    assert pulse() == {"state": "in_progress", "decisions": 1}
    state = candidate.get(f"{paper}/state").get_json()
    assert state["decisions"] == 1
    assert "12 分钟" in state["told"][0]["text"]
    assert state["told"][0]["text"].endswith("。理由：考场停电")
    assert "考场停电" in candidate.get(paper).get_data(as_text=True)
    decide(teacher, attempt, "pause", reason="火警")
    assert pulse() == {"state": "paused", "decisions": 2}
    paused = candidate.get(paper).get_data(as_text=True)
    assert "考试已暂停" in paused
    assert "题目prompt" not in paused
    decide(teacher, attempt, "resume", reason="解除")
    decide(teacher, attempt, "void", 422, reason="试题泄露")
    decide(teacher, attempt, "void", reason="试题泄露", sure="y")
    assert pulse() == {"state": "voided", "decisions": 4}
    page = candidate.get(f"{paper}/result").get_data(as_text=True)
    assert page.index("试题泄露") < page.index("解除") < page.index("火警") < page.index("考场停电")
    history = teacher.get(f"/invigilation/attempts/{attempt.id}").get_data(as_text=True)
    assert cast.instructor.name in history
    assert "试题泄露" in history
    assert cast.instructor.name not in page


def test_reopened_and_late_answers_counted(cast: Cast, visit: Visitors) -> None:
    began = clock.now() - 40 * MINUTE
    with write_mode():
        attempt = start(cast.trainee, make_quiz(), now=began)
    receipt = answer(cast.trainee, attempt, position=1, now=began + 31 * MINUTE)
    candidate, teacher = visit(cast.trainee), visit(cast.instructor)
    for unknown in ("99", "123456789x", "9" * 5000, "²"):
        decide(teacher, attempt, "count-late", 422, ordinal=[unknown], reason="网络故障")
    after = answer(cast.trainee, attempt, position=2, now=began + 33 * MINUTE)
    lines = teacher.page(f"/invigilation/attempts/{attempt.id}").cssselect("#decide-count-late label.form-check")
    told = {
        box.get("value"): (box.get("checked"), "在此之后" in line.text_content())
        for line in lines
        for box in line.cssselect("input")
    }
    # The paper was taken in, and its result told, with the first of them: she could read it before the second.
    assert told == {str(receipt.ordinal): ("checked", False), str(after.ordinal): (None, True)}
    result = f"/attempts/{attempt.id}/result"
    assert "有2项作答在截止时间之后到达" in words(candidate.page(result))
    decide(teacher, attempt, "count-late", ordinal=[str(receipt.ordinal)], reason="网络故障")
    page = words(candidate.page(result))
    assert "逾期，经处理准予计入" in page
    assert "有1项作答在截止时间之后到达" in page
    page = teacher.get(f"/invigilation/attempts/{attempt.id}").get_data(as_text=True)
    assert "起，考生已可在成绩页面看到作答的对错情况" in page.partition('id="decide-reopen"')[2]
    decide(teacher, attempt, "reopen", minutes="15", reason="误交")
    assert "误交" in candidate.get(f"/attempts/{attempt.id}").get_data(as_text=True)


def test_a_pulse_is_its_own_candidates_and_is_written_down_now_and_then(cast: Cast, visit: Visitors) -> None:
    attempt = sitting(cast)
    paper = f"/attempts/{attempt.id}"
    candidate = visit(cast.trainee)
    token = candidate.token(paper)

    def pulse(browser: Browser, token: str) -> int:
        return browser.client.post(f"{paper}/pulse", headers={"X-CSRFToken": token}).status_code

    for name in ("outsider", "cohort_mate", "instructor", "administrator"):
        stranger = visit(cast.people[name])
        assert pulse(stranger, stranger.token("/privacy")) == 404
    nobody = visit()
    assert pulse(nobody, nobody.token("/sign-in")) == 401
    assert candidate.client.post(f"{paper}/pulse").status_code == 400
    release()
    assert db.session.query(Presence).count() == 0
    release()
    now = clock.now()
    with clock.frozen_at(now + timedelta(days=1)):
        assert pulse(candidate, token) == 200
    with counted_statements() as seen, clock.frozen_at(now + timedelta(days=1, seconds=5)):
        assert pulse(candidate, token) == 200
    assert len(seen) == 1
    release()
    assert db.session.get_one(Presence, attempt.id).seen_at == now + timedelta(days=1)


def test_what_was_decided_is_in_the_copy_of_her_data(cast: Cast, visit: Visitors) -> None:
    attempt = sitting(cast)
    release()
    with transaction():
        services.extend_attempts(invigilator(cast), [attempt.id], minutes=5, reason="停电", now=clock.now())
    copy = visit(cast.trainee).get("/account/data/download").get_data(as_text=True)
    (decided,) = json.loads(copy)["invigilation"]
    assert (decided["decision"], decided["reason"]) == ("extend", "停电")


def test_an_invigilator_elsewhere_sees_her_own_alone(cast: Cast, visit: Visitors) -> None:
    with write_mode():
        teacher = make_person(cast.other_university, Role.ADMINISTRATOR)
        quiz = make_quiz()
        start(cast.trainee, quiz)
        hers = start(make_person(cast.other_university), quiz)
    seats = visit(teacher).get(f"/invigilation/{key_of(hers)}/seats.json").get_json()["seats"]
    assert [seat[0] for seat in seats] == [str(hers.id)]
