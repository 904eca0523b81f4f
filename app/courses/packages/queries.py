"""Read courses for packing, and uploaded packages."""

import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from sqlalchemy import select

from app.core import clock
from app.core.access import Actor
from app.core.database import db
from app.core.errors import NotFound
from app.courses.authoring import policies
from app.courses.authoring import queries as drafts
from app.courses.authoring.sources import manifest_of, read_files
from app.courses.packages.models import PackageImport, PackageState
from app.courses.packages.own import pack
from app.courses.packages.plans import Plan, Wish, unpacked
from app.courses.packages.reading import read_package
from app.files import services as files
from app.organisations.models import Organisation, OrganisationKind
from app.organisations.queries import get_organisation_by_id, list_organisations
from app.quizzes.interchange.model import LANGUAGES

#: Uploads that wait, on one page.
MAX_SHOWN: Final = 20
State = Literal["draft", "published"]


@dataclass(frozen=True, slots=True)
class Packed:
    """A package on its way out."""

    name: str
    data: bytes


def pack_course(actor: Actor, course_key: str, state: State, root: Path) -> Packed:
    """A course her organisation owns, as one file. Raises NotFound, also where there is no such state of it."""
    source = drafts.source_for(actor, course_key)
    if state == "draft":
        manifest = drafts.manifest_of_draft(drafts.open_draft_for(actor, course_key).id)
    else:
        manifest = manifest_of(source.published_tree)
    if not manifest:
        raise NotFound
    return Packed(f"{course_key}-{state}.zip", pack(course_key, read_files(root, manifest)))


def organisations_for(actor: Actor) -> list[Organisation]:
    """For whom she may take courses in."""
    return [one for one in list_organisations() if policies.can_edit(actor, one.id)]


def get_upload_for(actor: Actor, upload_id: uuid.UUID) -> PackageImport:
    """An upload for an organisation whose courses she writes. Raises NotFound."""
    upload = db.session.get(PackageImport, upload_id)
    if upload is None or not policies.can_edit(actor, upload.organisation_id):
        raise NotFound
    return upload


def list_waiting(actor: Actor) -> list[PackageImport]:
    """The uploads of which nothing has been made yet, latest first, for organisations whose courses she writes."""
    organisations = [one.id for one in organisations_for(actor)]
    query = (
        select(PackageImport)
        .where(PackageImport.organisation_id.in_(organisations), PackageImport.state == PackageState.PREVIEWED)
        .order_by(PackageImport.created_at.desc(), PackageImport.id)
        .limit(MAX_SHOWN)
    )
    return list(db.session.scalars(query))


def wish_of(upload: PackageImport) -> Wish:
    """How the upload is to be taken in."""
    owner = get_organisation_by_id(upload.organisation_id)
    language = next(one for one in LANGUAGES if one == upload.language)
    return Wish(upload.course_key, owner_key(owner), language, clock.day_of(upload.created_at))


def owner_key(organisation: Organisation) -> str | None:
    """What course.yaml names as the owner: nothing for the national authority."""
    return None if organisation.kind is OrganisationKind.AUTHORITY else organisation.key


def plan_of(upload: PackageImport, root: Path) -> Plan:
    """What the upload would become."""
    if upload.plan_digest is not None:
        return unpacked(files.read(root, upload.plan_digest))
    return read_package(files.read(root, upload.file_digest), upload.file_name, wish_of(upload))
