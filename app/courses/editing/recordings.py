"""The recordings and attachments of a draft, with their captions and transcripts."""

from pathlib import PurePosixPath

from app.courses.authoring import sources
from app.courses.content.media_files import TEXTS
from app.courses.content.tree import MediaFolder
from app.courses.editing.queries import Work


def folder_in(work: Work) -> MediaFolder:
    """What lies under the draft's ``media/``. Two statements, none where there is nothing."""
    named = work.media
    if not named:
        return MediaFolder()
    known = sources.media_of(named.values())
    words = sources.texts_of(named.values())
    return MediaFolder(
        files={name: known[digest] for name, digest in sorted(named.items()) if digest in known},
        texts={
            name: words[digest]
            for name, digest in named.items()
            if digest in words and PurePosixPath(name).suffix in TEXTS
        },
    )
