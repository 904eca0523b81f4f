"""The lesson editor: saving, live pages, figures, translations, presence; the question editor and its trial."""

import io
import json
import re
import uuid
from typing import Any

import pytest

from app.accounts.models import Person
from app.core import markdown
from app.core.access import Role
from app.courses.authoring import queries
from app.courses.authoring.models import Draft
from app.courses.editing import question_types
from tests.courses.test_pictures import SECRET, picture, with_secrets
from tests.support.authoring import change, instructor, open_draft
from tests.support.cast import Cast, make_person
from tests.support.courses import sync_folder
from tests.support.editing import post, post_page, values_of
from tests.support.pages import Browser, Visitors

HOME = "/authoring/small"
LESSON = f"{HOME}/lessons/m1-first/basics"
PATH = "m1-first/01-basics.zh.md"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea135814b0000000049454e44ae426082"
)


@pytest.fixture
def writer(cast: Cast) -> Person:
    sync_folder()
    return make_person(cast.authority, Role.INSTRUCTOR, name="郑起草")


@pytest.fixture
def draft(writer: Person) -> Draft:
    return open_draft(instructor(writer, national=True))


@pytest.fixture
def browser(writer: Person, visit: Visitors, draft: Draft) -> Browser:
    return visit(writer)


def send(browser: Browser, method: str, path: str, data: dict[str, Any], status: int = 200) -> dict[str, Any]:
    """A request of our script."""
    headers = {"X-CSRFToken": browser.token("/authoring"), "Accept": "application/json"}
    answer = browser.client.open(path, method=method, json=data, headers=headers)
    assert answer.status_code == status, answer.get_data(as_text=True)
    found: dict[str, Any] = json.loads(answer.get_data(as_text=True))
    return found


def save(
    browser: Browser, text: str, version: int, device: str = "", status: int = 200, **more: Any
) -> dict[str, Any]:
    data = {"text": text, "base_version": version, "edit_id": str(uuid.uuid4()), "device": device, **more}
    return send(browser, "PUT", f"{HOME}/files/{PATH}", data, status)


def test_edits_of_a_browser(browser: Browser, draft: Draft, writer: Person) -> None:
    text = queries.text_of(draft.id, PATH)
    first = save(browser, text.replace("排除令", "甲令"), 0, "tab-1")
    assert (first["version"], first["text"], first["conflict"]) == (1, None, None)
    # the answer was lost: the same window sends more, from the version that it knows
    second = save(browser, text.replace("排除令", "甲乙令"), 0, "tab-1")
    assert (second["version"], second["conflict"]) == (2, None)
    # another window knows nothing of it
    merged = save(browser, text.replace("答辩", "答复"), 0, "tab-2")
    assert merged["merged"]
    assert "甲乙令" in merged["text"]
    assert "答复" in merged["text"]
    clash = save(browser, text.replace("排除令", "丙令"), 0, "tab-2", 409)
    assert "/conflicts/" in clash["conflict"]
    assert "甲乙令" in queries.text_of(draft.id, PATH)
    # a lesson given another number meanwhile
    post(browser, f"{LESSON}/move", {"place": "1"})
    moved = save(browser, merged["text"].replace("机关", "主管机关"), 3, "tab-2")
    assert moved["path"] == "m1-first/02-basics.zh.md"
    assert "主管机关" in queries.text_of(draft.id, moved["path"])
    send(browser, "PUT", f"{HOME}/files/{PATH}", {"text": "x"}, 422)


def test_the_live_page_is_what_readers_see(browser: Browser, draft: Draft) -> None:
    zh, en = (queries.text_of(draft.id, PATH.replace("zh", tag)) for tag in ("zh", "en"))
    source = zh.replace("排除令由机关发布", "**尚未保存**的话").replace('"图1 一条线"', "") + "\n#### 跳级\n"
    found = send(browser, "POST", f"{LESSON}/preview", {"zh": source, "en": en})
    assert "<strong>尚未保存</strong>" in found["zh"]["html"]
    assert f"{HOME}/media/" in found["zh"]["html"]
    assert 'data-question="single"' in found["zh"]["html"]
    said = " ".join(notice["text"] for notice in found["zh"]["notices"])
    for words in ("没有图题", "跳过了一级", "尚未与官方文本核对"):
        assert words in said
    assert "排除令" in queries.text_of(draft.id, PATH)
    image = re.search(rf"{HOME}/media/\w+", found["zh"]["html"])
    assert image
    assert browser.get(image[0]).mimetype == "image/svg+xml"
    page = browser.get(LESSON)
    nonce = json.loads(browser.page(LESSON).cssselect("#lesson-data")[0].text or "")["nonce"]
    assert len(nonce) > 16
    assert "style-src 'self' 'nonce-" in page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]


