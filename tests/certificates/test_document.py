"""The file itself: structure, language, fonts, QR code, and its text against the claims."""

import io
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from app.certificates.claims import printed_claims
from app.certificates.numbers import make_number
from app.certificates.rendering import Printed, render
from app.certificates.rendering.layouts import LAYOUTS
from app.certificates.rendering.pipeline import DoesNotFit
from app.certificates.rendering.seal import SIDE
from app.certificates.rendering.style import PLAIN
from app.certificates.rules import CourseClaim, DocumentKind, Names, Snapshot
from tests.support.certificates import completion_draft

pytestmark = pytest.mark.no_database

PRINTED = Printed("8NYM-JM2A-48AM-CEDX", "https://academy.example")


def snapshot(name: str = "林见微", latin: str = "LIN JIANWEI", **values: object) -> Snapshot:
    return Snapshot(
        number=make_number("OIPA", 2026, 123),
        issued_on="2026-11-22",
        holder=Names(name, latin),
        document=completion_draft(**values),  # type: ignore[arg-type]
    )


@cache
def completion() -> bytes:
    return render(snapshot(), PRINTED)


def text_of(data: bytes, folder: Path) -> str:
    """Every character on the page in reading order, without white space (lines may break anywhere)."""
    path = folder / "certificate.pdf"
    path.write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def picture_of(data: bytes, folder: Path) -> Image.Image:
    path = folder / "certificate.pdf"
    path.write_bytes(data)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", str(path), str(folder / "page")], check=True)
    return Image.open(folder / "page.png").convert("RGB")


def elements(node: pikepdf.Object) -> Iterator[pikepdf.Object]:
    if isinstance(node, pikepdf.Dictionary):
        yield node
        kids = node.get("/K", pikepdf.Array())
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            yield from elements(kid)


def test_is_one_tagged_page_with_a_language() -> None:
    with pikepdf.open(io.BytesIO(completion())) as pdf:
        assert len(pdf.pages) == 1
        assert str(pdf.Root.Lang) == "zh-CN"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
        tags = {str(node.get("/S")) for node in elements(pdf.Root.StructTreeRoot.K[0])}
        assert {"/Document", "/H1", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= tags


def test_says_what_it_conforms_to() -> None:
    with pikepdf.open(io.BytesIO(completion())) as pdf, pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert metadata["pdfuaid:part"] == "1"
        assert "PDF/UA identification schema" in str(metadata)
        assert metadata["dc:title"].startswith("结业证书")


def test_each_passage_has_its_language() -> None:
    with pikepdf.open(io.BytesIO(completion())) as pdf:
        languages = {str(node.Lang) for node in elements(pdf.Root.StructTreeRoot.K[0]) if "/Lang" in node}
        assert languages == {"en"}
        figure = next(node for node in elements(pdf.Root.StructTreeRoot.K[0]) if node.get("/S") == "/Figure")
        assert "OIPA-2026-000123-05" in str(figure.Alt)


def test_prints_every_claim(tmp_path: Path) -> None:
    text = text_of(completion(), tmp_path)
    for claim in printed_claims(snapshot()):
        if claim.key in {"quiz", "grade_run"}:
            continue  # stated by the record, whose digest is printed
        for value in claim.value.values():
            for part in str(value).split():
                assert part in text, f"{claim.key}: {part}"
    assert PRINTED.code in text
    assert "职业资格" not in text


def test_qr_code_leads_to_the_verification_page_with_the_secret_in_the_fragment(tmp_path: Path) -> None:
    codes = zxingcpp.read_barcodes(picture_of(completion(), tmp_path))
    assert [code.text for code in codes] == [
        "https://academy.example/verify#n=OIPA-2026-000123-05&c=8NYM-JM2A-48AM-CEDX"
    ]


def test_shows_no_box_for_rare_characters(tmp_path: Path) -> None:
    name = "䶮㛃㑇𬭎𬀩𫖯𠮷"
    assert name in text_of(render(snapshot(name), PRINTED), tmp_path)


def test_example_data_is_named_as_such(tmp_path: Path) -> None:
    assert "示例文件" in text_of(completion(), tmp_path)
    real = text_of(render(snapshot(example=False), PRINTED), tmp_path)
    assert "示例文件" not in real
    assert "Exampledocument" not in real


@pytest.mark.parametrize(
    ("name", "latin"),
    [
        ("阿卜杜热西提·吾买尔江阿卜杜拉", "ABDURESHIT OMARJAN ABDULLAH"),
        ("Maximiliana Alexandra von Hohenlohe-Langenburg", ""),
    ],
)
def test_long_names_stay_on_the_page(tmp_path: Path, name: str, latin: str) -> None:
    text = text_of(render(snapshot(name, latin), PRINTED), tmp_path)
    assert "".join(name.split()) in text


def test_many_courses_fit_and_too_many_are_refused(tmp_path: Path) -> None:
    one = CourseClaim(
        key="c", title={"zh": "国际贸易中的知识产权", "en": "IP in trade"}, hours="2", completed_on="2026-11-01",
        revision_digest="0" * 64,
    )  # fmt: skip
    courses = tuple(replace(one, key=f"c{n}", revision_digest=f"{n:064d}") for n in range(12))
    assert "国际贸易中的知识产权" in text_of(render(snapshot(courses=courses), PRINTED), tmp_path)
    with pytest.raises(DoesNotFit):
        render(snapshot(courses=courses * 12), PRINTED)


def test_border_and_seal_are_drawn_and_survive_black_and_white(tmp_path: Path) -> None:
    page = picture_of(completion(), tmp_path)
    grey = page.convert("L")
    width, height = page.size
    band = grey.crop((width // 3, int(height * 0.04), 2 * width // 3, int(height * 0.075)))
    assert min(band.tobytes()) < 200, "no border"
    where = next(
        motif for motif in LAYOUTS[DocumentKind.COMPLETION].drawing(PLAIN.look, True) if motif.name == "Seal"
    )
    left, bottom = where.places[0][4:]
    dots = [round(point * 150 / 72) for point in (left, 595.28 - bottom - SIDE, left + SIDE, 595.28 - bottom)]
    seal = page.crop((dots[0], dots[1], dots[2], dots[3]))
    pixels = list(zip(*(channel.tobytes() for channel in seal.split()), strict=True))
    red = sum(1 for r, g, b in pixels if r > 140 and g < 80 and b < 80) / len(pixels)
    assert 0.28 < red < 0.4, f"raised characters in their frame cover a third of the square, not {red:.0%}"


def test_the_same_record_gives_the_same_file() -> None:
    assert render(snapshot(), PRINTED) == completion()
