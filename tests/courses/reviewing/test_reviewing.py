"""Comments and suggestions on a draft, the decision, publication and the way back."""

import pytest
from flask import Flask

from app.accounts.models import Person
from app.core import clock
from app.core.access import Actor, Role
from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid, NotFound
from app.courses.authoring import queries as authoring
from app.courses.authoring.models import Draft
from app.courses.authoring.rules import DraftState
from app.courses.reviewing import queries, services
from app.courses.reviewing.models import RemarkState, ReviewRemark
from tests.support.authoring import change, instructor, open_draft, publish, remove, save
from tests.support.cast import Cast, as_actor, make_person
from tests.support.courses import enrol, sync_folder
from tests.support.pages import Browser, Visitors, words

LESSON = "m1-first/01-basics.zh.md"
OLD, NEW = "排除令由机关发布", "排除令由主管机关发布"


@pytest.fixture(autouse=True)
def course(app: Flask) -> None:
    with app.app_context():
        sync_folder()


def person(cast: Cast, name: str) -> Person:
    return make_person(cast.authority, Role.INSTRUCTOR, name=name)


@pytest.fixture
def pair(cast: Cast) -> tuple[Person, Person]:
    """An author and a reviewer of the national authority."""
    return person(cast, "撰写人"), person(cast, "审稿人")


def national(who: Person) -> Actor:
    return instructor(who, national=True)


def edited(author: Person) -> Draft:
    draft = open_draft(national(author))
    change(national(author), draft, LESSON, OLD, NEW)
    return draft


def remark(who: Person, draft: Draft, **given: str | None) -> ReviewRemark:
    line = authoring.text_of(draft.id, LESSON).splitlines()[2]
    release()
    with transaction():
        return services.add_remark(
            national(who),
            draft.id,
            LESSON,
            line=3,
            quote=str(given.get("quote") or line),
            body=str(given.get("body", "请写明机关名称。")),
            suggestion=given.get("suggestion"),
            now=clock.now(),
        )


def test_a_comment_stays_with_its_words_while_the_text_moves(pair: tuple[Person, Person]) -> None:
    author, reviewer = pair
    draft = edited(author)
    made = remark(reviewer, draft)
    change(national(author), draft, LESSON, "## 第一节 {#one}\n", "## 第一节 {#one}\n\n新的一段。\n")
    [thread] = queries.threads_of(draft.id, {LESSON: authoring.text_of(draft.id, LESSON)})[LESSON]
    assert (thread.remark.id, thread.line) == (made.id, 5)
    with pytest.raises(Invalid):
        remark(reviewer, draft, quote="这里从未有过的话")
    with pytest.raises(Invalid):
        remark(reviewer, draft, body="  ")


def test_a_suggestion_is_taken_over_as_an_edit_of_the_author(pair: tuple[Person, Person]) -> None:
    author, reviewer = pair
    draft = edited(author)
    made = remark(reviewer, draft, quote=NEW, suggestion="排除令由委员会发布")
    release()
    with transaction():
        services.take_suggestion(national(author), made.id, now=clock.now())
    assert "排除令由委员会发布" in authoring.text_of(draft.id, LESSON)
    assert authoring.authors_of(draft.id) == {author.id}, "whoever suggests is not an author"
    release()
    with transaction(), pytest.raises(Conflict):
        services.take_suggestion(national(author), made.id, now=clock.now())


def test_a_suggestion_whose_words_are_gone_changes_nothing(pair: tuple[Person, Person]) -> None:
    author, reviewer = pair
    draft = edited(author)
    made = remark(reviewer, draft, quote=NEW, suggestion="排除令由委员会发布")
    change(national(author), draft, LESSON, NEW, "全部改写")
    release()
    with transaction(), pytest.raises(Conflict):
        services.take_suggestion(national(author), made.id, now=clock.now())
    release()
    assert queries.remark_for(national(author), made.id).state is RemarkState.OPEN


def test_nobody_of_another_organisation_reads_or_says_anything(cast: Cast, pair: tuple[Person, Person]) -> None:
    draft = edited(pair[0])
    made = remark(pair[1], draft)
    stranger = instructor(cast.other_instructor)
    release()
    with transaction(), pytest.raises(NotFound):
        services.answer_remark(stranger, made.id, body="外人的话", now=clock.now())
    with transaction(), pytest.raises(NotFound):
        services.resolve_remark(as_actor(cast.trainee), made.id, now=clock.now())


def desk(visit: Visitors, who: Person) -> Browser:
    return visit(who)


