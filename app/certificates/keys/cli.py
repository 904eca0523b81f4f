"""``flask certificates keys …``."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask.cli import AppGroup

from app.certificates import services as certificates
from app.certificates.cli import group
from app.certificates.keys import certification, queries, services
from app.certificates.keys.context import holders
from app.certificates.keys.issuer import public_keys
from app.certificates.keys.models import SigningKey
from app.certificates.keys.rules import Purpose
from app.certificates.keys.sealing import Unopenable
from app.certificates.keys.signing import signer_of
from app.core import clock
from app.core.addresses import public_root
from app.core.database import release, transaction
from app.core.errors import DomainError

keys = AppGroup("keys", help="The keys that documents, credentials and the log are signed with.")
group.add_command(keys)

_PURPOSE = click.Choice([purpose.value for purpose in Purpose])
_ISSUER = click.option("--issuer", help="Name in the document certificate; the host of PUBLIC_URL otherwise.")


def _issuer(given: str | None) -> str:
    return given or urlsplit(public_root()).hostname or "localhost"


def _line(key: SigningKey) -> str:
    moments = " ".join(
        f"{word} {moment:%Y-%m-%d %H:%M}"
        for word, moment in (("active since", key.activated_at), ("retired", key.retired_at))
        if moment
    )
    return f"{key.name:<30} {key.state:<9} {key.custody:<8} {moments}".rstrip()


@keys.command("create")
@_ISSUER
@click.option("--prepare", type=_PURPOSE, help="Make one key that does not sign yet (for a CA's certificate).")
@click.option("--if-missing", is_flag=True, help="Say nothing when every purpose has a key.")
def create(issuer: str | None, prepare: str | None, *, if_missing: bool) -> None:
    """Make the keys that are missing; what waited for them is issued."""
    now = clock.now()
    with transaction():
        if prepare:
            made = [services.create_key(holders(), Purpose(prepare), _issuer(issuer), now, activate=False)]
        else:
            made = services.create_missing(holders(), _issuer(issuer), now)
        issued = certificates.issue_without_keys(now) if queries.is_ready() else 0
    for key in made:
        print(_line(key))
    if not made and not if_missing:
        print("every purpose has an active key")
    if issued:
        print(f"{issued} documents that waited for keys are issued")


@keys.command("list")
def list_command() -> None:
    """Every key, the retired ones too."""
    for key in queries.list_keys():
        print(_line(key))
    release()


@keys.command("rotate")
@click.argument("purpose", type=_PURPOSE)
@_ISSUER
def rotate(purpose: str, issuer: str | None) -> None:
    """A new key takes over at once; what the old one signed keeps verifying."""
    with transaction():
        key = services.rotate(holders(), Purpose(purpose), _issuer(issuer), clock.now())
    print(_line(key))


@keys.command("activate")
@click.argument("name")
def activate(name: str) -> None:
    """A prepared key takes over."""
    try:
        with transaction():
            key = services.activate_key(name, clock.now())
            if queries.is_ready():
                certificates.issue_without_keys(clock.now())
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    print(_line(key))


@keys.command("request")
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@_ISSUER
def request(name: str, file: Path, issuer: str | None) -> None:
    """Write a certification request (PKCS#10, DER) for a prepared document key, to give to a CA."""
    try:
        key = queries.get_key(name)
        file.write_bytes(certification.request_for(key.public, _issuer(issuer), signer_of(key, holders()).sign))
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    finally:
        release()
    print(f"{file}: give it to the CA, then: flask certificates keys import-certificate {name} FILE")


@keys.command("import-certificate")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_certificate(name: str, file: Path) -> None:
    """Give a prepared document key the certificate a CA made (PEM with those above it, or DER)."""
    data = file.read_bytes()
    try:
        with transaction():
            services.import_certificate(name, data)
    except (DomainError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    print(f"{name} has its certificate; let it sign with: flask certificates keys activate {name}")


@keys.command("export-public")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
def export_public(file: Path | None) -> None:
    """Write all public keys as one file, which is all that the offline verifier needs."""
    text = json.dumps(public_keys(public_root(), clock.now()).to_json(), ensure_ascii=False, indent=1)
    release()
    if file is None:
        print(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")


@keys.command("reencrypt")
def reencrypt() -> None:
    """Seal every private key under the present SECRET_KEY or KEY_PASSPHRASE (after changing it)."""
    try:
        with transaction():
            count = services.reencrypt(holders())
    except Unopenable as error:
        raise click.ClickException(str(error)) from None
    print(f"{count} keys are sealed under the present secret")
