"""What the keys keep with the application: who holds them."""

from typing import Final

from flask import Flask, current_app

from app.certificates.keys.custody import Holders, open_custody
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


def holders() -> Holders:
    """The running application's holders of keys."""
    found: Holders = current_app.extensions[_HOLDERS]
    return found
