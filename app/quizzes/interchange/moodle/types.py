"""Which of Moodle's types is which of ours."""

from typing import Final

from app.quizzes.interchange.moodle import calculated, cloze, dragged, reading, writing, written

READERS: Final[reading.Readers] = {
    **reading.BASIC,
    "cloze": cloze.read,
    "multianswer": cloze.read,
    "calculated": calculated.read,
    "calculatedsimple": calculated.read,
    "essay": written.read,
    "ddwtos": dragged.read_text,
    "ddimageortext": dragged.read_labels,
    "ddmarker": dragged.read_markers,
}
WRITERS: Final[writing.Writers] = {
    **writing.BASIC,
    "cloze": ("cloze", cloze.write),
    "calculated": ("calculatedsimple", calculated.write),
    "essay": ("essay", written.write_essay),
    "file_upload": ("essay", written.write_upload),
    "drag_text": ("ddwtos", dragged.write_text),
    "drag_image": ("ddimageortext", dragged.write_labels),
}
