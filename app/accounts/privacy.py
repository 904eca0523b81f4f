"""The versions of the privacy notice; its text stands in ``templates/accounts/privacy/<version>.<zh|en>.html``.

A change of substance is a new version: people are asked again when they next sign in, and the old text stays
readable, because their consent refers to it.
"""

from typing import Final

VERSIONS: Final = ("2026-11-01",)
CURRENT: Final = VERSIONS[-1]
