"""The examinee's pages without JavaScript: the paper as one form, the look before submitting, the result."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from lxml import html

from app.core import assets, clock
from app.core.access import Actor
from app.core.database import db, release, transaction
from app.core.languages import format_moment
from app.quizzes import grading, queries, services
from app.quizzes.context import keyring
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, AttemptState, QuestionRevision
from app.quizzes.receipts import Receipt
from app.quizzes.rules import Feedback, Phase, Review
from tests.support.cast import Cast, as_actor
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import items_of, make_quiz, publish_anew, start
from tests.support.statements import counted_statements

KINDS = ("single", "multiple", "true_false", "numeric", "short_text", "matching", "ordering")


def fields_of(attempt: Attempt, *, right: bool = True) -> dict[str, Any]:
    """The form's fields, filled in with right answers."""
    data: dict[str, Any] = {}
    for item in items_of(attempt):
        body = db.session.get_one(QuestionRevision, item.question_revision_id).body
        answer = outward(grading.perfect(body, item.layout), item.layout) if right else {}
        for value in answer.values():
            if isinstance(value, dict):
                data |= {f"q-{item.id}-{part}": str(chosen) for part, chosen in value.items()}
            else:
                data[f"q-{item.id}"] = str(value).lower() if isinstance(value, bool) else value
    release()
    return data


@pytest.fixture
def attempt(cast: Cast) -> Attempt:
    return start(cast.trainee, make_quiz(KINDS, attempts=1))


@pytest.fixture
def browser(visit: Visitors, cast: Cast, attempt: Attempt) -> Browser:
    return visit(cast.trainee)


def test_the_whole_examination_works_as_one_form(browser: Browser, attempt: Attempt) -> None:
    path = f"/attempts/{attempt.id}"
    fields = {**fields_of(attempt), "seen": "0", "intent": "review", f"flag-{items_of(attempt)[0].id}": "1"}
    release()
    gone = browser.submit(path, fields)
    assert gone.location == f"{path}/review"
    review = browser.page(f"{path}/review")
    assert "7" in review.text_content()
    assert review.cssselect(".callout.is-ok")
    assert review.cssselect(f"a[href='{path}#question-1']")
    submitted = browser.submit(f"{path}/submit", {}, form_at=f"{path}/review")
    assert submitted.location == f"{path}/result"
    result = browser.page(f"{path}/result")
    assert "100%" in result.cssselect("h1")[0].text_content()
    assert len(result.cssselect("#receipts ~ details tbody tr, details tbody tr")) == 8  # seven answers, a flag
    on_paper = result.cssselect("[aria-labelledby=receipts]")[0].text_content()
    # Printed, the receipts say whose they are, of which sitting, and the second.
    assert str(attempt.id) in on_paper
    assert queries.get_own_paper(_actor(attempt), attempt.id).candidate in on_paper
    assert re.search(r"\d\d:\d\d:\d\d（UTC", on_paper)


def imported(name: str) -> set[str]:
    """What a script imports, and what that imports."""
    text = (assets.SOURCE / "js" / name).read_text()
    found = set(re.findall(r"^import .* from '\./([\w-]+\.js)'", text, re.MULTILINE))
    return found.union(*map(imported, found))


def test_on_a_bad_line_the_paper_asks_for_its_scripts_at_once_and_says_when_they_do_not_come(
    browser: Browser, attempt: Attempt
) -> None:
    page = browser.page(f"/attempts/{attempt.id}")
    preloaded = [str(link.get("href")) for link in page.cssselect("link[rel=modulepreload]")]
    assert {address.rsplit("/", 1)[1] for address in preloaded} == imported("exam.js")
    scripts = [str(script.get("src")) for script in page.cssselect("script[src]")]
    assert [address.rsplit("/", 1)[1] for address in scripts] == ["app.js", "exam.js"]
    assert page.cssselect("#exam-plain.until-script"), (
        "exam.js takes it away; without it, the style sheet shows it"
    )


