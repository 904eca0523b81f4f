"""Every text has its Chinese and its English."""

from app.core.catalogues import complaints


def test_the_catalogues_are_complete() -> None:
    assert complaints() == [], "script/messages brings them up to date"
