"""What PDF/A-3a and PDF/UA-1 demand of a finished file: by structure, and by a judge where one is named.

``VERAPDF`` may hold the command of a veraPDF (``verapdf``, ``java -jar …``); then it decides as well.
"""

import io
import os
import shlex
import subprocess
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pikepdf
import pytest

from app.certificates.rendering import Printed, Signature, render
from tests.certificates.test_document import PRINTED, elements, snapshot
from tests.certificates.test_signing import CREDENTIAL, PROOF, signed
from tests.support.document_signing import NOW, signer

pytestmark = pytest.mark.no_database

#: Figures, paragraphs … that ISO 14289-1 wants described, and the parents that tables' parts stand in.
PARENTS = {
    "/Table": {"/Document", "/Sect"},
    "/TBody": {"/Table"},
    "/TR": {"/TBody", "/THead"},
    "/TH": {"/TR"},
    "/TD": {"/TR"},
}
JUDGES = [command for command in [os.environ.get("VERAPDF", "")] if command]


@pytest.fixture
def pdf() -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(signed())) as opened:
        yield opened


def test_the_signed_file_keeps_what_the_archive_standard_demands(pdf: pikepdf.Pdf) -> None:
    assert not pdf.is_encrypted
    assert "/ID" in pdf.trailer
    (intent,) = pdf.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    with pdf.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert metadata["pdfuaid:part"] == "1"
        assert str(pdf.docinfo.get("/Title", metadata["dc:title"])) == metadata["dc:title"]
    for thing in pdf.objects:
        if not isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            continue
        assert thing.get("/Type") != "/Action"
        assert not {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Encrypt", "/XFA"} & set(thing.keys())
        if isinstance(thing, pikepdf.Stream):
            assert thing.get("/Filter", pikepdf.Name.FlateDecode) == pikepdf.Name.FlateDecode
            if thing.get("/Subtype") == "/Image":
                assert not thing.get("/Interpolate", False)
    for font in pdf.pages[0].resources.Font.values():
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert "/FontFile2" in descriptor
        assert "/ToUnicode" in font


def test_the_attachments_say_what_they_are(pdf: pikepdf.Pdf) -> None:
    assert pdf.attachments[CREDENTIAL.name].get_file().read_bytes() == CREDENTIAL.data
    assert pdf.attachments[PROOF.name].get_file().read_bytes() == PROOF.data
    associated = {str(one.UF): one for one in pdf.Root.AF}
    assert set(associated) == {CREDENTIAL.name, PROOF.name}
    for attachment in (CREDENTIAL, PROOF):
        specification = associated[attachment.name]
        assert specification.AFRelationship == "/Data"
        assert specification.F == specification.UF == attachment.name
        assert str(specification.Desc) == attachment.description
        stream = specification.EF.F
        assert stream.Subtype == "/" + attachment.media_type
        assert stream.Params.Size == len(attachment.data)
        assert stream.Params.ModDate == "D:20261122000000Z"


def test_everything_on_the_page_is_tagged_or_decoration(pdf: pikepdf.Pdf) -> None:
    """Nothing is painted outside marked content, and every tag is known to the structure tree."""
    painting = {"Tj", "TJ", "f", "f*", "B", "B*", "S", "Do", "'", '"', "b", "s", "sh"}
    depth, marked, numbers = 0, 0, set()
    for step in pikepdf.parse_content_stream(pdf.pages[0]):
        operands, name = step.operands, str(step.operator)
        if name in {"BMC", "BDC"}:
            depth += 1
            marked += 1
            if len(operands) > 1 and "/MCID" in operands[1]:
                numbers.add(int(operands[1].MCID))
        elif name == "EMC":
            depth -= 1
        elif name in painting:
            assert depth > 0, f"{name} outside marked content"
    assert depth == 0
    kids = pdf.Root.StructTreeRoot.ParentTree.Nums[1]
    assert numbers == set(range(len(kids)))


def test_the_tags_make_sense(pdf: pikepdf.Pdf) -> None:
    headings, named, referred = [], set(), set()
    for node in elements(pdf.Root.StructTreeRoot.K[0]):
        kind = str(node.get("/S", ""))
        if kind == "/Figure":
            assert str(node.Alt)
        if kind in PARENTS:
            assert str(node.P.S) in PARENTS[kind]
        if kind == "/TH":
            named.add(str(node.ID))
        if kind == "/TD":
            assert len(node.A.Headers), "a cell says which header it belongs to"
            referred |= {str(header) for header in node.A.Headers}
        if kind.startswith("/H"):
            headings.append(kind)
    assert headings[0] == "/H1"
    assert referred == named
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)
    assert str(pdf.Root.Lang) == "zh-CN"


def test_the_signature_field_disturbs_no_reader(pdf: pikepdf.Pdf) -> None:
    (field,) = pdf.Root.AcroForm.Fields
    assert pdf.Root.Perms.DocMDP.objgen == field.V.objgen
    assert [float(edge) for edge in field.Rect] == [0, 0, 0, 0]
    assert int(field.F) & 4, "PDF/A: to be printed"
    assert not int(field.F) & 0b100011, "PDF/A: neither hidden nor invisible"
    assert str(field.TU)
    assert pdf.pages[0].obj.Tabs == "/S"


def test_verapdf_agrees(tmp_path: Path) -> None:
    """Decided by the structure above alone where no judge is named."""
    rare = render(snapshot("䶮𠮷"), Printed(PRINTED.code, PRINTED.public_url), (), Signature(signer(), NOW))
    (tmp_path / "signed.pdf").write_bytes(signed())
    (tmp_path / "rare.pdf").write_bytes(rare)
    for name, flavour, command in product(("signed", "rare"), ("3a", "ua1"), JUDGES):
        done = subprocess.run(
            [*shlex.split(command), "--flavour", flavour, "--format", "text", str(tmp_path / f"{name}.pdf")],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stdout.startswith("PASS"), done.stdout + done.stderr
