"""Packages as other people would send them, and what is done with them, by calling the services."""

import io
import tarfile
import uuid
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flask import current_app
from PIL import Image

from app.core import clock
from app.core.access import Actor
from app.core.database import release, transaction
from app.courses.authoring.models import Draft
from app.courses.authoring.sources import store_media
from app.courses.packages import queries, services
from app.courses.packages.plans import Plan, Wish, packed
from app.courses.packages.reading import read_package
from app.files import services as files
from tests.support.courses import SMALL
from tests.support.qti12 import STATEMENT, assessment, bank

WISH = Wish("", None, "en", date(2026, 11, 23))
_ITEM = '<item identifier="i{0}" identifierref="{0}"><title>{1}</title></item>'
_RESOURCE = '<resource identifier="{0}" type="{1}" href="{2}"><file href="{2}"/></resource>'

#: Identifier, title in the outline, type and path of what a cartridge holds.
PARTS = (
    ("page", "Exclusion orders", "webcontent", "pages/orders.html"),
    ("link", "The commission", "imswl_xmlv1p1", "links/usitc.xml"),
    ("test", "A test", "imsqti_xmlv1p2/imscc_xmlv1p1/assessment", "tests/one.xml"),
    ("talk", "Talk", "imsdt_xmlv1p1", "talk.xml"),
)
#: A question bank stands in no outline.
BANK = _RESOURCE.format("bank", "imsqti_xmlv1p2/imscc_xmlv1p1/question-bank", "bank.xml")
PAGE = """<html><head><title>x</title><script>alert(1)</script></head><body><p>What an order <b>does</b>.</p>
<h2>Who issues it</h2><p>The commission. <a href="other.html">More</a> <img src="../img/court.png" alt="A court">
<img src="../img/photo.jpg" alt="A photo">
<img src="../img/moving.gif" alt="Moving"></p><ul><li>one</li><li>two</li></ul><iframe src="https://example.org/"></iframe>
</body></html>"""


def picture(kind: str = "PNG", size: tuple[int, int] = (8, 6)) -> bytes:
    """A plain picture as a camera writes it, with data of its own beside the drawing."""
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    buffer = io.BytesIO()
    Image.new("RGB", size, "navy").save(buffer, kind, **({"exif": exif} if kind != "GIF" else {}))
    return buffer.getvalue()


def zipped(contents: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return buffer.getvalue()


def tarred(contents: Mapping[str, bytes | str], *others: tarfile.TarInfo) -> bytes:
    """A gzipped tar; ``others`` are members that no honest program writes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for info in others:
            archive.addfile(info)
    return buffer.getvalue()


def small_files(course: str = "small") -> dict[str, bytes]:
    """The files of a course of the test content, by path."""
    folder: Path = SMALL / "courses" / course
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def manifest(version: str = "1.3.0") -> str:
    items = "".join(_ITEM.format(name, title) for name, title, _kind, _path in PARTS)
    resources = "".join(_RESOURCE.format(name, kind, path) for name, _title, kind, path in PARTS)
    return (
        '<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"><metadata>'
        f"<schema>IMS Common Cartridge</schema><schemaversion>{version}</schemaversion>"
        '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><title><string>Border measures</string></title>'
        "</general></lom></metadata><organizations><organization><item identifier='root'>"
        f"<item identifier='m'><title>Orders</title>{items}</item></item></organization></organizations>"
        f"<resources>{resources}{BANK}</resources></manifest>"
    )


def cartridge(**changed: bytes | str) -> bytes:
    """A cartridge of one module; ``manifest``, ``page``, ``test`` and the ``picture``'s path may be others."""
    others = {path: content for path, content in changed.items() if "." in path}
    return zipped(
        {
            "imsmanifest.xml": changed.get("manifest", manifest()),
            "pages/orders.html": changed.get("page", PAGE),
            "links/usitc.xml": '<webLink><title>t</title><url href="https://www.usitc.gov/"/></webLink>',
            "tests/one.xml": changed.get("test", assessment()),
            "bank.xml": bank([STATEMENT]),
            "talk.xml": "<topic/>",
            str(changed.get("picture", "img/court.png")): picture(),
            "img/photo.jpg": picture("JPEG"),
            "img/spare.png": picture(),
            "img/moving.gif": picture("GIF"),
            **others,
        }
    )


def take_in(actor: Actor, organisation_id: uuid.UUID, data: bytes, wish: Wish = WISH) -> tuple[Draft, Plan]:
    """Upload and confirm."""
    root = current_app.extensions["academy.settings"].data_dir
    plan = read_package(data, "package.zip", wish)
    digest, plan_digest = files.store(root, data), files.store(root, packed(plan))
    release()
    with transaction():
        upload = services.keep_upload(
            actor,
            plan,
            organisation_id=organisation_id,
            language=wish.language,
            file_name="package.zip",
            file_digest=digest,
            plan_digest=plan_digest,
            now=clock.now(),
        )
    seen = queries.plan_of(upload, root)
    store_media(root, seen.files)
    release()
    with transaction():
        return services.confirm_upload(actor, upload.id, seen, now=clock.now()), seen
