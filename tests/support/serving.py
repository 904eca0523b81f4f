"""A site behind a real web server, and real browsers in front of it in which people are signed in."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from app.accounts.models import Person
from app.core.database import release, write_mode
from tests.support.cast import make_login, signed_in_headers
from tests.support.chromium import PATIENCE
from tests.support.processes import Site
from tests.support.servers import WebServer
from tests.support.windows import Window


class Served:
    """A running site at ``base``, and the browser that comes to it."""

    def __init__(self, site: Site, base: str, browser: Browser) -> None:
        self.site, self.base, self.browser = site, base, browser

    def context(self, person: Person | None = None, **options: Any) -> BrowserContext:
        """A device of a person; of a stranger without one."""
        context = self.browser.new_context(**{"locale": "zh-CN", "base_url": self.base, **options})
        context.set_default_timeout(PATIENCE)
        if person is not None:
            self.sign_in(context, person)
        return context

    def window(self, person: Person | None = None, *, locale: str = "zh_Hans", **size: int) -> Window:
        """The same as a window that looks at every page, in a language that was chosen."""
        window = Window(self.browser, self.base, locale, **size)
        window.context.add_cookies([{"name": "language", "value": locale, "url": self.base}])
        if person is not None:
            self.sign_in(window.context, person)
        return window

    def sign_in(self, context: BrowserContext, person: Person) -> uuid.UUID:
        """Sign the person in there; her session."""
        release()
        with write_mode():
            login_id = make_login(person).id
        release()
        name, value = signed_in_headers(self.site.app, login_id)["Cookie"].split("=", 1)
        context.add_cookies([{"name": name, "value": value, "url": self.base}])
        return login_id


@contextmanager
def served(site: Site, browser: Browser) -> Iterator[Served]:
    """The site behind a server of its own, which ends with the block whatever happens in it."""
    web = WebServer(site, "gunicorn", "wsgi:app")
    try:
        web.start()
        yield Served(site, f"http://127.0.0.1:{web.port}", browser)
    finally:
        web.kill_all()
