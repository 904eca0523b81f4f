"""An instructor records a change of law; a trainee is told in the lesson until the section has been compared."""

import pytest
from playwright.sync_api import Browser

from app.core.access import Role
from app.core.database import release, write_mode
from tests.faults.servers import WebServer
from tests.faults.storm import signed_in_headers
from tests.support.cast import make_cast, make_login, make_person
from tests.support.chromium import chromium
from tests.support.courses import enrol, sync_folder
from tests.support.processes import Site, own_site
from tests.support.windows import Window

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
LESSON = "/courses/small/m1-first/basics"


@pytest.fixture(autouse=True)
def database() -> None:
    """This story commits for good, to a database of its own."""


def window(browser: Browser, site: Site, base: str, login: object, **options: int) -> Window:
    opened = Window(browser, base, "zh_Hans", **options)
    name, value = signed_in_headers(site.app, login)["Cookie"].split("=", 1)  # type: ignore[arg-type]
    opened.context.add_cookies([{"name": name, "value": value, "url": base}])
    return opened


def test_a_change_of_law_is_followed_up_to_its_last_section(tmp_path_factory: pytest.TempPathFactory) -> None:
    with own_site(tmp_path_factory.mktemp("law")) as site, chromium() as browser:
        with write_mode():
            cast = make_cast()
            teacher = make_person(cast.authority, Role.INSTRUCTOR, name="国家讲师")
            logins = {"teacher": make_login(teacher).id, "trainee": make_login(cast.trainee).id}
        release()
        sync_folder()
        enrol(cast.trainee)
        release()
        web = WebServer(site, "gunicorn", "wsgi:app")
        web.start()
        base = f"http://127.0.0.1:{web.port}"
        desk = window(browser, site, base, logins["teacher"])
        page = desk.open("/library/us-test-act/changes/new")
        page.get_by_label("变更后的法律开始适用之日").fill("2026-12-01")
        page.get_by_label("变更内容及公布之处").fill("第一条已修改，见官方公报。")
        desk.send()
        reader = window(browser, site, base, logins["trainee"], width=390)
        assert "此处引用的法律自" in reader.open(LESSON).inner_text("main")
        for box in page.locator("input[name=task]").all():
            box.check()
        page.get_by_label("已与变更后的法律比对：内容仍然正确").check()
        page.get_by_label("比对说明").fill("与修改后的官方文本逐条比对。")
        desk.send()
        assert "仍然正确" in page.inner_text("main")
        desk.open("/teaching/law-changes")
        assert "全部处理完毕" in page.inner_text("main")
        assert "此处引用的法律自" not in reader.open(LESSON).inner_text("main")
        desk.close()
        reader.close()
        web.kill_all()
