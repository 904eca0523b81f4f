"""What packages become, and what is refused: pure."""

import io
from dataclasses import replace

import pytest
from PIL import Image
from ruamel.yaml import YAML

from app.core.messages import Message
from app.courses.packages.own import pack
from app.courses.packages.plans import packed, unpacked
from app.courses.packages.reading import read_package
from app.courses.packages.web_pages import fragment
from tests.support.packages import PAGE, WISH, cartridge, manifest, small_files, zipped
from tests.support.qti12 import CHOICE, assessment
from tests.support.recordings import pdf

pytestmark = pytest.mark.no_database

ENTITY = '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
COURSE = "id: a\ntitle: {zh: 甲, en: A}\n"


def refused(data: bytes) -> str:
    """Why nothing of it is taken."""
    plan = read_package(data, "package.zip", WISH)
    assert plan.files == {}
    return str(plan.left[0].why)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no archive", "neither a ZIP archive nor"),
        (zipped({"a/course.yaml": COURSE, "a/../../etc/x.md": "x"}), "leads outside"),
        (zipped({"a/course.yaml": COURSE, "/etc/x.md": "x"}), "leads outside"),
        (zipped({"a/course.yaml": COURSE, "a/m/x.md": bytes(5_000_000)}), "far more than its size"),
        (zipped({"a/course.yaml": COURSE, "a/inner.zip": zipped({"b": "c"})}), "another archive"),
        (zipped({"a/course.yaml": COURSE, "a/m/n/o/p.md": "x"}), "a file of this name"),
        (zipped({"a/course.yaml": COURSE, "a/m/x.md": b"\xff\xfe\x00"}), "no text"),
        (zipped({"a/course.yaml": "id: &x a\ntitle: *x\n"}), "alias"),
        (zipped({"a/course.yaml": "- a"}), "course.yaml cannot be read"),
        (zipped({"A B/course.yaml": COURSE}), "cannot be the id"),
        (zipped({"a/course.yaml": COURSE, "b/course.yaml": COURSE}), "neither a package"),
        (cartridge(manifest=ENTITY + manifest()), "document type"),
        (cartridge(manifest=manifest("1.0.0")), "1.0.0"),
        (cartridge(manifest=manifest().replace("Common Cartridge", "Content")), "no Common Cartridge"),
        (cartridge(manifest="<manifest"), "XML cannot be read"),
    ],
)
def test_hostile_and_foreign_archives_are_refused_whole(data: bytes, why: str) -> None:
    assert why in refused(data)


def test_formulas_of_pages_stay_formulas() -> None:
    page = (
        "<p>If \\(a < b\\), pay $5 to $6 <i>or</i> [mathjaxinline]\\frac{a}{b}[/mathjaxinline].</p>"
        '<p>a<math alttext="x^2"><mi>x</mi></math> and <math><mi>z</mi></math>\\[ y \\]</p>'
    ).replace("a < b", "a &lt; b")
    left: list[Message] = []
    found = fragment(page.encode(), lambda address: address, lambda address, _words: address, left)
    assert found == "If $a < b$, pay $5 to $6 *or* $\\frac{a}{b}$.\n\na $x^2$ and $$y$$"
    assert [str(one) for one in left] == ["<math> is not shown in lessons and was left out"]


def test_our_own_package_comes_back_byte_for_byte() -> None:
    files = small_files()
    data = pack("small", files)
    assert data == pack("small", dict(reversed(files.items())))
    plan = read_package(data, "small.zip", WISH)
    assert (plan.key, plan.files, plan.left) == ("small", files, [])


def test_a_new_id_and_owner_change_these_lines_alone() -> None:
    files = small_files()
    plan = read_package(pack("small", files), "x", replace(WISH, key="other", organisation="example"))
    changed = {path for path in files if plan.files[path] != files[path]}
    assert (plan.key, changed) == ("other", {"course.yaml"})
    before, after = (one["course.yaml"].decode().splitlines() for one in (files, plan.files))
    assert set(after) - set(before) == {"id: other", "organisation: example"}
    assert set(before) - set(after) == {"id: small"}


def test_a_cartridge_becomes_lessons_and_names_what_it_leaves() -> None:
    plan = read_package(cartridge(), "package.imscc", WISH)
    text = plan.files["m1-orders/01-exclusion-orders.en.md"].decode()
    photo, figure = sorted(path for path in plan.files if path.startswith("figures/"))[::-1]
    for path in (photo, figure):  # encoded anew: nothing of the camera is left
        assert not Image.open(io.BytesIO(plan.files[path])).getexif()
    assert text.startswith("## Exclusion orders {#exclusion-orders}\n\nWhat an order **does**.\n")
    shown = f"![A court](../{figure}) ![A photo](../{photo}) Moving"
    assert f"## Who issues it {{#who-issues-it}}\n\nThe commission. More {shown}" in text
    assert "- one\n- two" in text
    assert "alert" not in text
    assert plan.files["m1-orders/01-exclusion-orders.zh.md"].decode() == (
        "## （未翻译）Exclusion orders {#exclusion-orders}\n\n## （未翻译）Who issues it {#who-issues-it}\n"
    )
    assert "[The commission](https://www.usitc.gov/)" in plan.files["m1-orders/02-links.en.md"].decode()
    left = {(one.where, str(one.why)) for one in plan.left}
    # Each once: a picture that a page shows but cannot keep is named by that page alone.
    assert {where for where, _why in left} == {"pages/orders.html", "tests/one.xml", "talk.xml", "img/spare.png"}
    words = " ".join(why for _where, why in left)
    for expected in ("<iframe>", "moving.gif", "other.html", "depends on whether", "discussion"):
        assert expected in words


