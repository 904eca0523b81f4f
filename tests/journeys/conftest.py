"""What every journey begins with."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import chromium
from tests.support.processes import Site, own_site
from tests.support.serving import Served, served
from tests.support.sitting import sittings


@pytest.fixture(autouse=True)
def database() -> None:
    """Journeys commit for good, each to a database of its own."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An empty site; a journey that needs one of its own says so under the same name."""
    with own_site(tmp_path_factory.mktemp("journey")) as site:
        yield site


@pytest.fixture(scope="module")
def academy(site: Site, browser: Browser) -> Iterator[Served]:
    with served(site, browser) as academy:
        yield academy


@pytest.fixture
def sit(academy: Served) -> Iterator[Any]:
    """Makes candidates who sit an examination."""
    with sittings(academy) as sit:
        yield sit
