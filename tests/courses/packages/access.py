"""Who gets which answer at packages: those who write courses, of their own organisation."""

from typing import Final

from tests.access_matrix import Row, only

TEACHERS: Final = ("instructor", "other_instructor", "administrator")
ABSENT: Final = only(*TEACHERS, ok=404)
UPLOAD: Final = "/authoring/packages/00000000-0000-7000-8000-000000000000"

ROWS = (
    Row("packages.upload", "/authoring/packages/new", only(*TEACHERS)),
    Row("packages.upload", "/authoring/packages/new", only(*TEACHERS, ok=422), "post"),
    Row("packages.show_upload", UPLOAD, ABSENT),
    Row("packages.confirm", f"{UPLOAD}/confirm", ABSENT, "post"),
    Row("packages.discard", f"{UPLOAD}/discard", ABSENT, "post"),
    Row("packages.download", "/authoring/none/package/draft", ABSENT, "post"),
)
