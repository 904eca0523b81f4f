"""The verbs of authoring."""

from app.courses.authoring.services.drafts import abandon_draft, create_course, open_draft, update_draft
from app.courses.authoring.services.editing import (
    add_media,
    delete_file,
    note_presence,
    place_media,
    rename_file,
    resolve_conflict,
    save_file,
    store_upload,
)
from app.courses.authoring.services.exporting import Exported, export
from app.courses.authoring.services.publishing import decide, publish, roll_back, submit
from app.courses.authoring.services.syncing import plan_sync, sync

__all__ = [
    "Exported",
    "abandon_draft",
    "add_media",
    "create_course",
    "decide",
    "delete_file",
    "export",
    "note_presence",
    "open_draft",
    "place_media",
    "plan_sync",
    "publish",
    "rename_file",
    "resolve_conflict",
    "roll_back",
    "save_file",
    "store_upload",
    "submit",
    "sync",
    "update_draft",
]
