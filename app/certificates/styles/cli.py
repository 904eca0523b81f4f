"""``flask certificates specimens``."""

from pathlib import Path

import click

from app.certificates.cli import group
from app.certificates.rules import DocumentKind
from app.certificates.styles.queries import style_named, styles_in_use
from app.certificates.styles.specimens import specimen
from app.core.addresses import public_root
from app.core.database import release


@group.command("specimens")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def specimens(folder: Path) -> None:
    """Draw every kind of document in every house style in use, of nobody and unsigned, into FOLDER."""
    shown = [(line.organisation.key, line.organisation.name, line.digest) for line in styles_in_use()]
    styles = [(key, name, style_named(digest)) for key, name, digest in shown]
    root = public_root()
    release()
    folder.mkdir(parents=True, exist_ok=True)
    for key, name, style in styles:
        for kind in DocumentKind:
            path = folder / f"{key}-{kind.value}.pdf"
            path.write_bytes(specimen(kind, style, {"zh": name["zh"], "en": name["en"]}, root))
            click.echo(path)
