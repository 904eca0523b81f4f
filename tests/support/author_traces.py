"""Files that tell who made them, and what of that is left in one."""

import io
import zipfile

import pikepdf


def authored_pdf(name: str) -> bytes:
    """A document of one page with a note; its author stands in properties, metadata and note."""
    written = io.BytesIO()
    with pikepdf.new() as document:
        page = document.add_blank_page()
        note = pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Text, T=name, Contents="请核对")
        page.obj.Annots = pikepdf.Array([document.make_indirect(note)])
        document.docinfo["/Author"] = name
        with document.open_metadata() as metadata:
            metadata["dc:creator"] = [name]
        document.save(written)
    return written.getvalue()


def traces(data: bytes, name: str) -> list[bytes]:
    """What tells of the author, in the file and in what it packs."""
    packed = [data]
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            packed += [archive.read(member) for member in archive.namelist()]
    if data.startswith(b"%PDF"):
        with pikepdf.open(io.BytesIO(data)) as document:
            packed += [each.unparse(resolved=True) for each in document.objects]
            packed += [each.read_bytes() for each in document.objects if isinstance(each, pikepdf.Stream)]
    sought = [
        name.encode(),
        name.encode("utf-16-be"),
        name.encode("utf-16-le"),
        b"Example University",
        b"2026:11:23",
    ]
    return [trace for trace in sought if any(trace in each for each in packed)]
