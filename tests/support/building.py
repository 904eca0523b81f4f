"""An author builds a module in a real browser, by forms and dialogs alone."""

from playwright.sync_api import Page, expect

from tests.support.chromium import violations
from tests.support.courses import SMALL

BOTH = ("zh", "en")
WORDS = {"zh": "机关发布的令。", "en": "The order of the agency."}


def sends(page: Page, name: str) -> None:
    """Press what sends a form, and wait for the page that answers."""
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name=name, exact=True).last.click()


def fill_both(page: Page, name: str, zh: str, en: str) -> None:
    for tag, words in (("zh", zh), ("en", en)):
        page.locator(f'[name="{name}.{tag}"]').fill(words)


def rows(page: Page, name: str, texts: dict[str, tuple[str, str]], field: str = "text") -> None:
    """As many rows as there are texts, by the page's own buttons."""
    for number, (zh, en) in enumerate(texts.values()):
        if not page.locator(f'[data-row="{name}.{number}"]').count():
            page.locator(f'button[value="add:{name}"]').click()
            expect(page.locator(f'[data-row="{name}.{number}"]')).to_be_visible()
        fill_both(page, f"{name}.{number}.{field}", zh, en)


CHOICES = {"a": ("机关", "Agency"), "b": ("法院", "Court")}
STEPS = {"a": ("申请", "Apply"), "b": ("审查", "Examine"), "c": ("决定", "Decide")}


def question(page: Page, kind: str, use: str) -> None:
    """A question of a type, filled, without a fault, saved; its answer is tried before."""
    page.goto(f"/authoring/small/questions/module-a/new/{kind}")
    expect(page.locator("#question-form[data-ready]")).to_be_attached()
    fill_both(page, "prompt", f"题目{kind}", f"Question {kind}")
    fill_both(page, "feedback", "见[@us-test-act 1]。", "See [@us-test-act 1].")
    if kind in ("single", "multiple"):
        rows(page, "choices", CHOICES)
        page.locator('[name="choices.0.correct"]').check()
    elif kind == "true_false":
        page.locator('[name="answer"]').select_option("True")
    elif kind == "numeric":
        page.locator('[name="answer"]').fill("30")
    elif kind == "short_text":
        page.locator('[name="accept"]').fill("国内产业")
    elif kind == "ordering":
        rows(page, "items", STEPS)
    page.locator('[name="id"]').fill(f"small-a-{kind.replace('_', '-')}")
    page.locator('[name="use"]').select_option(use)
    page.locator('[name="difficulty"]').select_option("1")
    page.locator('[name="law"]').fill("us-test-act 1")
    says(page, "#question-aside", "没有要改的") if use == "bank" else says(page, "#question-aside", f"题目{kind}")
    sends(page, "保存")
    says(page, ".flashes", "已保存")


def add_case(page: Page) -> None:
    """Another lesson, a case, moved to the first place."""
    page.goto("/authoring/small/modules/module-a/lessons/new")
    page.get_by_label("中文标题").fill("案例：一道令")
    page.get_by_label("英文标题").fill("Case of an order")
    sends(page, "添加")
    page.goto("/authoring/small/lessons/module-a/case-of-an-order/settings")
    page.locator('[name="kind"]').select_option("case")
    sends(page, "保存")
    says(page, "#lesson-module-a-case-of-an-order", "案例 ·")
    page.get_by_role("button", name="上移课文“案例：一道令”").click()
    expect(page.locator("#module-module-a .lesson-line").first).to_contain_text("案例：一道令")


def add_figure(page: Page) -> None:
    page.locator('.pane-zh [data-tool="figure"]').click()
    page.locator("#figure-file").set_input_files(SMALL / "courses" / "small" / "figures" / "line.svg")
    for name, words in (("alt_zh", "线"), ("alt_en", "A line"), ("caption_zh", "图2"), ("caption_en", "Figure 2")):
        page.locator(f"#dialog-figure [name={name}]").fill(words)
    page.locator("#dialog-figure .btn-primary").click()
    expect(page.locator("#page-zh figure img")).to_be_visible()


