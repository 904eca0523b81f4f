"""Files inside the document: what programs read, where people read the page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import md5
from typing import Any

import pydyf


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to embed. ``relationship`` says what it is to the page (ISO 32000-2, 7.11.3)."""

    name: str
    media_type: str
    data: bytes
    description: str
    relationship: str = "Data"


def attach(pdf: Any, attachments: Sequence[Attachment], day: datetime) -> None:
    """Embed the files, all dated the same day, so that the same record gives the same file."""
    if not attachments:
        return
    names, associated = pydyf.Array(), pydyf.Array()
    for attachment in sorted(attachments, key=lambda one: one.name):
        specification = _embed(pdf, attachment, day)
        names += [pydyf.String(attachment.name), specification.reference]
        associated.append(specification.reference)
    pdf.catalog["Names"] = pydyf.Dictionary({"EmbeddedFiles": pydyf.Dictionary({"Names": names})})
    pdf.catalog["AF"] = associated


def _embed(pdf: Any, attachment: Attachment, day: datetime) -> Any:
    date = pydyf.String(pdf_date(day))
    stream = pydyf.Stream(
        [attachment.data],
        {
            "Type": "/EmbeddedFile",
            "Subtype": "/" + attachment.media_type.replace("/", "#2F"),
            "Params": pydyf.Dictionary(
                {
                    "Size": len(attachment.data),
                    "CheckSum": f"<{md5(attachment.data, usedforsecurity=False).hexdigest()}>",
                    "CreationDate": date,
                    "ModDate": date,
                }
            ),
        },
        compress=True,
    )
    pdf.add_object(stream)
    specification = pydyf.Dictionary(
        {
            "Type": "/Filespec",
            "F": pydyf.String(attachment.name),
            "UF": pydyf.String(attachment.name),
            "Desc": pydyf.String(attachment.description),
            "AFRelationship": f"/{attachment.relationship}",
            "EF": pydyf.Dictionary({"F": stream.reference, "UF": stream.reference}),
        }
    )
    pdf.add_object(specification)
    return specification


def pdf_date(moment: datetime) -> str:
    """A moment in UTC as PDF writes it."""
    return moment.strftime("D:%Y%m%d%H%M%SZ")
