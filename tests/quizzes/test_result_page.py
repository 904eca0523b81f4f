"""What a candidate reads of her result: certainty beside the marks, and nothing that the matrix hides."""

from typing import Any

import pytest

from app.core import clock
from app.core.database import release, transaction
from app.quizzes import services
from app.quizzes.models import Attempt, QuizRevision
from app.quizzes.rules import Feedback, Pool, QuizSettings, Review
from tests.support.cast import Cast
from tests.support.pages import Visitors
from tests.support.quizzes import authored, items_of, start


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
    assert "66.7%" in page.cssselect("h1")[0].text_content()  # two of three, however sure she was