def test_from_draft_to_publication_and_back(visit: Visitors, cast: Cast, pair: tuple[Person, Person]) -> None:
    author, reviewer = pair
    enrol(cast.trainee)
    earlier = open_draft(national(reviewer))
    change(national(reviewer), earlier, LESSON, "同条另有例外", "同条另有若干例外")
    publish(national(reviewer), national(author), earlier)
    draft = edited(author)
    writing, reading = desk(visit, author), desk(visit, reviewer)
    page = writing.page("/authoring/small/review")
    assert [each.text for each in page.cssselect(".diff ins")] == ["主管"]
    form = "/authoring/small/review"
    writing.submit(f"{form}/submit", {"note": ""}, 422, form_at=form)
    writing.submit(f"{form}/submit", {"note": "写明了机关。"}, 303, form_at=form)
    assert "待审的草稿" in words(reading.page("/"))
    tree = reading.page(form).cssselect("input[name=tree]")[0].get("value")
    decision = {"decision": "approve", "note": "已与官方文本比对。", "tree": tree}
    assert not writing.page(form).cssselect("input[name=tree]"), "no author decides"
    writing.submit(f"{form}/decide", decision, 403, form_at=form)
    change(national(author), draft, LESSON, "主管机关", "有关机关")
    change(national(author), draft, LESSON, "## 第二节", "::: deadline\n三十日。\n:::\n\n## 第二节")
    reading.submit(f"{form}/decide", decision, 409, form_at=form)
    writing.submit(f"{form}/submit", {"note": "再次修改。"}, 303, form_at=form)
    decision["tree"] = reading.page(form).cssselect("input[name=tree]")[0].get("value")
    reading.submit(f"{form}/decide", decision, 303, form_at=form)
    shown = words(writing.page("/authoring/small/publish"))
    assert cast.trainee.name in shown or "其他机构另有" in shown
    writing.submit("/authoring/small/publish", {"note": "写明机关。", "moving": "move"}, 303)
    history = writing.page("/authoring/small/history")
    assert "第 3 版" in words(history)
    assert "1名学员转入此版" in words(history).replace(" ", "")
    assert authoring.find_open_draft("small") is None
    comparison = str(history.cssselect("main li a[href*='/history/']")[0].get("href"))
    for view in ("", "?view=rendered"):
        compared = writing.page(comparison + view)
        assert "有关机关发布" in words(compared).replace(" ", "")
    assert [title.text for title in compared.cssselect(".callout-title")] == ["时限"], "as in the lesson"
    again = next(
        str(link.get("href")) for link in history.cssselect("main a") if "/publish" in str(link.get("href"))
    )
    shown = words(writing.page(again))
    assert "1进行中" in shown, "who is affected, before anything is published anew"
    writing.submit(again, {"note": "恢复原文。", "moving": "keep"}, 303)
    lines = words(writing.page("/authoring/small/history"))
    assert lines.index("第 2 版") < lines.index("第 3 版"), "the revision of then is current again"


def test_any_two_publications_are_compared_with_their_figures(
    visit: Visitors, pair: tuple[Person, Person]
) -> None:
    """The first with the last, chosen in the history; pictures of published files need no open draft."""
    author, reviewer = pair
    for old, new in (("先查[@cn", "首先查[@cn"), (OLD, NEW)):
        draft = open_draft(national(author))
        change(national(author), draft, LESSON, old, new)
        publish(national(author), national(reviewer), draft)
    writing = desk(visit, author)
    form = writing.page("/authoring/small/history").cssselect("form.filter-form")[0]
    ids = [option.get("value") for option in form.cssselect("#before option")]
    assert len(ids) == 3
    chosen = writing.get(f"{form.get('action')}?before={ids[2]}&after={ids[0]}", 302).location
    page = writing.page(f"{chosen}?view=rendered")
    assert "主管机关发布" in words(page).replace(" ", "")
    assert "首先查" in words(page).replace(" ", "")
    for picture in page.cssselect(".compare img"):
        assert str(writing.get(str(picture.get("src"))).mimetype).startswith("image/")
    assert page.cssselect(".compare img")
    writing.get("/authoring/small/history/compare?before=x&after=y", 404)


def test_lessons_that_are_new_or_go_are_shown_as_readers_see_them(
    visit: Visitors, pair: tuple[Person, Person]
) -> None:
    author, _reviewer = pair
    draft = open_draft(national(author))
    save(national(author), draft, "m1-first/03-new.zh.md", "## 新的一节 {#new}\n\n新的课文。\n")
    remove(national(author), draft, "m2-second/01-rule.zh.md")
    shown = words(desk(visit, author).page("/authoring/small/review?view=rendered"))
    assert "新的课文。" in shown
    assert "本节已删除。" in shown


def test_the_list_names_courses_by_their_titles(visit: Visitors, pair: tuple[Person, Person]) -> None:
    author, reviewer = pair
    draft = edited(author)
    change(national(author), draft, "course.yaml", "小课程, en: Small course", "改名的课程, en: Small course")
    shown = words(desk(visit, reviewer).page("/drafts-to-review"))
    assert "改名的课程" in shown
    assert "small" not in shown


def test_comments_are_made_answered_and_settled_on_the_page(visit: Visitors, pair: tuple[Person, Person]) -> None:
    author, reviewer = pair
    draft = edited(author)
    reading, form = desk(visit, reviewer), "/authoring/small/review"
    page = reading.page(f"{form}?path={LESSON}&line=3")
    given = {
        str(each.get("name")): str(each.get("value")) for each in page.cssselect("#comment input[type=hidden]")
    }
    given |= {"body": "请写明机关。", "suggestion": given["quote"].replace("主管", "有关"), "suggest": "1"}
    reading.submit(f"{form}/remarks", given, 303, form_at=form)
    [thread] = queries.threads_of(draft.id, {LESSON: authoring.text_of(draft.id, LESSON)})[LESSON]
    writing = desk(visit, author)
    address = f"{form}/remarks/{thread.remark.id}"
    writing.submit(address, {"action": "answer", "body": "好的，已改。"}, 303, form_at=form)
    writing.submit(address, {"action": "take"}, 303, form_at=form)
    writing.submit(address, {"action": "resolve"}, 409, form_at=form)
    shown = words(writing.page(form))
    assert "好的，已改。" in shown
    assert "有关" in shown
    release()
    assert authoring.draft_for(national(author), draft.id).state is DraftState.OPEN


def test_a_published_course_has_its_history_even_without_a_draft(
    visit: Visitors, pair: tuple[Person, Person]
) -> None:
    author, reviewer = pair
    publish(national(author), national(reviewer), edited(author))
    answer = desk(visit, author).get("/authoring/small/review", 303)
    assert answer.headers["Location"].endswith("/authoring/small/history")
