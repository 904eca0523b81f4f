"""What schemas and players of QTI 3.0 made of our items, and what public packages of it were found to hold."""

import io
import zipfile
from typing import Any

import pytest
from lxml import etree

from app.quizzes.interchange import formats
from app.quizzes.interchange.carried import ELEMENT, NAMESPACE
from app.quizzes.interchange.model import Question
from app.quizzes.interchange.qti.names import NS3
from tests.quizzes.interchange.test_round_trips import MEDIA, pictured
from tests.support.quizzes import authored

pytestmark = pytest.mark.no_database

NS = {
    "q": NS3,
    "m": "http://www.w3.org/1998/Math/MathML",
    "cp": "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
    "lom": "http://ltsc.ieee.org/xsd/LOM",
    "own": NAMESPACE,
}


def written(kind: str, **values: Any) -> dict[str, etree._Element]:
    """The XML files of a package with one question, by path."""
    exported = formats.write("qti30", [Question("q", pictured(authored(kind, **values)))], MEDIA)
    assert [str(refusal.why) for refusal in exported.left_out] == []
    archive = zipfile.ZipFile(io.BytesIO(exported.data))
    return {name: etree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith(".xml")}


def test_formulas_stay_in_their_own_namespace() -> None:
    item = written("single", prompt={"zh": "求$\\frac{a}{b}$。", "en": "Find $\\frac{a}{b}$."})["items/q.xml"]
    assert [found.get("alttext") for found in item.iterfind(".//m:math", NS)] == ["\\frac{a}{b}"] * 2
    assert len(item.findall(".//m:mfrac", NS)) == 2


def test_every_expression_of_a_formula_has_its_name_of_version_3() -> None:
    """``power``, ``max`` and ``min`` have no capital letter by which they could be known."""
    item = written("calculated", formula="max(price, rate) ** 2 + min(price, 3) * sqrt(rate)")["items/q.xml"]
    template = item.find("q:qti-template-processing", NS)
    assert template is not None
    names = {etree.QName(found).localname for found in template.iter(etree.Element)}
    assert {"qti-power", "qti-max", "qti-min", "qti-sum", "qti-product"} <= names
    assert all(name.startswith("qti-") for name in names)


def test_what_only_we_know_stands_in_the_lom_record() -> None:
    """The manifest of version 3 lets nothing foreign stand beside it."""
    manifest = written("essay", tags=["clock"])["imsmanifest.xml"]
    metadata = manifest.find(".//cp:resource/cp:metadata", NS)
    assert metadata is not None
    assert [etree.QName(found).localname for found in metadata] == ["lom"]
    assert metadata.find(f"lom:lom/own:{ELEMENT}", NS) is not None