def add_formula(page: Page) -> None:
    """A formula from parts: what is wrong is said while it is written, and it stands in the page as MathML."""
    page.locator('.pane-zh [data-tool="formula"]').click()
    page.get_by_role("button", name="分数").click()
    page.keyboard.type("Q p")
    expect(page.locator("#formula-shown mfrac")).to_be_visible()
    page.get_by_label("TeX").fill("L = \\frac{Q_t")
    says(page, "#formula-fault", "到结尾还缺少 }")
    page.get_by_label("TeX").fill("L = \\frac{Q_t\\,p}{(1+r)^{t}}")
    expect(page.locator("#formula-shown msup")).to_be_visible()
    page.get_by_label("独占一行").check()
    assert violations(page) == []
    page.locator("#dialog-formula .btn-primary").click()
    expect(page.locator("#page-zh .formula-display mfrac")).to_be_visible()


def says(page: Page, place: str, words: str) -> None:
    """Sooner or later the place says the words; the machine may be busy."""
    expect(page.locator(place)).to_contain_text(words)


def open_lesson(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("#lesson-form[data-ready]")).to_be_attached()


def change_source(page: Page, path: str, old: str, new: str) -> None:
    """Replace words in a file's source; ``old`` empty: append them."""
    page.goto(f"/authoring/small/source/{path}")
    field = page.locator("#text")
    text = field.input_value()
    assert old in text, f"{path}: {text}"
    field.fill(text.replace(old, new, 1) if old else text + new)
    sends(page, "保存")
    says(page, ".flashes", "已保存")


def build_module(page: Page) -> None:
    """With a figure, a citation, a formula, a case and six types of question; without a fault at the end."""
    page.goto("/authoring/small")
    page.get_by_role("link", name="添加模块").click()
    page.get_by_label("中文标题").fill("模块甲")
    page.get_by_label("英文标题").fill("Module A")
    sends(page, "添加")
    page.goto("/authoring/small/modules/module-a/settings")
    page.get_by_role("button", name="添加：学习目标").click()
    page.locator('[name="objectives.0.zh"]').fill("说明令的效力")
    page.locator('[name="objectives.0.en"]').fill("Say what an order does")
    page.locator('[name="law"][value="us-test-act"]').check()
    sends(page, "保存")
    for kind in ("single", "multiple", "true_false", "numeric", "short_text", "ordering"):
        question(page, kind, "check" if kind == "single" else "bank")
    assert violations(page) == []

    open_lesson(page, "/authoring/small/lessons/module-a/start")
    bar = page.locator(".pane-zh [data-toolbar]")
    for tag in BOTH:
        page.locator(f'[data-show="{tag}-source"]').click()
        page.locator(f".pane-{tag} .cm-line").first.click()
        page.keyboard.press("End")
        page.keyboard.type(f"\n\n{WORDS[tag]}")
        page.locator(f'.pane-{tag} [data-tool="cite"]').click()
        page.locator("#dialog-cite [name=find]").fill("us-test-act")
        page.locator("#instruments input").first.check()
        page.locator("#dialog-cite [name=pin]").fill("1")
        page.locator("#dialog-cite .btn-primary").click()
    page.locator('[data-show="zh-source"]').click()
    says(page, "#page-zh", "〔")
    add_figure(page)
    add_formula(page)
    bar.locator('[data-tool="question"]').click()
    page.locator("#questions input").first.check()
    page.locator("#dialog-question .btn-primary").click()
    says(page, "#page-zh", "题目single")
    bar.locator('[data-tool="section"]').click()
    for name, words in (("title_zh", "第二节"), ("title_en", "Second section")):
        page.locator(f"#dialog-section [name={name}]").fill(words)
    page.locator("#dialog-section .btn-primary").click()
    says(page, "#lesson-side", "Second section")
    assert violations(page) == []
    says(page, "#save-state", "已于")
    add_case(page)
    for tag in BOTH:
        change_source(page, f"module-a/02-start.{tag}.md", "", f"\n\n{WORDS[tag]}\n")
        change_source(page, f"module-a/01-case-of-an-order.{tag}.md", "", f"\n\n{WORDS[tag]}\n")
    change_source(page, "course.yaml", "hours: 3", "hours: 4")
    page.goto("/authoring/small")
    says(page, "main", "没有错误")
