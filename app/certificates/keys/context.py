"""What the keys keep with the application: who holds them."""

from importlib import import_module
from typing import Final

from flask import Flask, current_app

from app.certificates.keys.custody import Custody, Holders, SealedKeys
from app.certificates.keys.sealing import Vault
from app.config import ConfigurationError, Settings

_HOLDERS: Final = "academy.key_holders"


def init_app(app: Flask) -> None:
    """Open the custody that the settings describe. Raises ConfigurationError."""
    settings: Settings = app.extensions["academy.settings"]
    secrets = [app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"]]
    try:
        app.extensions[_HOLDERS] = open_custody(settings, secrets)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"KEY_CUSTODY: {error}") from error


def open_custody(settings: Settings, secrets: list[str]) -> Holders:
    """What the settings describe. ``KEY_CUSTODY`` is ``module:function``; raises ImportError or AttributeError."""
    passphrases = [settings.key_passphrase.get_secret_value(), *settings.key_passphrase_fallbacks]
    vault = Vault(secrets, [text for text in passphrases if text])
    others: dict[str, Custody] = {}
    if settings.key_custody:
        module, _, function = settings.key_custody.partition(":")
        others[settings.key_custody] = getattr(import_module(module), function)(settings)
    return Holders(SealedKeys(vault), others)


def holders() -> Holders:
    """The running application's holders of keys."""
    found: Holders = current_app.extensions[_HOLDERS]
    return found
