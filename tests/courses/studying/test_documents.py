"""A module as a PDF: for those who study the course, tagged, with the same citations, and nothing fetched."""

import re
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask import Flask

from app.core import markdown
from app.core.database import release
from app.core.printing.tagged import tagged_pdf
from app.courses.content.pictures import make_safe
from app.jobs.services import run_due_jobs
from tests.courses.test_pictures import picture
from tests.support.cast import Cast
from tests.support.courses import enrol, sync_folder
from tests.support.pages import Visitors

PAGE = "/courses/small/documents/m1-first"


@pytest.fixture(autouse=True)
def content() -> None:
    sync_folder()
    release()
    run_due_jobs()


def test_only_those_who_study_or_teach_the_course_get_its_documents(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    for path in (PAGE, f"{PAGE}/file"):
        visit(cast.outsider).get(path, status=403)
        visit(cast.cohort_mate).get(path, status=403)
    visit(cast.outsider).submit(PAGE, {}, 403, form_at="/notes")
    visit(cast.trainee).get("/courses/small/documents/none", status=404)
    visit(cast.trainee).get(f"{PAGE}/file", status=404)
    visit(cast.instructor).get(PAGE)


def test_a_document_is_made_once_for_all_and_says_what_the_page_says(cast: Cast, visit: Visitors) -> None:
    enrol(cast.trainee)
    enrol(cast.cohort_mate)
    browser = visit(cast.trainee)
    browser.submit(PAGE, {}, 303)
    waiting = browser.page(PAGE).cssselect("#study-document")[0]
    assert waiting.get("hx-get")
    visit(cast.cohort_mate).submit(PAGE, {}, 303, form_at="/notes")
    release()
    assert run_due_jobs() == 1
    ready = visit(cast.cohort_mate).page(PAGE).cssselect("#study-document")[0]
    assert ready.get("hx-get") is None
    response = browser.get(str(ready.cssselect("a")[0].get("href")))
    assert response.mimetype == "application/pdf"
    with pikepdf.Pdf.open(BytesIO(response.get_data())) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "zh-CN"
        assert str(pdf.docinfo["/Title"]) == "第一模块"
        links = {str(note.A.URI) for page in pdf.pages for note in page.get("/Annots", []) if "/A" in note}
        assert "https://academy.example/library/us-test-act#pin-1" in links
        fonts = {str(name) for name in re.findall(rb"/BaseFont /([A-Za-z+-]+)", response.get_data())}
        assert not [name for name in fonts if "Academy" not in name and "Noto" not in name]
    assert "生成 PDF" in browser.page(f"{PAGE}?language=en").text_content()


def test_photographs_and_formulas_are_in_the_document(app: Flask) -> None:
    data = make_safe(picture("JPEG")).data
    text = markdown.render("$\\frac{a}{b} < 1$ of $100\n\n$$\n\\text{损失} = x\n$$")
    html = f'<html lang="en"><head><title>t</title></head><body><p><img src="/f" alt="a"></p>{text}</body></html>'
    made = tagged_pdf(html, "", base_url="https://academy.example", pictures=lambda _: (data, "image/jpeg"))
    with pikepdf.Pdf.open(BytesIO(made)) as pdf:
        (image,) = [
            one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]
        assert str(image.Filter) == "/DCTDecode"
        assert (int(image.Width), int(image.Height)) == (40, 20)
        figures = [
            one for one in pdf.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == "/Figure"
        ]
        assert [str(figure.Alt) for figure in figures] == ["a", "a over b is less than 1", "损失 equals x"]


def test_nothing_is_fetched_that_is_not_a_figure_of_the_module(app: Flask, tmp_path: Path) -> None:
    asked: list[str] = []

    def none(url: str) -> None:
        asked.append(url)

    secret = tmp_path / "secret.png"
    secret.write_bytes(b"x")
    picture = f'<img src="{secret.as_uri()}" alt="a">'
    html = f'<html lang="en"><head><title>t</title></head><body>{picture}<p>b</p></body></html>'
    data = tagged_pdf(html, "p { color: black }", base_url="https://academy.example", pictures=none)
    assert data.startswith(b"%PDF")
    assert asked == [secret.as_uri()]
