"""What a candidate must not learn before review is open: keys, explanations, and identifiers that tell of them."""

import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag

import pytest
from flask import Flask
from lxml import html

from app.core import clock
from app.core.database import db, release, transaction
from app.quizzes import grading, services
from app.quizzes.grading.aliases import outward
from app.quizzes.models import Attempt, Grade, QuestionRevision, ResponseEvent
from app.quizzes.rules import Feedback, Pool, QuizSettings, Review
from tests.support.cast import Cast, as_actor
from tests.support.pages import Browser, Visitors
from tests.support.quizzes import authored, items_of

IDENTIFIER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
#: Machines mark these; people the rest.
GRADED = tuple(kind for kind in grading.TYPES if kind not in {"essay", "file_upload", "case"})


def secret(word: str) -> dict[str, str]:
    return {"zh": f"机密-{word}", "en": f"secret-{word}"}


def question(kind: str) -> dict[str, Any]:
    """A question of the type in whose page nothing that is secret could stand by chance."""
    raw = authored(kind, feedback=secret("explanation"))
    for choice in raw.get("choices", ()):
        choice["feedback"] = secret("why")
    raw |= {"answer": 31415.9265} if kind == "numeric" else {}
    raw |= {"accept": ["secret-phrase", "机密-词"], "patterns": ["secret-pat*"]} if kind == "short_text" else {}
    raw |= {"model": secret("model")} if kind == "essay" else {}
    for row in raw.get("rubric", ()):
        for level in row["levels"]:
            level["text"] = secret("level")
    if kind == "case":
        raw["parts"][0]["feedback"] = secret("part")
        raw["parts"][2]["model"] = secret("model")
    return raw


def examination(feedback: Feedback, kinds: Sequence[str] = tuple(grading.TYPES)) -> uuid.UUID:
    """A quiz with a question of each type."""
    keys = [f"secrecy-{kind}" for kind in kinds]
    with transaction():
        for key, kind in zip(keys, kinds, strict=True):
            services.save_question(key, body=question(kind), source="tests", now=clock.now())
        return services.publish_quiz(
            "secrecy",
            title={"zh": "考试", "en": "Examination"},
            settings=QuizSettings(minutes=30, pass_mark=60, review=Review.of(feedback)),
            pools=[Pool(keys, len(keys))],
            now=clock.now(),
        ).quiz_id


@pytest.fixture
def attempt(cast: Cast) -> Attempt:
    return begin(cast, "trainee", examination(Feedback.NEVER))


def begin(cast: Cast, name: str, quiz_id: uuid.UUID) -> Attempt:
    with transaction():
        return services.start_attempt(
            as_actor(cast.people[name]),
            quiz_id=quiz_id,
            context_type="test",
            context_id=uuid.UUID(int=1),
            now=clock.now(),
        )


def bodies(attempt: Attempt) -> dict[uuid.UUID, dict[str, Any]]:
    return {
        item.id: db.session.get_one(QuestionRevision, item.question_revision_id).body for item in items_of(attempt)
    }


def strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield name
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def secrets_of(attempt: Attempt) -> set[str]:
    """Texts and numbers that give a key away, and every identifier that follows from authored keys."""
    told = {"secret-", "机密-", "31415.9265", "price * rate", "tolerance", '"correct"', "all_or_nothing"}
    for body in bodies(attempt).values():
        told |= {found for text in strings(body) for found in IDENTIFIER.findall(text)}
    return told


def everything(browser: Browser, attempt: Attempt) -> Iterator[tuple[str, str]]:
    """All that her browser can get: the attempt's addresses, her own data, and what these link to."""
    own = f"/attempts/{attempt.id}"
    waiting = [own, *(f"{own}/{name}" for name in ("review", "leave", "state", "result", "receipts.json"))]
    waiting += ["/account/data", "/account/data/download", "/static/js/exam.js"]
    seen: set[str] = set()
    while waiting:
        path = urldefrag(waiting.pop()).url
        if path in seen or not path.startswith("/"):
            continue
        seen.add(path)
        answer = browser.client.get(path, headers={"Accept": "text/html"} if "state" not in path else {})
        release()
        text = answer.data.decode(errors="replace")
        answer.close()
        yield path, text
        if answer.location:
            waiting.append(answer.location)
        if answer.mimetype == "text/html" and path.startswith(own):
            found = html.document_fromstring(text).xpath("//@href | //@src")
            waiting += [str(link) for link in found]
        waiting += [f"/static/js/{name}" for name in re.findall(r"from '\./([\w-]+\.js)'", text)]


