"""Who gets which answer where changes of law are followed up."""

import uuid
from datetime import date

from app.core.access import Grant, Role
from app.core.database import release, transaction
from app.library import services as library
from app.library.queries import get_instrument
from tests.access_matrix import Row, only
from tests.support.cast import Cast, as_actor
from tests.support.courses import sync_folder

FOLLOWERS = ("instructor", "other_instructor", "administrator")


def change(cast: Cast) -> str:
    sync_folder()
    release()
    with transaction():
        moved = library.record_change(
            as_actor(cast.instructor, Grant(Role.INSTRUCTOR, cast.university.id)),
            get_instrument("us-test-act"),
            changed_on=date(2026, 12, 1),
            note="第一条已修改，见官方公报。",
        )
    return f"/teaching/law-changes/{moved.id}"


ROWS = (
    Row("lawmoves.list_changes", "/teaching/law-changes", only(*FOLLOWERS)),
    Row("lawmoves.show_change", change, only(*FOLLOWERS)),
    Row(
        "lawmoves.show_change",
        f"/teaching/law-changes/{uuid.UUID(int=1)}",
        only(rest=403, instructor=404, other_instructor=404, administrator=404),
    ),
    Row("lawmoves.settle", change, only(*FOLLOWERS, ok=422), "post"),
)
