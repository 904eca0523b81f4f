"""Which of Moodle's types is which of ours."""

from typing import Final

from app.quizzes.interchange.moodle import cloze, reading, writing, written

READERS: Final[reading.Readers] = {
    **reading.BASIC,
    "cloze": cloze.read,
    "multianswer": cloze.read,
    "essay": written.read,
}
WRITERS: Final[writing.Writers] = {
    **writing.BASIC,
    "cloze": ("cloze", cloze.write),
    "essay": ("essay", written.write_essay),
    "file_upload": ("essay", written.write_upload),
}
