"""The document fonts: what they can show, and that a file shows the glyph that its text says."""

import io
import re
import subprocess
import sys

import pikepdf
import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from app.certificates import fonts
from app.certificates.rendering import render
from app.config import PROJECT
from tests.certificates.test_document import PRINTED, snapshot

pytestmark = pytest.mark.no_database

RARE = "䶮㛃㑇𬭎𬀩𫖯"
#: Outside our own face: set in Debian's.
FOREIGN = "𠮷㐂龘"


def test_the_vendored_fonts_are_the_ones_that_were_built() -> None:
    command = [sys.executable, str(PROJECT / "script/document-fonts"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("林见微 LIN JIANWEI Ångström Müller “‘’”（），。《》·—…①℃", ""),
        (RARE + FOREIGN + "喆堃镕祎玥珺", ""),
        ("林\U0001f600\ue000\x07", "\U0001f600\ue000\x07"),
        ("a\u200bb\u202ec\u2028d", "\u200b\u202e\u2028"),
        ("𪚥林𪚥", "𪚥"),  # a character of Unicode that even the large font lacks
    ],
)
def test_the_gate_names_what_cannot_be_printed(text: str, missing: str) -> None:
    assert fonts.missing_characters([text[:2], text[2:]]) == missing


def test_our_own_face_has_what_nearly_every_name_needs() -> None:
    own = fonts.coverage()
    gb2312 = {
        bytes((row, cell)).decode("gb2312", "replace")[0]
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
    }
    assert len(gb2312) == 6764  # and one for the five holes in the standard's last row
    assert {ord(one) for one in gb2312} - own == {0xFFFD}
    assert {ord(one) for one in RARE} <= own
    assert not {ord(one) for one in FOREIGN} & own


def test_without_the_large_font_rare_characters_stop_the_issue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "_fallback_ranges", lambda: ((), ()))
    assert fonts.missing_characters([RARE + FOREIGN]) == FOREIGN


def _outline(face: TTFont, glyph: str) -> object:
    pen = RecordingPen()
    face.getGlyphSet()[glyph].draw(pen)
    return pen.value


def _unicodes(font: pikepdf.Object) -> dict[int, str]:
    """Character number in the file → text, by the font's ToUnicode map."""
    lines = re.findall(rb"<([0-9a-f]{4})> <([0-9a-f]+)>\n", font.ToUnicode.read_bytes())
    pairs = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in lines}
    return {code: text for code, text in pairs.items() if text != "\uffff"}


def test_every_character_number_is_the_number_of_its_glyph() -> None:
    """A viewer draws the glyph that the embedded font has at this place: it must be the one the text names."""
    source = {
        "Academy-Song": TTFont(fonts.REGULAR),
        "Academy-Song-Bold": TTFont(fonts.BOLD),
        "Noto-Serif-CJK-SC": TTFont(fonts.FALLBACK, fontNumber=fonts.SC_FACE),
    }
    with pikepdf.open(io.BytesIO(render(snapshot(RARE + FOREIGN), PRINTED))) as pdf:
        shown = {}
        for font in pdf.pages[0].resources.Font.values():
            descendant = font.DescendantFonts[0]
            name = str(descendant.BaseFont).partition("+")[2]
            face = source.pop(name)
            assert font.Encoding == "/Identity-H"
            assert descendant.CIDToGIDMap == "/Identity"
            descriptor = descendant.FontDescriptor
            stream = descriptor.FontFile2 if "/FontFile2" in descriptor else descriptor.FontFile3
            embedded = TTFont(io.BytesIO(stream.read_bytes()))
            order = [f"glyph{code:05d}" for code in range(embedded["maxp"].numGlyphs)]
            if "/FontFile2" in descriptor:
                assert descendant.Subtype == "/CIDFontType2"
                embedded.setGlyphOrder(order)
            else:  # CFF: a reader goes by the font's own character numbers, which have to be the glyphs' too
                assert descendant.Subtype == "/CIDFontType0"
                order = embedded.getGlyphOrder()
                assert order[1:] == [f"cid{code:05d}" for code in range(1, len(order))]
            for code, text in _unicodes(font).items():
                glyph = face.getBestCmap()[ord(text)]
                assert _outline(embedded, order[code]) == _outline(face, glyph), f"{name}: {text}"
                shown[text] = name
        assert not source
    assert {shown[one] for one in RARE} == {"Academy-Song"}
    assert {shown[one] for one in FOREIGN} == {"Noto-Serif-CJK-SC"}
    assert shown["业"] == "Academy-Song-Bold"
