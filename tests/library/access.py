"""Who gets which answer at the routes of the library: everybody who has signed in."""

from tests.access_matrix import Row, only, signed_in
from tests.support.cast import Cast
from tests.support.courses import sync_folder


def instrument(_cast: Cast) -> str:
    sync_folder()
    return "/library/us-test-act"


TEACHERS = ("instructor", "other_instructor", "administrator")


def change(cast: Cast) -> str:
    return f"{instrument(cast)}/changes/new"


ROWS = (
    Row("library.index", "/library", signed_in()),
    Row("library.show_glossary", "/library/glossary", signed_in()),
    Row("library.show_instrument", instrument, signed_in()),
    Row("library.show_instrument", "/library/none", signed_in(404)),
    Row("library.record_change", change, only(*TEACHERS)),
    Row("library.record_change", change, only(*TEACHERS, ok=422), "post"),
)
