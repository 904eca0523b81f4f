"""Forward-only papers: what was left can neither be seen nor changed; the server says so."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.database import db, release, transaction
from app.core.errors import Conflict, NotFound
from app.quizzes import queries, services
from app.quizzes.models import Attempt
from app.quizzes.rules import Navigation
from tests.support.cast import Cast, as_actor
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import items_of, make_quiz, start

FORWARD = ("single", "short_text", "numeric")


def leave(cast: Cast, attempt: Attempt, through: int) -> None:
    with transaction():
        services.leave_step(as_actor(cast.trainee), attempt.id, through=through, now=clock.now())


def post(browser: Browser, attempt: Attempt, item_id: uuid.UUID, response: Any) -> dict[str, Any]:
    """Save an answer as exam.js does; the receipt."""
    state = browser.client.get(f"/attempts/{attempt.id}/state").get_json()
    release()
    change = {
        "item": str(item_id),
        "client_id": str(uuid.uuid4()),
        "device_id": str(uuid.UUID(int=7)),
        "client_seq": state["head"] + 1,
        "base_ordinal": state["head"],
        "response": response,
    }
    answer = browser.client.post(
        f"/attempts/{attempt.id}/answers",
        data=json.dumps(change),
        content_type="application/json",
        headers={"X-CSRFToken": state["csrf_token"]},
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: dict[str, Any] = answer.get_json()
    return found


def test_only_its_candidate_leaves_a_step_and_only_the_one_she_is_in(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(FORWARD, navigation=Navigation.FORWARD))
    for person in (cast.outsider, cast.instructor, cast.administrator):
        with pytest.raises(NotFound), transaction():
            services.leave_step(as_actor(person), attempt.id, through=1, now=clock.now())
    for through in (2, 3, 99):
        with pytest.raises(Conflict) as refused:
            leave(cast, attempt, through)
        assert refused.value.code == "step"
    leave(cast, attempt, 1)
    leave(cast, attempt, 1)  # a repeated request changes nothing
    assert db.session.get_one(Attempt, attempt.id, populate_existing=True).closed_through == 1
    release()
    with pytest.raises(Conflict), transaction():
        services.leave_step(
            as_actor(cast.trainee), attempt.id, through=2, now=attempt.cutoff_at + timedelta(seconds=1)
        )


def test_the_pages_of_leaving_are_the_candidate_s_own(visit: Visitors, cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(FORWARD, navigation=Navigation.FORWARD))
    path = f"/attempts/{attempt.id}/leave"
    people = (cast.outsider, cast.cohort_mate, cast.instructor, cast.other_registrar, cast.administrator)
    release()
    for person in people:
        browser = visit(person)
        assert browser.client.get(path).status_code == 404
        assert browser.submit(path, {"through": "1"}, 404, form_at="/privacy").status_code == 404
    assert visit(None).client.get(path).status_code == 302
    assert visit(cast.trainee).page(path).cssselect("input[name=through][value='1']")


def test_a_free_paper_has_nothing_to_leave(cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(FORWARD))
    for through in (1, 3):
        with pytest.raises(Conflict):
            leave(cast, attempt, through)


def test_an_answer_to_what_was_left_is_kept_and_does_not_count(visit: Visitors, cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(("short_text",) * 3, navigation=Navigation.FORWARD))
    browser = visit(cast.trainee)
    first, second, _third = [item.id for item in items_of(attempt)]
    release()
    assert post(browser, attempt, first, {"text": "before"})["status"] == "counted"
    leave(cast, attempt, 1)
    assert post(browser, attempt, first, {"text": "after"})["status"] == "late"
    assert post(browser, attempt, second, {"text": "here"})["status"] == "counted"
    paper = queries.get_own_paper(as_actor(cast.trainee), attempt.id)
    assert [item.response for item in paper.items] == [{"text": "before"}, {"text": "here"}, {}]
    assert paper.attempt.state == "in_progress"
    release()
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    graded = queries.get_own_paper(as_actor(cast.trainee), attempt.id)
    assert [item.response for item in graded.items] == [{"text": "before"}, {"text": "here"}, {}]


def test_question_by_question_without_javascript(visit: Visitors, cast: Cast) -> None:
    attempt = start(cast.trainee, make_quiz(("short_text",) * 3, navigation=Navigation.FORWARD))
    browser, path = visit(cast.trainee), f"/attempts/{attempt.id}"
    names = [f"q-{item.id}" for item in items_of(attempt)]
    release()
    page = browser.page(path)
    assert [section.get("id") for section in page.cssselect(".exam-question")] == ["question-1"]
    assert page.cssselect("button[name=intent][value=next]")
    assert not page.cssselect("button[name=intent][value=review]")
    assert page.cssselect("main .callout.is-attention")
    fields = {"seen": "0", "first": "1", "last": "1", "intent": "next"}
    asked = browser.submit(path, {**fields, names[0]: ""})
    assert asked.location == f"{path}/leave"
    assert browser.page(asked.location).cssselect("a[href$='#question-1']")
    gone = browser.submit(path, {**fields, names[0]: "mine"})
    assert gone.location == path
    second = browser.page(path)
    assert [section.get("id") for section in second.cssselect(".exam-question")] == ["question-2"]
    assert names[0] not in second.text_content() + " ".join(second.xpath("//@name"))
    # the old page, sent once more from another tab: kept, not counted, and nothing else is touched
    browser.submit(path, {**fields, names[0]: "changed", "intent": "save"})
    paper = queries.get_own_paper(as_actor(cast.trainee), attempt.id)
    assert [item.response for item in paper.items] == [{"text": "mine"}, {}, {}]
    release()
    browser.submit(f"{path}/leave", {"through": "2"}, form_at=f"{path}/leave")
    assert browser.page(path).cssselect("button[name=intent][value=review]")


def test_part_by_part_order_kept_and_titles_shown(visit: Visitors, cast: Cast) -> None:
    quiz = make_quiz(
        ("short_text", "single", "numeric", "true_false"),
        sections=(1, 3),
        navigation=Navigation.FORWARD_SECTIONS,
    )
    attempt = start(cast.trainee, quiz)
    assert [item.section for item in items_of(attempt)] == [0, 1, 1, 1]
    browser, path = visit(cast.trainee), f"/attempts/{attempt.id}"
    release()
    assert len(browser.page(path).cssselect(".exam-question")) == 1
    release()
    leave(cast, attempt, 1)
    page = browser.page(path)
    assert [section.get("data-number") for section in page.cssselect(".exam-question")] == ["2", "3", "4"]
    assert "题目part 1" in page.cssselect(".exam-part .eyebrow")[0].text_content()
    review = browser.page(f"{path}/review")
    assert not review.cssselect("a[href$='#question-1']")
    assert review.cssselect("a[href$='#question-2']")


def test_her_browser_learns_of_no_question_before_she_reaches_it(cast: Cast, visit: Visitors) -> None:
    """Its identifier would let her ask what type of answer it takes, and in which units."""
    attempt = start(cast.trainee, make_quiz(FORWARD, navigation=Navigation.FORWARD))
    browser, known = visit(cast.trainee), [str(item.id) for item in items_of(attempt)]
    for through in (0, 1, 2):
        if through:
            leave(cast, attempt, through)
        release()
        state = browser.client.get(f"/attempts/{attempt.id}/state").get_json()
        assert [item["id"] for item in state["items"]] == known[: through + 1]
