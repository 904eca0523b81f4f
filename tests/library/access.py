"""Who gets which answer at the routes of the library: everybody who has signed in."""

from tests.access_matrix import Row, signed_in
from tests.support.cast import Cast
from tests.support.courses import sync_folder


def instrument(_cast: Cast) -> str:
    sync_folder()
    return "/library/us-test-act"


ROWS = (
    Row("library.index", "/library", signed_in()),
    Row("library.show_glossary", "/library/glossary", signed_in()),
    Row("library.show_instrument", instrument, signed_in()),
    Row("library.show_instrument", "/library/none", signed_in(404)),
)
