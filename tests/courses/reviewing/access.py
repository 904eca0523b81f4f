"""Who gets which answer from a draft to its publication: the small course belongs to the national authority."""

from collections.abc import Callable
from typing import Final

from tests.access_matrix import Answers, Row, only
from tests.support.authoring import author, open_draft
from tests.support.cast import Cast
from tests.support.courses import sync_folder

TEACHERS: Final = ("instructor", "other_instructor", "administrator")
#: Of the cast, only the administrator is of the authority; teachers of universities see nothing of its drafts.
OWN: Final = only("administrator", instructor=404, other_instructor=404)
ABSENT: Final = only(*TEACHERS, ok=404)
NONE: Final = "/authoring/no-such-course"
ID: Final = "00000000-0000-7000-8000-000000000000"


def begun(path: str) -> Callable[[Cast], str]:
    """A path, with a draft of the small course in work."""

    def address(cast: Cast) -> str:
        sync_folder()
        open_draft(author(cast))
        return path

    return address


def own(ok: int) -> Answers:
    return only("administrator", ok=ok, instructor=404, other_instructor=404)


ROWS = (
    Row("reviewing.list_reviews", "/drafts-to-review", only(*TEACHERS)),
    Row("reviewing.show_review", begun("/authoring/small/review"), OWN),
    Row("reviewing.submit", begun("/authoring/small/review/submit"), own(422), "post"),
    Row("reviewing.decide", begun("/authoring/small/review/decide"), own(422), "post"),
    Row("reviewing.bring_up", begun("/authoring/small/review/update"), own(303), "post"),
    Row("reviewing.add_remark", begun("/authoring/small/review/remarks"), ABSENT, "post"),
    Row("reviewing.settle_remark", begun(f"/authoring/small/review/remarks/{ID}"), ABSENT, "post"),
    Row("reviewing.show_publish", begun("/authoring/small/publish"), own(303)),
    Row("reviewing.publish", begun("/authoring/small/publish"), own(422), "post"),
    Row("reviewing.show_history", begun("/authoring/small/history"), OWN),
    Row("reviewing.compare", f"{NONE}/history/{ID}/{ID}", ABSENT),
    Row(
        "reviewing.choose_comparison", begun(f"/authoring/small/history/compare?before={ID}&after={ID}"), own(302)
    ),
    Row("reviewing.roll_back", f"{NONE}/history/{ID}/publish", ABSENT),
    Row("reviewing.roll_back", f"{NONE}/history/{ID}/publish", ABSENT, "post"),
)