def save(browser: Browser, attempt: Attempt, item_id: uuid.UUID, response: Any, number: int) -> Any:
    change = {
        "item": str(item_id),
        "client_id": str(uuid.uuid4()),
        "device_id": str(uuid.UUID(int=7)),
        "client_seq": number,
        "base_ordinal": number - 1,
        "response": response,
        "score": 1,
        "marks": "100",
        "correct": True,
    }
    path = f"/attempts/{attempt.id}/answers"
    release()
    return browser.client.post(path, data=json.dumps(change), content_type="application/json")


@pytest.fixture(autouse=True)
def without_csrf(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def test_nothing_that_a_candidate_can_fetch_gives_a_key_away(
    visit: Visitors, cast: Cast, attempt: Attempt
) -> None:
    browser = visit(cast.trainee)
    told = secrets_of(attempt)
    assert len(told) > 60
    answers = {item.id: grading.perfect(bodies(attempt)[item.id], item.layout) for item in items_of(attempt)}
    said = {
        item.id: outward(answers[item.id], item.layout)
        for item in items_of(attempt)
        if item.layout["type"] in GRADED
    }
    said = {
        item_id: response
        for item_id, response in said.items()
        if "text" not in response and "value" not in response
    }
    release()
    for number, (item_id, response) in enumerate(said.items(), start=1):
        answer = save(browser, attempt, item_id, response, number)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        known = {"attempt", "ordinal", "item", "kind", "digest", "received_at", "status", "key", "mac"}
        assert set(answer.get_json()) == known
    fetched = dict(everything(browser, attempt))
    assert len(fetched) >= 15, sorted(fetched)
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    fetched |= {f"{path} afterwards": text for path, text in everything(browser, attempt)}
    for path, text in fetched.items():
        assert [word for word in told if word in text and "/static/" not in path] == [], path
    stored = {event.item_id: event.body for event in db.session.scalars(db.select(ResponseEvent))}
    assert stored == {item_id: answers[item_id] for item_id in said}
    grades = {grade.item_id: grade.fraction for grade in db.session.scalars(db.select(Grade))}
    assert {grades[item_id] for item_id in said} == {1}


def test_the_search_would_find_a_key_that_is_given_away(visit: Visitors, cast: Cast) -> None:
    """The same words once review is open: they are what a page would say."""
    attempt = begin(cast, "trainee", examination(Feedback.AFTER_SUBMISSION, GRADED))
    with transaction():
        services.submit_attempt(as_actor(cast.trainee), attempt.id, now=clock.now())
    page = visit(cast.trainee).get(f"/attempts/{attempt.id}/result").get_data(as_text=True)
    for word in ("机密-explanation", "31415.9265", "secret-phrase"):
        assert word in page


@pytest.mark.parametrize("name", ["instructor", "certifier", "administrator"])
def test_who_teaches_or_certifies_is_a_candidate_like_others_in_her_own_sitting(
    visit: Visitors, cast: Cast, name: str
) -> None:
    """What she may see of other people's papers she does not see of her own before review is open."""
    attempt = begin(cast, name, examination(Feedback.NEVER, GRADED))
    path, told = f"/attempts/{attempt.id}", secrets_of(attempt)
    release()
    with transaction():
        services.submit_attempt(as_actor(cast.people[name]), attempt.id, now=clock.now())
    release()
    browser = visit(cast.people[name])
    page = browser.get(f"{path}/result").get_data(as_text=True)
    assert [word for word in told if word in page] == []
    browser.get(f"{path}/grades", status=404)


def test_each_paper_names_its_options_anew_and_takes_no_other_names(
    visit: Visitors, cast: Cast, attempt: Attempt
) -> None:
    other = begin(cast, "cohort_mate", attempt.quiz_id)
    first, second = (
        [alias for item in items_of(each) for alias in item.layout.get("aliases", {}).values()]
        for each in (attempt, other)
    )
    assert len(first) == len(second) > 30
    assert not set(first) & set(second)
    browser = visit(cast.trainee)
    number = 0
    for item in items_of(attempt):
        answer = grading.perfect(bodies(attempt)[item.id], item.layout)
        release()
        if item.layout.get("aliases") and answer != outward(answer, item.layout):
            number += 1
            refused = save(browser, attempt, item.id, answer, number)
            assert refused.status_code == 422, item.layout["type"]
            posted = {f"q-{item.id}-{name}": "1" for name in IDENTIFIER.findall(json.dumps(item.layout))}
            path = f"/attempts/{attempt.id}"
            release()
            browser.client.post(path, data={"seen": "0", **posted})
    assert number >= 8
    assert db.session.scalars(db.select(ResponseEvent)).all() == []


def test_no_source_map_and_no_other_copy_of_the_content_is_served(app: Flask) -> None:
    static = Path(str(app.static_folder))
    assert list(static.rglob("*.map")) == []
    for path in static.rglob("*.js"):
        assert "sourceMappingURL" not in path.read_text(), path