def test_a_keystroke_parses_each_text_that_changed_once(
    browser: Browser, draft: Draft, monkeypatch: pytest.MonkeyPatch
) -> None:
    zh, en = (queries.text_of(draft.id, PATH.replace("zh", tag)) for tag in ("zh", "en"))
    send(browser, "POST", f"{LESSON}/preview", {"zh": zh, "en": en})
    parsed: list[str] = []
    parse = markdown.parse

    def noted(source: str) -> markdown.Document:
        parsed.append(source)
        return parse(source)

    monkeypatch.setattr(markdown, "parse", noted)
    changed = f"{zh}\n一次按键 {uuid.uuid4()}\n"
    found = send(browser, "POST", f"{LESSON}/preview", {"zh": changed, "en": en})
    assert "一次按键" in found["zh"]["html"]
    assert parsed == [changed]


def test_without_a_script_both_texts_are_one_form(browser: Browser, draft: Draft, writer: Person) -> None:
    values = values_of(browser.page(LESSON), "#lesson-form")
    values["text-en"] = values["text-en"].replace("answer", "reply", 1).replace("\n", "\r\n") + "\r\nMore.\r\n"
    page = post_page(browser, LESSON, {**values, "action": "preview"})
    assert "More." in page.cssselect("#page-en")[0].text_content()
    change(instructor(writer, national=True), draft, PATH, "排除令", "另一令")
    post(browser, LESSON, values)
    assert "另一令" in queries.text_of(draft.id, PATH)
    assert queries.text_of(draft.id, PATH.replace("zh", "en")).endswith("More.\n")


def test_a_translation_is_marked_until_it_is_touched_or_confirmed(
    browser: Browser, draft: Draft, writer: Person
) -> None:
    actor = instructor(writer, national=True)
    change(actor, draft, PATH, "排除令由机关发布", "排除令由委员会发布")
    change(actor, draft, PATH, "先查", "务必先查")
    assert "2节译文已过时" in browser.page(HOME).text_content()
    marks = browser.page(LESSON).cssselect("#lesson-side .side-mark button")
    assert len(marks) == 2
    post(browser, str(marks[0].get("formaction")))
    english = PATH.replace("zh", "en")
    last = queries.text_of(draft.id, english).splitlines()[-1]
    change(actor, draft, english, last, f"{last} ")
    assert len(browser.page(LESSON).cssselect("#lesson-side .side-mark")) == 1
    change(actor, draft, english, last, f"{last}\n\nDo check first.")
    assert browser.page(LESSON).cssselect("#lesson-side .side-mark") == []
    change(actor, draft, PATH, "委员会发布", "海关发布")
    assert len(browser.page(LESSON).cssselect("#lesson-side .side-mark")) == 1


