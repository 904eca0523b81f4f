"""The form of an examination: every setting from a browser without a script, and the file that it writes."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import html

from app.core.access import Role
from app.courses.authoring import queries
from app.courses.authoring.models import Draft
from app.courses.content.exams import CourseExam
from app.courses.editing import yaml_files
from app.quizzes import rules
from tests.support.authoring import change, instructor, open_draft
from tests.support.cast import Cast, make_person
from tests.support.courses import sync_folder
from tests.support.editing import post, post_page, values_of
from tests.support.pages import Browser, Visitors

EXAM = "/authoring/small/exam"
CODE = "jade-7731"
SMALL_EXAM = """\
  pools:
    - {module: m1-first, pick: 2}
    - {module: m2-second, pick: 1}
"""
PHASES = ["immediately", "while_open", "after_close"]


class Desk:
    """An instructor of the authority at the form of the small course's examination."""

    def __init__(self, cast: Cast, visit: Visitors) -> None:
        person = make_person(cast.authority, Role.INSTRUCTOR)
        self.actor = instructor(person, national=True)
        self.draft: Draft = open_draft(self.actor)
        self.browser: Browser = visit(person)

    @property
    def file(self) -> str:
        return queries.text_of(self.draft.id, "course.yaml")

    @property
    def exam(self) -> dict[str, Any]:
        found: dict[str, Any] = yaml_files.plain(yaml_files.load(self.file))["exam"]
        return found

    def write(self, old: str, new: str) -> None:
        """Change the file by hand."""
        change(self.actor, self.draft, "course.yaml", old, new)

    def page(self) -> html.HtmlElement:
        return self.browser.page(EXAM)

    def act(self, action: str, values: dict[str, Any] | None = None) -> html.HtmlElement:
        """Press a button of the form as it stands, with these values in it."""
        return post_page(self.browser, EXAM, {**values_of(self.page()), **(values or {}), "action": action})

    def save(self, values: dict[str, Any] | None = None) -> None:
        post(self.browser, EXAM, {**values_of(self.page()), **(values or {}), "action": "save"})


@pytest.fixture
def desk(cast: Cast, visit: Visitors) -> Desk:
    sync_folder()
    return Desk(cast, visit)


def words(page: html.HtmlElement, selector: str) -> list[str]:
    return [" ".join(str(one.text_content()).split()) for one in page.cssselect(selector)]


ONCE = "再次考试会遇到做过的题：{}次考试需要{}题才能不重复。"


def notes(page: html.HtmlElement, pool: str) -> list[str]:
    """What is said of a pool."""
    return words(page, f"[id='note-{pool}'] li")


EVERYTHING: dict[str, Any] = {
    "title.en": "Another title",
    "minutes": "50",
    "grace_seconds": "30",
    "pause_minutes": "10",
    "pass_mark": "70",
    "shuffle": [],
    "opens_at": "2026-12-01T09:00",
    "closes_at": "2026-12-01T11:30",
    "attempts": "2",
    "cooling_off_hours": "0",
    "score_kept": "average",
    "navigation": "forward",
    "review.correct": ["after_close"],
    "review.feedback": [],
    "review.marks": PHASES[1:],
    "double_marking.difference": "12.5",
    "release": "together",
    "identity_check": "1",
    "networks": "10.20.0.0/16\n2001:db8::/32",
    "honour.zh": "我独立作答。",
    "honour.en": "I work alone.",
    "code.choice": "new",
    "code.typed": CODE,
    "pools.0.pick": "1",
}


