"""What the engine keeps with the application: the keys of its receipts, and words for its templates."""

from flask import Flask, current_app

from app.accounts import own_data
from app.quizzes import rules, words
from app.quizzes.accommodations import words as granted
from app.quizzes.queries.portrait import sittings_of
from app.quizzes.receipts import Keyring
from app.quizzes.rendering import plain

_KEYRING = "academy.receipt_keys"


def init_app(app: Flask) -> None:
    """Derive the receipt keys from the application's secret and its retired ones; give templates their words."""
    own_data.register("examinations", sittings_of)
    app.jinja_env.filters.update(
        review_rows=words.review_rows,
        kept_text=words.kept_text,
        percentage=words.percentage,
        passed_text=words.passed_text,
        honour_digest=rules.honour_digest,
        allowance_lines=granted.lines,
        pauses_text=granted.pauses_text,
        plain=plain,
    )
    app.extensions[_KEYRING] = Keyring([app.config["SECRET_KEY"], *app.config["SECRET_KEY_FALLBACKS"]])


def keyring() -> Keyring:
    """The running application's receipt keys."""
    found: Keyring = current_app.extensions[_KEYRING]
    return found