def test_figures_get_names_of_their_own(browser: Browser, draft: Draft) -> None:
    token = browser.token("/authoring")

    def upload(name: str, data: bytes) -> Any:
        form = {"csrf_token": token, "figure": (io.BytesIO(data), name)}
        return browser.client.post(f"{HOME}/figures", data=form, headers={"Accept": "application/json"})

    assert upload("图 1 Flow.PNG", PNG).json["name"] == "1-flow.png"
    assert upload("1 flow.png", PNG).json["name"] == "1-flow.png"
    assert upload("1 flow.png", with_secrets()).json["name"] == "1-flow.jpg"
    assert upload("1 flow.svg", picture("PNG")).json["name"] == "1-flow-2.png"
    refused = upload("x.png", b"MZ")
    assert (refused.status_code, refused.json["detail"]) == (
        422,
        "图片不是 SVG、PNG 或 JPEG 文件：请另存为其中一种格式。",
    )
    active = upload("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    assert (active.status_code, active.json["detail"]) == (422, "图示中有 <script>：只用图形、路径和文字绘制。")
    kept = queries.files_of(draft.id).keys()
    assert {"figures/1-flow.png", "figures/1-flow-2.png", "figures/1-flow.jpg"} <= kept
    shown = browser.get(str(upload("again.jpg", with_secrets()).json["url"]))
    assert (shown.mimetype, SECRET.encode() in shown.get_data()) == ("image/jpeg", False)
    assert queries.faults_of(draft.id) == []


def test_who_else_is_here(browser: Browser, draft: Draft, cast: Cast, visit: Visitors) -> None:
    other = visit(make_person(cast.authority, Role.INSTRUCTOR, name="何合写"))
    found = send(other, "POST", f"{HOME}/presence", {"paths": [PATH], "device": "a"})
    assert (found["others"], found["versions"]) == ([], {PATH: 0})
    found = send(browser, "POST", f"{HOME}/presence", {"paths": [PATH], "device": "b"})
    assert found["others"] == [{"name": "何合写", "path": PATH, "self": False}]
    assert "何合写正在编辑" in browser.page(HOME).text_content()


def test_every_type_can_be_begun_and_kept_unfinished(browser: Browser, draft: Draft) -> None:
    for kind, _label in question_types.TYPES:
        path = f"{HOME}/questions/m1-first/new/{kind}"
        values = values_of(browser.page(path))
        assert values["type"] == kind
        answer = post(browser, path, {**values, "prompt.zh": f"半成品{kind}", "action": "save"})
        assert answer.location.startswith(f"{HOME}/questions/m1-first/")
    text = browser.page(HOME).text_content()
    assert all(f"半成品{kind}" in text for kind, _label in question_types.TYPES)
    assert browser.page(answer.location).cssselect("#question-aside .side-notices li")


def test_a_question_is_written_tried_and_saved(browser: Browser, draft: Draft) -> None:
    path = f"{HOME}/questions/m1-first/new/single"
    values = values_of(browser.page(path))
    values |= {"prompt.zh": "谁发布？", "prompt.en": "Who issues?", "difficulty": "1", "law": "us-test-act 1"}
    values |= {"feedback.zh": "机关[@us-test-act 1]。", "feedback.en": "The agency [@us-test-act 1]."}
    values |= {"choices.0.text.zh": "机关", "choices.0.text.en": "Agency", "choices.0.correct": "1"}
    values |= {"choices.1.text.zh": "法院", "choices.1.text.en": "Court", "choices.1.feedback.zh": "不是法院。"}
    values |= {"choices.1.feedback.en": "Not the court."}
    values["objective"] = "o1"
    page = post_page(browser, path, {**values, "action": "preview"})
    options = {
        label.text_content().strip(): label.cssselect("input")[0] for label in page.cssselect("label.choice")
    }
    page = post_page(browser, path, {**values, "action": "try", "trial": options["法院"].get("value")})
    result = page.cssselect("#trial-result")[0].text_content()
    assert "0%" in result
    assert "不是法院" in result
    assert "正确答案机关" in result
    page = post_page(browser, path, {**values, "action": "try", "trial": options["机关"].get("value")})
    assert "100%" in page.cssselect("#trial-result")[0].text_content()
    assert "没有要改的" in page.cssselect("#question-aside")[0].text_content()
    answer = post(browser, path, {**values, "action": "save"})
    assert queries.faults_of(draft.id) == []
    values = values_of(browser.page(answer.location))
    values["prompt.zh"] = "由谁发布？"
    sent = {**values, "action": "autosave", "edit_id": str(uuid.uuid4())}
    for _again in range(2):
        kept = post(browser, answer.location, sent, 200).get_json()
        assert (kept["version"], kept["conflict"]) == (int(values["version"]) + 1, None)
    assert "由谁发布？" in queries.text_of(draft.id, "m1-first/questions.yaml")
    post(browser, f"{answer.location}/remove")
    assert "由谁发布？" not in queries.text_of(draft.id, "m1-first/questions.yaml")


def test_the_source_of_any_file(browser: Browser, draft: Draft) -> None:
    path = f"{HOME}/source/course.yaml"
    values = values_of(browser.page(path), "form[data-guard]")
    post(browser, path, {**values, "text": "id: [\r\n"})
    assert browser.page(path).cssselect(".callout")
    for page in (HOME, f"{HOME}/settings"):  # what cannot be read hides nothing else
        browser.get(page)
    assert "第2行" in browser.page(f"{HOME}/faults").cssselect("main li")[0].text_content()


@pytest.mark.parametrize(
    ("tex", "display", "html", "fault"),
    [
        ("\\frac{a}{b}", False, '<span class="formula"><math alttext="\\frac{a}{b}">', ""),
        (
            "a\n+ b",
            True,
            '<div class="formula formula-display" tabindex="0"><math display="block" alttext="a + b">',
            "",
        ),
        ("\\frac{a}{", False, "", "公式无法识别：到结尾还缺少 }"),
        ("\\lost", True, "", "公式无法识别：没有命令 \\lost"),
        ("100，以US", False, "", "这里像是公式，但不会按公式显示"),
    ],
)
def test_a_formula_is_shown_while_it_is_written(
    browser: Browser, tex: str, display: bool, html: str, fault: str
) -> None:
    answer = send(browser, "POST", "/authoring/formula", {"tex": tex, "display": display})
    assert html in answer["html"]
    assert bool(answer["html"]) is bool(html)
    assert fault in answer["fault"]
    assert bool(answer["fault"]) is bool(fault)


def test_formulas_of_a_lesson_are_shown_or_said_to_be_wrong(browser: Browser, draft: Draft) -> None:
    text = queries.text_of(draft.id, PATH)
    both = {
        "zh": f"{text}\n损失为$\\frac{{a}}{{b}}$元，$\\sqrt{{$。",
        "en": queries.text_of(draft.id, PATH.replace("zh", "en")),
    }
    answer = send(browser, "POST", f"{LESSON}/preview", both)["zh"]
    assert "<mfrac><mi>a</mi><mi>b</mi></mfrac>" in answer["html"]
    assert '<code class="formula-fault">$\\sqrt{$</code>' in answer["html"]
    (notice,) = [one for one in answer["notices"] if "公式" in one["text"]]
    assert notice["line"] == len(text.splitlines()) + 2
    assert notice["text"].startswith("公式无法识别：到结尾还缺少 }：每个 { 要有 }")
