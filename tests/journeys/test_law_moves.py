"""An instructor records a change of law; a trainee is told in the lesson until the section has been compared."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from app.core.access import Role
from app.core.database import release, write_mode
from tests.support.cast import make_cast, make_person
from tests.support.courses import enrol, sync_folder
from tests.support.processes import Site, own_site
from tests.support.serving import served

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]
LESSON = "/courses/small/m1-first/basics"


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with own_site(tmp_path_factory.mktemp("law")) as site:
        sync_folder()
        yield site


def test_a_change_of_law_is_followed_up_to_its_last_section(site: Site, browser: Browser) -> None:
    with served(site, browser) as academy:
        with write_mode():
            cast = make_cast()
            teacher = make_person(cast.authority, Role.INSTRUCTOR, name="国家讲师")
        release()
        enrol(cast.trainee)
        desk = academy.window(teacher)
        page = desk.open("/library/us-test-act/changes/new")
        page.get_by_label("变更后的法律开始适用之日").fill("2026-12-01")
        page.get_by_label("变更内容及公布之处").fill("第一条已修改，见官方公报。")
        desk.send()
        reader = academy.window(cast.trainee, width=390)
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