def test_assessments_and_banks_of_a_cartridge_become_bank_questions() -> None:
    plan = read_package(cartridge(), "package.imscc", WISH)
    found = YAML(typ="safe").load(plan.files["m1-orders/questions.yaml"].decode())["questions"]
    assert [(one["id"][-3:], one["type"], one["use"], one["tags"]) for one in found] == [
        ("q01", "single", "bank", ["test-on-orders"]),
        ("q02", "true_false", "bank", ["test-on-orders"]),
        ("q03", "multiple", "bank", ["test-on-orders"]),
        ("q04", "short_text", "bank", ["test-on-orders"]),
        ("q05", "short_text", "bank", ["test-on-orders"]),
        ("q06", "essay", "bank", ["test-on-orders"]),
        ("q07", "true_false", "bank", ["remedies"]),
    ]
    assert [one.kind for one in plan.taken].count("question") == len(found)
    shown = CHOICE.replace("Who &lt;b", '&lt;img src="$IMS-CC-FILEBASE$/img/court.png">Who &lt;b')
    for test, why in (
        (assessment([shown]), "has a picture"),
        (assessment([]), "no questions in it"),
        ("<quiz/>", "no QTI 1.2 file"),
        ("<!DOCTYPE q><questestinterop/>", "document type"),
    ):
        left = read_package(cartridge(test=test), "package.imscc", WISH).left
        assert [why in str(one.why) for one in left if one.where == "tests/one.xml"] == [True]


def test_a_pdf_is_attached_where_the_outline_or_a_page_leads_to_it() -> None:
    listed = manifest().replace("imsdt_xmlv1p1", "webcontent").replace("talk.xml", "notes.pdf")
    led = PAGE.replace("other.html", "../notes.pdf")
    plan = read_package(cartridge(manifest=listed, page=led, **{"notes.pdf": pdf()}), "package.imscc", WISH)
    [name] = [path.removeprefix("media/") for path in plan.files if path.startswith("media/")]
    assert plan.files[f"media/{name}"] == pdf()
    page = plan.files["m1-orders/01-exclusion-orders.en.md"].decode()
    assert page.endswith(f"- one\n- two\n\n::: file {name} More\n:::\n")
    assert plan.files["m1-orders/02-talk.en.md"].decode() == f"## Talk {{#talk}}\n\n::: file {name} Talk\n:::\n"
    for content, why in (
        (b"%PDF-1.4", "damaged"),
        (b"MZ", "only PDF"),
        (pdf(b"/OpenAction<</S/JavaScript/JS(x)>>"), "scripts"),
    ):
        left = read_package(cartridge(manifest=listed, **{"notes.pdf": content}), "package.imscc", WISH).left
        assert [why in str(one.why) for one in left if one.where == "notes.pdf"] == [True]


def test_a_plan_is_kept_whole() -> None:
    plan = read_package(cartridge(), "package.imscc", WISH)
    assert plan.left
    assert plan.taken
    assert unpacked(packed(plan)) == plan
    assert packed(unpacked(packed(plan))) == packed(plan)


def test_a_page_cannot_reach_outside_or_smuggle_markup() -> None:
    page = PAGE.replace("../img/court.png", "../../../../etc/passwd").replace(
        "What an order", "<code>&lt;script&gt;</code> &lt;script&gt;x&lt;/script&gt; ::: question q"
    )
    plan = read_package(cartridge(page=page), "package.imscc", WISH)
    assert [path.partition("-")[0] for path in plan.files if path.startswith("figures/")] == ["figures/photo"]
    assert any("outside the archive" in str(one.why) for one in plan.left)
    text = plan.files["m1-orders/01-exclusion-orders.en.md"].decode()
    assert "`<script>` \\<script>x\\</script>" in text
    assert not any(line.startswith(":::") for line in text.splitlines())


@pytest.mark.parametrize("page", ["", "<div>" * 2_000, "<p>" + "x" * 30_000 + "</p>"])
def test_a_page_without_readable_text_is_named(page: str) -> None:
    plan = read_package(cartridge(page=page), "package.imscc", WISH)
    assert not any("exclusion" in path for path in plan.files)
    assert "pages/orders.html" in {one.where for one in plan.left}
