"""``flask accounts …``: what an operator does before anybody can sign in."""

import uuid

import click
from flask import Flask
from flask.cli import AppGroup

from app.accounts import queries, rules, services
from app.accounts.forms import PASSWORD_FAULTS
from app.accounts.passwords import current_passwords
from app.core import clock
from app.core.database import release, transaction
from app.core.errors import Conflict, Invalid
from app.organisations.queries import find_organisation
from app.organisations.services import ensure_authority

group = AppGroup("accounts", help="Administrators and sessions.")


def _organisation_id(key: str | None) -> uuid.UUID:
    """The organisation of the key, or the national authority, made when there is none."""
    if key is None:
        return ensure_authority().id
    organisation = find_organisation(key)
    if organisation is None:
        raise click.ClickException(f"There is no organisation “{key}”. Load the content first: flask content sync")
    return organisation.id


def _asked_password() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    fault = rules.password_fault(password)
    if fault is not None:
        raise click.ClickException(str(PASSWORD_FAULTS[fault]))
    return current_passwords().hash(password)


@group.command("create-admin")
@click.option("--email", required=True)
@click.option("--name", required=True, help="The person's name.")
@click.option("--organisation", help="Key of an organisation; without it, the national authority.")
@click.option("--password", "ask", is_flag=True, help="Ask for a password here instead of printing a link.")
def create_admin(email: str, name: str, organisation: str | None, *, ask: bool) -> None:
    """Open an administrator's account, or give an existing account the role."""
    hashed = _asked_password() if ask else None
    release()
    try:
        with transaction():
            link = services.create_administrator(
                email=email,
                name=name,
                organisation_id=_organisation_id(organisation),
                password_hash=hashed,
                now=clock.now(),
            )
    except Invalid:
        raise click.ClickException("The name may hold letters, spaces, hyphens and dots only.") from None
    except Conflict:
        raise click.ClickException(f"{email} belongs to an account under another name.") from None
    click.echo(f"{name} <{email}> is administrator.")
    if link:
        click.echo(f"Set the password within {rules.INVITATION_LIFE.days} days, once: {link}")


@group.command("end-sessions")
@click.option("--email", help="Of one person; without it, everybody is signed out.")
def end_sessions(email: str | None) -> None:
    """Sign one person, or everybody, out everywhere."""
    with transaction():
        if email is None:
            count = services.end_everybodys_sessions(clock.now())
        else:
            person = queries.find_person_by_email(email)
            if person is None:
                raise click.ClickException(f"Nobody has the address {email}.")
            count = services.end_sessions(person.id, clock.now())
    click.echo(f"{count} sessions ended.")


def init_app(app: Flask) -> None:
    app.cli.add_command(group)
