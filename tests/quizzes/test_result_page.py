"""What a candidate reads of her result: certainty beside the marks, and nothing that the matrix hides."""

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.core import clock
from app.core.database import release, transaction
from app.quizzes import queries, services, words
from app.quizzes.models import Attempt, QuizRevision
from app.quizzes.rules import Feedback, Pool, QuizSettings, Review
from tests.support.cast import Cast, as_actor
from tests.support.pages import Visitors
from tests.support.quizzes import authored, items_of, make_quiz, start


@pytest.mark.parametrize(
    ("percent", "read"),
    [
        ("59.99999", "59.99"),
        ("59.96", "59.96"),
        ("60.00000", "60"),
        ("7.50000", "7.5"),
        ("100", "100"),
        ("0", "0"),
    ],
)
def test_what_is_short_of_a_pass_mark_never_reads_as_the_pass_mark(percent: str, read: str) -> None:
    assert words.percentage(Decimal(percent)) == words.percentage(percent) == read


def quiz_with_certainty(review: Review) -> QuizRevision:
    """Three questions whose answer is “false”; two of them ask how sure somebody is."""
    keys = ["sure-1", "sure-2", "plain-3"]
    with transaction():
        for key in keys:
            body = authored("true_false", certainty=key.startswith("sure"))
            services.save_question(key, body=body, source="tests", now=clock.now())
        return services.publish_quiz(
            "certainty",
            title={"zh": "考试", "en": "Examination"},
            settings=QuizSettings(minutes=30, pass_mark=60, shuffle=False, review=review),
            pools=[Pool([key], 1) for key in keys],
            now=clock.now(),
        )


def hand_in(visit: Visitors, cast: Cast, attempt: Attempt) -> Any:
    """The first right and sure, the second wrong and sure; the result page's text."""
    first, second, third = [f"q-{item.id}" for item in items_of(attempt)]
    path = f"/attempts/{attempt.id}"
    release()
    browser = visit(cast.trainee)
    fields = {
        first: "false",
        f"{first}-certainty": "3",
        second: "true",
        f"{second}-certainty": "3",
        third: "false",
    }
    browser.submit(path, {**fields, "seen": "0", "intent": "review"})
    browser.submit(f"{path}/submit", {}, form_at=f"{path}/review")
    return browser.page(f"{path}/result")


@pytest.mark.parametrize("feedback", [Feedback.AFTER_SUBMISSION, Feedback.NEVER])
def test_certainty_points_stand_beside_the_marks_where_marks_are_shown(
    visit: Visitors, cast: Cast, feedback: Feedback
) -> None:
    attempt = start(cast.trainee, quiz_with_certainty(Review.of(feedback)))
    page = hand_in(visit, cast, attempt)
    articles = [" ".join(article.text_content().split()) for article in page.cssselect("article.exam-result")]
    whole = " ".join(page.text_content().split())
    if feedback is Feedback.NEVER:
        assert articles == []
        assert "把握度" not in whole
        return
    assert "把握度得点：+3" in articles[0]
    assert "把握度得点：−6" in articles[1]
    assert "把握度" not in articles[2]
    assert "把握度得点：−3（最多6点）" in whole
    assert "66.66%" in page.cssselect("h1")[0].text_content()  # two of three, however sure she was


def test_formulas_stand_in_questions_options_and_feedback_and_as_tex_in_lists(visit: Visitors, cast: Cast) -> None:
    def said(words: str) -> dict[str, str]:
        return {"zh": f"{words}，定金$100至$200", "en": f"{words}, $100 … $200"}

    choices = [
        {"id": "a", "correct": True, "text": said("$\\frac{1}{2}$"), "feedback": said("$r_1$")},
        {"id": "b", "text": said("$\\frac{1}{3}$")},
    ]
    single = authored("single", prompt=said("求 $r = \\frac{a}{b}$"), feedback=said("$$r^2$$"), choices=choices)
    pairs = [{"id": f"p{n}", "left": said(f"$x_{n}$"), "right": said(f"$y_{n}$")} for n in (1, 2)]
    with transaction():
        services.save_question("formulas-1", body=single, source="tests", now=clock.now())
        matching = authored("matching", prompt=said("$z$"), pairs=pairs)
        services.save_question("formulas-2", body=matching, source="tests", now=clock.now())
        revision = services.publish_quiz(
            "formulas",
            title={"zh": "考试", "en": "Examination"},
            settings=QuizSettings(minutes=30, pass_mark=60, shuffle=False),
            pools=[Pool(["formulas-1"], 1), Pool(["formulas-2"], 1)],
            now=clock.now(),
        )
    attempt = start(cast.trainee, revision)
    path = f"/attempts/{attempt.id}"
    release()
    browser = visit(cast.trainee)
    page = browser.page(path)
    assert page.cssselect(".question-text math mfrac")
    assert len(page.cssselect(".choice .formula math mfrac")) == 2
    assert len(page.cssselect("fieldset[data-question=matching] label .formula math")) == 2
    names = {str(field.get("aria-label")) for field in page.cssselect(".choice input, fieldset select")}
    assert names == {f"{words}，定金$100至$200" for words in ("2 分之 1", "3 分之 1", "x 下标 1", "x 下标 2")}
    listed = [option.text_content() for option in page.cssselect("select option")]
    assert "$" not in "".join(listed).replace("$100至$200", "")
    assert {"y_1，定金$100至$200", "y_2，定金$100至$200"} <= set(listed)
    browser.submit(f"{path}/submit", {}, form_at=f"{path}/review")
    result = browser.page(f"{path}/result")
    (feedback,) = [part for part in result.cssselect(".feedback") if part.cssselect(".formula-display msup")]
    assert "，定金$100至$200" in feedback.text_content()


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"attempts": 2}, "您现在可以再次作答，还剩1次。"),
        ({"attempts": None}, "您现在可以再次作答。"),
        ({"attempts": 2, "cooling_off_hours": 24}, "（UTC+8）起开始下一次作答"),
        ({"attempts": 1}, "作答次数已用完"),
        ({"attempts": 2, "review": replace(Review.of(Feedback.NEVER), percentage=frozenset())}, ""),
    ],
)
def test_who_has_not_passed_reads_whether_and_from_when_she_may_try_again(
    visit: Visitors, cast: Cast, rules: dict[str, Any], told: str
) -> None:
    attempt = start(cast.trainee, make_quiz(("single",), **rules))
    browser, path = visit(cast.trainee), f"/attempts/{attempt.id}"
    browser.submit(f"{path}/submit", {}, form_at=f"{path}/review")
    (verdict,) = browser.page(f"{path}/result").cssselect(".verdict")
    assert told in verdict.text_content()
    assert told or not re.search("再次作答|作答次数", verdict.text_content())