def test_every_setting_is_written_and_shown_again(desk: Desk) -> None:
    """What the form says, the engine gets and candidates are told; saving it again changes no byte."""
    desk.write(SMALL_EXAM, "  # by module\n" + SMALL_EXAM.replace("pick: 2}", "pick: 2}   # of three"))
    before = desk.file
    desk.save()
    assert desk.file == before
    desk.save(EVERYTHING)
    settings = CourseExam.model_validate(desk.exam).settings()
    assert settings.honour == {"zh": "我独立作答。", "en": "I work alone."}
    brought = rules.Admission(CODE, rules.honour_digest(settings.honour) or "", "10.20.1.1")
    assert rules.missing(settings, brought) is None
    assert settings == rules.QuizSettings(
        minutes=50,
        grace_seconds=30,
        pause_minutes=10,
        pass_mark=70,
        shuffle=False,
        opens_at=datetime.fromisoformat("2026-12-01T09:00+08:00"),
        closes_at=datetime.fromisoformat("2026-12-01T11:30+08:00"),
        attempts=2,
        score_kept=rules.ScoreKept.AVERAGE,
        navigation=rules.Navigation.FORWARD,
        review=rules.Review(
            correct=frozenset({rules.Phase.AFTER_CLOSE}),
            feedback=rules.NEVER,
            marks=frozenset({rules.Phase.WHILE_OPEN, rules.Phase.AFTER_CLOSE}),
        ),
        double_marking=rules.DoubleMarking(Decimal("12.5")),
        release=rules.Release.TOGETHER,
        identity_check=True,
        networks=("10.20.0.0/16", "2001:db8::/32"),
        honour=settings.honour,
        access_code=settings.access_code,
    )
    assert CODE not in desk.file
    assert "  # by module\n" in desk.file
    assert "- {module: m1-first, pick: 1}   # of three\n" in desk.file
    assert queries.faults_of(desk.draft.id) == []
    after, page = desk.file, desk.page()
    assert CODE not in html.tostring(page, encoding="unicode")
    desk.save()
    assert desk.file == after
    [card] = words(page, "#exam-card")
    for told in (
        "50分钟",
        "70%",
        "平均值",
        "我独立作答。",
        "考场口令",
        "2026年12月1日 09:00",
        "2026年12月1日 11:30",
    ):
        assert told in card, told
    [card] = words(desk.act("preview", {"language": "en"}), "#exam-card")
    assert "50 minutes" in card
    assert "I work alone." in card


def test_pools_count_what_they_draw_from_and_stand_in_parts(desk: Desk) -> None:
    """By module, tag, difficulty or by name; too small, the same for all, and repeating are said."""
    two = {"pools.1.pick": "1", "pools.1.module": "", "pools.1.difficulty": ["1"]}
    page = desk.act("preview", {"pools.0.pick": "1", "pools.0.difficulty": ["2"], **two})
    assert notes(page, "pools.0") == ["符合条件的有1题。", "所有考生的题目相同。", ONCE.format(3, 3)]
    assert notes(page, "pools.1") == ["符合条件的有2题。", ONCE.format(3, 3)]
    drawn = [link.get("href") for link in page.cssselect("[id='match-pools.1'] a")]
    assert drawn == ["/authoring/small/questions/m1-first/t-m1-q2", "/authoring/small/questions/m2-second/t-m2-q1"]
    both = {"pools.0.difficulty": ["1", "2"], "pools.0.questions": ["t-m1-q2", "t-m1-q1"], "attempts": "1"}
    page = desk.act("preview", {**two, **both, "pools.1.pick": "2"})
    assert notes(page, "pools.0") == ["符合条件的有2题。", "所有考生的题目相同。"]
    assert notes(page, "pools.1") == ["符合条件的有2题。", "其中1题已归入前面的题组。", "题目不够：需要抽2题。"]
    assert words(page, "#fault-pools\\.1\\.pick")
    assert page.cssselect("[name='pools.1.pick'][aria-invalid]")
    page = desk.act("divide", {**two, **both})
    assert words(page, ".form-error") == []  # what has just been added may be empty until it is saved
    values = {
        "sections.0.title.zh": "甲",
        "sections.0.title.en": "A",
        "sections.0.introduction.zh": "先读",
        "navigation": "forward_sections",
    }
    page = post_page(desk.browser, EXAM, {**values_of(page), **values, "action": "add:sections"})
    page = post_page(desk.browser, EXAM, {**values_of(page), "action": "add:sections.1.pools"})
    more = {
        "sections.1.title.zh": "乙",
        "sections.1.title.en": "B",
        "sections.1.pools.0.pick": "1",
        "sections.1.pools.0.module": "m2-second",
    }
    page = post_page(desk.browser, EXAM, {**values_of(page), **more, "action": "up:sections.1"})
    post(desk.browser, EXAM, {**values_of(page), "action": "save"})
    assert [part["title"]["en"] for part in desk.exam["sections"]] == ["B", "A"]
    assert {"pools", "shuffle", "score_kept"} & set(desk.exam) == set()  # buttons of rows change nothing else
    assert desk.exam["sections"][1]["pools"] == [
        {"pick": 2, "module": "m1-first", "difficulty": [1, 2], "questions": ["t-m1-q1", "t-m1-q2"]},
        {"pick": 1, "difficulty": [1]},
    ]
    page = desk.page()
    assert words(page, "#fault-sections\\.1\\.introduction\\.en") == ["请填写此项。"]
    for link in page.cssselect(".error-summary a"):  # each leads to its field
        assert page.cssselect(f"[id='{str(link.get('href'))[1:]}'][aria-invalid]"), link.get("href")
    assert desk.browser.page("/authoring/small/faults").cssselect(f"main a[href='{EXAM}']")
    page = desk.act("join", {"sections.1.introduction.zh": ""})
    assert "请把试卷分成几个部分，或者另选答题顺序。" in words(page, "#fault-navigation")
    post(desk.browser, EXAM, {**values_of(page), "navigation": "free", "action": "save"})
    assert [pool["pick"] for pool in desk.exam["pools"]] == [1, 2, 1]
    assert words(desk.browser.page("/authoring/small"), "#exam a") == ["考试设置"]