def test_the_answers_given_are_shown_again_and_only_changes_are_events(browser: Browser, attempt: Attempt) -> None:
    path = f"/attempts/{attempt.id}"
    fields = fields_of(attempt)
    browser.submit(path, {**fields, "seen": "0", "intent": "save"})
    page = browser.page(path)
    assert page.cssselect("input[name=seen]")[0].get("value") == "7"
    assert len(page.cssselect("input:checked, .choice input[checked]")) >= 3
    browser.submit(path, {**fields, "seen": "7", "intent": "save"})
    assert len(queries.list_events(attempt.id)) == 7


def test_a_stale_form_overwrites_nothing_it_did_not_change(browser: Browser, attempt: Attempt) -> None:
    path = f"/attempts/{attempt.id}"
    fields = fields_of(attempt)
    browser.submit(path, {**fields, "seen": "0", "intent": "save"})
    text = next(item for item in items_of(attempt) if item.layout["type"] == "short_text")
    name = f"q-{text.id}"
    release()
    browser.submit(path, {"seen": "0", "intent": "save", name: "late idea"})
    paper = {item.id: item.response for item in queries.get_own_paper(_actor(attempt), attempt.id).items}
    assert paper[text.id] == {"text": "late idea"}
    assert sum(bool(response) for response in paper.values()) == 7


def _actor(attempt: Attempt) -> Actor:
    return Actor(person_id=attempt.candidate_id, name="")


def test_what_cannot_be_taken_is_named_and_the_rest_is_saved(browser: Browser, attempt: Attempt) -> None:
    path = f"/attempts/{attempt.id}"
    number = next(item for item in items_of(attempt) if item.layout["type"] == "numeric")
    name, position = f"q-{number.id}", number.position
    fields = {**fields_of(attempt), name: "thirty", "seen": "0", "intent": "review"}
    answer = browser.submit(path, fields, 422)
    page = html.document_fromstring(answer.get_data(as_text=True))
    assert page.cssselect(f".error-summary a[href='#question-{position}']")
    assert page.cssselect(f"input[name='{name}']")[0].get("value") == "thirty"
    assert len(queries.list_events(attempt.id)) == 6


def test_no_key_is_in_any_page_before_review(browser: Browser, attempt: Attempt) -> None:
    for path in (f"/attempts/{attempt.id}", f"/attempts/{attempt.id}/review", f"/attempts/{attempt.id}/state"):
        text = browser.client.get(path).get_data(as_text=True)
        for key in ("correct", "because", "domestic industry", "国内产业", "tolerance", "feedback"):
            assert key not in text, f"{path} gives away {key}"


@pytest.mark.parametrize(
    ("feedback", "closes", "shown"),
    [
        (Feedback.AFTER_SUBMISSION, None, True),
        (Feedback.NEVER, None, False),
        (Feedback.AFTER_CLOSE, timedelta(hours=5), False),
        (Feedback.AFTER_CLOSE, timedelta(minutes=2), True),
    ],
)
def test_keys_are_shown_when_the_policy_says(
    visit: Visitors, cast: Cast, feedback: Feedback, closes: timedelta | None, shown: bool
) -> None:
    now = clock.now()
    quiz = make_quiz(("single",), review=Review.of(feedback), closes_at=now + closes if closes else None)
    attempt = start(cast.trainee, quiz, now=now)
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=now + timedelta(minutes=1))
    path = f"/attempts/{attempt.id}/result"
    with clock.frozen_at(now + timedelta(minutes=3)):
        assert ("because" in visit(cast.trainee).get(path).get_data(as_text=True)) is shown
        assert "because" in visit(cast.instructor).get(path).get_data(as_text=True)