def said(text: str) -> dict[str, str]:
    return {"zh": f"中文{text}", "en": text}


def quiz_that_explains(review: Review) -> QuizRevision:
    """Several choices, a phrase and a case, with something said about every choice and part."""
    choices = [{**choice, "feedback": said(f"about {choice['id']}")} for choice in authored("multiple")["choices"]]
    parts = [
        {
            "id": "p1",
            "type": "single",
            "prompt": said("who"),
            "choices": choices[1:3],
            "feedback": said("says part 1"),
        },
        {"id": "p2", "type": "ordering", "prompt": said("how"), "items": authored("ordering")["items"]},
    ]
    bodies = [authored("multiple", choices=choices), authored("short_text"), authored("case", parts=parts)]
    with transaction():
        for number, body in enumerate(bodies):
            services.save_question(f"explained-{number}", body=body, source="tests", now=clock.now())
        return services.publish_quiz(
            "explained",
            title={"zh": "考试", "en": "Examination"},
            settings=QuizSettings(minutes=30, pass_mark=60, shuffle=False, review=review),
            pools=[Pool([f"explained-{number}"], 1) for number in range(len(bodies))],
            now=clock.now(),
        )


@pytest.mark.parametrize("feedback", [Feedback.AFTER_SUBMISSION, Feedback.NEVER])
def test_each_part_says_whether_it_is_right_and_each_choice_taken_is_explained(
    visit: Visitors, cast: Cast, feedback: Feedback
) -> None:
    attempt = start(cast.trainee, quiz_that_explains(Review.of(feedback)))
    paper = {item.layout["type"]: item for item in queries.get_own_paper(as_actor(cast.trainee), attempt.id).items}
    alias = {kind: item.layout["aliases"] for kind, item in paper.items() if "aliases" in item.layout}
    several, phrase, case = (paper[kind] for kind in ("multiple", "short_text", "case"))
    who, how = case.body["parts"]
    posted = {
        several.name: [alias["multiple"][choice["id"]] for choice in several.body["choices"][:2]],  # right, wrong
        phrase.name: "nonsense",
        f"{case.name}-{alias['case'][who['id']]}": alias["case"][who["choices"][1]["id"]],  # right
    }
    for item, place in zip(how["items"], (2, 1, 3, 4), strict=True):
        posted[f"{case.name}-{alias['case'][how['id']]}-{alias['case'][item['id']]}"] = str(place)
    release()
    path, browser = f"/attempts/{attempt.id}", visit(cast.trainee)
    browser.submit(path, {**posted, "seen": "0", "intent": "review"})
    browser.submit(f"{path}/submit", {}, form_at=f"{path}/review")
    page = browser.page(f"{path}/result")
    if feedback is Feedback.NEVER:
        assert page.cssselect(".part-mark") == []
        assert "about" not in page.text_content()
        return
    first, second, third = page.cssselect("article.exam-result")
    marks = [
        [mark.text_content().strip() for mark in each.cssselect(".part-mark")] for each in (first, second, third)
    ]
    assert marks == [["正确", "不正确"], [], ["正确", "不正确", "不正确", "正确", "正确"]]
    texts = [" ".join(each.text_content().split()) for each in (first, second, third)]
    assert ["about a" in texts[0], "about b" in texts[0], "about c" in texts[0]] == [True, True, False]
    assert "也接受国内产业" in texts[1]
    assert "about c" in texts[2]
    assert "says part 1" in texts[2]
    assert third.cssselect("details .prose")