WRONG = {
    "minutes": ("", "请填写此项。"),
    "pass_mark": ("101", "不得大于100。"),
    "attempts": ("two", "请用数字填写。"),
    "opens_at": ("soon", "请填写日期和时间。"),
    "networks": ("10.20.0.5/16", "“10.20.0.5/16”是网段中的一个地址，请写 10.20.0.0/16。"),
    "title.zh": ("", "请填写此项。"),
}


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(desk: Desk) -> None:
    """An unfinished examination is kept; only what is no access code is not. Keys that nobody knows stay."""
    desk.write("  minutes: 10\n", "  minutes: 10\n  seating: by name\n")
    desk.save({name: value for name, (value, _said) in WRONG.items()})
    page = desk.page()
    for name, (value, said) in WRONG.items():
        assert words(page, f"[id='fault-{name}']") == [said], name
        assert values_of(page)[name] == value
    assert desk.exam["seating"] == "by name"
    assert any("seating" in one for one in words(page, ".callout"))
    window = {"opens_at": "2026-12-01T09:00", "closes_at": "2026-12-01T08:00", "title.zh": "考", "networks": ""}
    desk.save({"minutes": "1", "pass_mark": "1", "attempts": "1", **window})
    desk.write("  seating: by name\n", "")
    assert words(desk.page(), "#fault-closes_at") == ["关闭时间早于开放时间，请改晚一些。"]
    page = desk.act("preview", {"closes_at": "", **{f"review.{name}": ["after_close"] for name in rules.REVIEWED}})
    assert "没有关闭时间" in words(page, "#fault-review")[0]
    for action in ("save", "preview"):
        filled = {**values_of(page), "code.choice": "new", "code.typed": "abc", "action": action}
        answer = post(desk.browser, EXAM, filled, 422 if action == "save" else 200).get_data(as_text=True)
        assert words(html.document_fromstring(answer), "[id='fault-code.typed']") == ["口令须为4至40个字符。"]


@pytest.mark.parametrize(
    "text",
    [
        "exam: 5\n",
        "exam:\n  pools: [1, {pick: x}, [2]]\n  sections: x\n",
        "exam:\n  sections: [{title: 3, pools: 4}, 7, {pools: [{difficulty: x, tags: 4, module: [1]}]}]\n",
        "exam:\n  id: 4\n  minutes: [1]\n  review: {marks: [x]}\n  honour: {zh: 1}\n  double_marking: 5\n",
    ],
)
def test_whatever_a_file_says_can_be_shown_and_mended(desk: Desk, text: str) -> None:
    desk.write(desk.file[desk.file.index("exam:") :], text)
    assert desk.browser.page("/authoring/small").cssselect("#exam a")
    values = {"minutes": "10", "pass_mark": "60", "attempts": "1", "title.zh": "考试", "title.en": "Examination"}
    page = desk.act("preview", values)
    post(desk.browser, EXAM, {**values_of(page), "action": "save"})
    assert desk.exam["minutes"] == 10
    assert desk.page().cssselect("[name=minutes][value='10']")