def test_keys_wait_for_the_end_of_a_window_that_was_extended(visit: Visitors, cast: Cast) -> None:
    now = clock.now()
    first, extended = now + timedelta(hours=1), now + timedelta(days=7)
    review = replace(Review.of(Feedback.AFTER_CLOSE), percentage=frozenset({Phase.AFTER_CLOSE}))
    quiz = make_quiz(("single",), review=review, closes_at=first, now=now)
    attempt = start(cast.trainee, quiz, now=now)
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=now + timedelta(minutes=1))
    publish_anew(quiz, closes_at=extended, now=first - timedelta(minutes=1))

    def read(moment: datetime) -> str:
        with clock.frozen_at(moment):
            return visit(cast.trainee).page(f"/attempts/{attempt.id}/result").text_content()

    while_others_sit = read(first + timedelta(minutes=1))
    assert "because" not in while_others_sit
    assert format_moment(extended) in while_others_sit
    assert "0%" in while_others_sit  # of which she was told when it comes, and which tells nobody an answer
    assert "because" in read(extended)
    publish_anew(quiz, closes_at=extended + timedelta(days=365), now=extended)
    assert "because" in read(extended + timedelta(days=1))  # the next year's window is another occasion


def test_who_sees_a_result(visit: Visitors, cast: Cast, attempt: Attempt) -> None:
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    path = f"/attempts/{attempt.id}/result"
    readers = {"trainee", "instructor", "certifier", "second_certifier", "administrator"}
    for name, person in cast.people.items():
        visit(person).get(path, 200 if name in readers else 404)
        visit(person).get(f"/attempts/{attempt.id}", 302 if name == "trainee" else 404)
        visit(person).get(f"/attempts/{attempt.id}/receipts.json", 200 if name == "trainee" else 404)
    visit().get(path, 302)


def test_an_attempt_whose_time_is_over_is_closed_by_a_button_and_not_by_looking(
    browser: Browser, attempt: Attempt
) -> None:
    path = f"/attempts/{attempt.id}"
    with clock.frozen_at(attempt.cutoff_at + timedelta(seconds=1)):
        page = browser.page(path)
        assert not page.cssselect("#paper")
        state = db.session.scalar(db.select(Attempt.state).where(Attempt.id == attempt.id))
        assert state is AttemptState.IN_PROGRESS
        release()
        browser.submit(f"{path}/submit", {}, form_at=path)
        assert "0%" in browser.page(f"{path}/result").cssselect("h1")[0].text_content()


def test_receipts_can_be_downloaded_and_verify(browser: Browser, attempt: Attempt) -> None:
    path = f"/attempts/{attempt.id}"
    browser.submit(path, {**fields_of(attempt), "seen": "0", "intent": "save"})
    document = json.loads(browser.get(f"{path}/receipts.json").data)
    assert [receipt["ordinal"] for receipt in document["receipts"]] == list(range(1, 8))
    assert all(keyring().verify(Receipt.from_json(receipt)) for receipt in document["receipts"])


@pytest.mark.parametrize("seen", ["", "-1", "x", "９", "9" * 20, "0" * 12 + "9" * 30, "0" * 12 + "9" * 5000])
def test_a_damaged_form_is_refused(browser: Browser, attempt: Attempt, seen: str) -> None:
    browser.submit(f"/attempts/{attempt.id}", {"seen": seen}, 422)


def test_pages_need_few_statements_however_long_the_paper(visit: Visitors, cast: Cast) -> None:
    counts = []
    for kinds in (("single",) * 2, ("single",) * 20):
        attempt = start(cast.trainee, make_quiz(kinds))
        path = f"/attempts/{attempt.id}"
        browser = visit(cast.trainee)
        browser.get(path)
        token = browser.token(f"{path}/review")
        release()
        with counted_statements() as page:
            browser.get(path)
        with counted_statements() as submit:
            browser.client.post(f"{path}/submit", data={"csrf_token": token})
        counts.append((len(page), len(submit)))
    assert counts[0] == counts[1]
    assert counts[0][0] == 3  # who, the sitting with the digest of the library, the questions
    assert counts[0][1] <= 25
