"""Catalogues: what is extracted, what is complained of, what is written, and processes that compile at once."""

import gettext
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from app.config import PROJECT
from app.core import catalogues

pytestmark = pytest.mark.no_database

HEAD = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project: one package with a text in code and one in a template, and one frame."""
    (tmp_path / "app/people").mkdir(parents=True)
    (tmp_path / "app/templates/people").mkdir(parents=True)
    (tmp_path / "app/people/views.py").write_text('_("Sign in")\nngettext("%(num)d day", "%(num)d days", 2)\n')
    (tmp_path / "app/templates/people/list.html").write_text('{{ _("People") }}')
    (tmp_path / "app/templates/base.html").write_text('{{ _("Home") }}')
    for locale in catalogues.PLURALS:
        (tmp_path / "app/translations" / locale).mkdir(parents=True)
    return tmp_path


def write(project: Path, name: str, text: str) -> None:
    (project / "app/translations" / name).write_text(HEAD + text)


def complete(project: Path) -> None:
    """Everything translated: Chinese by hand, English by the update."""
    write(project, "zh_Hans/design.po", 'msgid "Home"\nmsgstr "首页"\n')
    write(
        project,
        "zh_Hans/people.po",
        'msgid "People"\nmsgstr "人员"\n\nmsgid "Sign in"\nmsgstr "登录"\n\n'
        'msgid "%(num)d day"\nmsgid_plural "%(num)d days"\nmsgstr[0] "%(num)d天"\n',
    )
    catalogues.update(project)


def test_texts_belong_to_the_package_that_says_them(project: Path) -> None:
    assert catalogues.extract(project) == {
        "people": {"Sign in", ("%(num)d day", "%(num)d days"), "People"},
        "design": {"Home"},
    }


def test_an_update_keeps_adds_and_removes(project: Path) -> None:
    complete(project)
    assert catalogues.complaints(project) == []
    english = (project / "app/translations/en/people.po").read_text()
    assert 'msgstr[1] "%(num)d days"' in english
    (project / "app/templates/people/list.html").write_text('{{ _("Persons") }}')
    catalogues.update(project)
    assert catalogues.complaints(project) == ["zh_Hans/people.po: untranslated “Persons”"]
    assert '"登录"' in (project / "app/translations/zh_Hans/people.po").read_text()
    assert '"人员"' not in (project / "app/translations/zh_Hans/people.po").read_text()


def test_an_update_of_what_is_up_to_date_changes_nothing(project: Path) -> None:
    complete(project)
    files = sorted((project / "app/translations").rglob("*.po"))
    before = [path.read_text() for path in files]
    catalogues.update(project)
    assert [path.read_text() for path in files] == before


def test_a_text_known_elsewhere_is_taken_from_there(project: Path) -> None:
    complete(project)
    (project / "app/templates/base.html").write_text('{{ _("Home") }}{{ _("Sign in") }}')
    catalogues.update(project)
    assert catalogues.complaints(project) == []
    assert '"登录"' in (project / "app/translations/zh_Hans/design.po").read_text()


@pytest.mark.parametrize(
    ("planted", "complaint"),
    [
        ('msgid "Home"\nmsgstr ""\n', "zh_Hans/design.po: untranslated “Home”"),
        ('#, fuzzy\nmsgid "Home"\nmsgstr "首页"\n', "zh_Hans/design.po: fuzzy “Home”"),
        ('msgid "Home"\nmsgstr "首页"\n\n#~ msgid "Old"\n#~ msgstr "旧"\n', "zh_Hans/design.po: obsolete “Old”"),
        (
            'msgid "Home"\nmsgstr "首页"\n\nmsgid "Extra"\nmsgstr "多"\n',
            "zh_Hans/design.po: nobody says “Extra”",
        ),
        ("", "zh_Hans/design.po: missing “Home”"),
    ],
)
def test_each_fault_is_complained_of(project: Path, planted: str, complaint: str) -> None:
    complete(project)
    write(project, "zh_Hans/design.po", planted)
    assert catalogues.complaints(project) == [complaint]


def test_a_broken_placeholder_is_complained_of(project: Path) -> None:
    complete(project)
    path = project / "app/translations/zh_Hans/people.po"
    path.write_text(path.read_text().replace("%(num)d天", "%(days)d天"))
    (complaint,) = catalogues.complaints(project)
    assert complaint.startswith("zh_Hans/people.po: other placeholders in")


def test_two_translations_of_one_text_are_complained_of_and_the_first_wins(project: Path) -> None:
    complete(project)
    (project / "app/templates/people/list.html").write_text('{{ _("People") }}{{ _("Home") }}')
    catalogues.update(project)
    path = project / "app/translations/zh_Hans/people.po"
    path.write_text(path.read_text().replace("首页", "主页"))
    assert catalogues.complaints(project) == ["zh_Hans/people.po: “Home” is translated differently elsewhere"]
    merged, _contradictions = catalogues.merge(project / "app/translations", "zh_Hans")
    message = merged.get("Home")
    assert message is not None
    assert message.string == "首页"


def test_processes_that_compile_at_once_all_find_a_whole_file(project: Path) -> None:
    complete(project)
    folder = project / "app/translations"
    program = "import sys; from app.core import catalogues as c; c.compile_catalogues(c.Path(sys.argv[1]))"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    running = [subprocess.Popen([sys.executable, "-c", program, str(folder)], env=environment) for _ in range(4)]
    assert [process.wait(timeout=60) for process in running] == [0, 0, 0, 0]
    with (folder / "zh_Hans/LC_MESSAGES/messages.mo").open("rb") as stream:
        assert gettext.GNUTranslations(stream).gettext("Sign in") == "登录"
    assert not list(folder.rglob(".messages-*"))


def test_readers_never_see_half_a_file(project: Path) -> None:
    complete(project)
    folder = project / "app/translations"
    catalogues.compile_catalogues(folder)
    target = folder / "zh_Hans/LC_MESSAGES/messages.mo"
    stop = threading.Event()
    seen: list[str] = []

    def read() -> None:
        while not stop.is_set():
            with target.open("rb") as stream:
                seen.append(gettext.GNUTranslations(stream).gettext("Home"))

    reader = threading.Thread(target=read)
    reader.start()
    for moment in range(1, 60):
        os.utime(folder / "zh_Hans/design.po", (moment, moment))
        os.utime(folder / "zh_Hans/people.po", (moment, moment))
        catalogues.compile_catalogues(folder)
    stop.set()
    reader.join()
    assert set(seen) == {"首页"}