def test_what_somebody_else_has_changed_is_not_overwritten(desk: Desk) -> None:
    """Other lines are merged; of the same line both versions are kept. A file that is none leads to its source."""
    values = {**values_of(desk.page()), "minutes": "25", "action": "save"}
    desk.write("cooling_off_hours: 24", "cooling_off_hours: 48   # agreed")
    post(desk.browser, EXAM, values)
    assert desk.exam["minutes"] == 25
    assert "cooling_off_hours: 48   # agreed" in desk.file
    values = {**values_of(desk.page()), "minutes": "35", "action": "save"}
    desk.write("minutes: 25", "minutes: 55")
    assert "/conflicts/" in post(desk.browser, EXAM, values).location
    assert desk.exam["minutes"] == 55
    desk.write("exam:", "exam: [")
    assert desk.browser.client.get(EXAM).location == "/authoring/small/source/course.yaml"


def test_an_access_code_is_sealed_as_soon_as_it_is_typed(desk: Desk) -> None:
    """It survives the other buttons of the form, is replaced, kept or taken away, and never shown."""
    desk.write("  minutes: 10\n", f"  minutes: 10\n  access_code: {CODE}\n")
    page = desk.page()
    assert CODE not in html.tostring(page, encoding="unicode")
    desk.save()
    assert desk.exam["access_code"] == CODE
    desk.save({"code.choice": "seal"})
    sealed = desk.exam["access_code"]
    assert rules.is_sealed(sealed)
    desk.save()
    assert desk.exam["access_code"] == sealed
    page = desk.act("add:pools", {"code.typed": "opal-1882"})
    assert "opal-1882" not in html.tostring(page, encoding="unicode")
    post(desk.browser, EXAM, {**values_of(page), "action": "save"})
    settings = CourseExam.model_validate({**desk.exam, "pools": [{"pick": 1}]}).settings()
    assert rules.missing(settings, rules.Admission("OPAL-1882")) is None
    assert rules.missing(settings, rules.Admission(CODE)) is rules.Missing.ACCESS_CODE
    desk.save({"code.choice": "none"})
    assert "access_code" not in desk.exam


def test_an_examination_is_removed_and_another_one_added(desk: Desk, visit: Visitors, cast: Cast) -> None:
    """Removal says what follows; what is added begins with usual rules, and its id is nobody else's."""
    visit(cast.instructor).get(EXAM, 404)
    before = desk.file
    assert "随堂题" in words(desk.browser.page(f"{EXAM}/remove"), "main ul")[0]
    post(desk.browser, f"{EXAM}/remove")
    assert desk.file == before[: before.index("exam:")]
    desk.browser.get(f"{EXAM}/remove", 404)
    assert words(desk.browser.page("/authoring/small"), "#exam a") == ["添加考试"]
    page = desk.page()
    assert page.cssselect(".error-summary") == []
    values = values_of(page)
    assert (values["id"], values["pools.0.pick"], values["pools.1.module"]) == ("small-final", "2", "m2-second")
    taken = post(desk.browser, EXAM, {**values, "id": "small-certification", "action": "save"}, 422)
    assert words(html.document_fromstring(taken.get_data(as_text=True)), "#fault-id")
    post(desk.browser, EXAM, {**values, "action": "save"})
    assert desk.exam["title"] == {"zh": "小课程结业考试", "en": "Small course: final examination"}
    assert queries.faults_of(desk.draft.id) == []
    page = desk.page()
    assert page.cssselect("[name=id]") == []
    assert "programmes/small-programme.yaml" in words(page, "code")
