"""The contracts between packages, and each seen to fail on a planted violation."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import PROJECT


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the project in a folder."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project's Python, to plant in."""
    only_python = shutil.ignore_patterns("static", "templates", "translations", "__pycache__")
    shutil.copytree(PROJECT / "app", tmp_path / "app", ignore=only_python)
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_packages_keep_their_layers() -> None:
    result = lint(PROJECT)
    assert result.returncode == 0, result.stdout


#: Contract → the files that break it, each by an import that stands nowhere else.
PLANTED = {
    "Packages stand in layers": {"app/accounts/queries.py": "app.courses.services"},
    "Domain code knows nothing of the web": {
        "app/jobs/services.py": "flask",
        "app/accounts/models.py": "flask_login",
    },
    "Views are imported by the factory alone": {"app/home/context.py": "app.mail.views"},
    "Inside a package": {
        "app/cohorts/rules.py": "app.cohorts.services",
        "app/cohorts/queries.py": "app.cohorts.forms",
    },
}


def test_a_planted_import_breaks_its_contract(copy: Path) -> None:
    for planted in PLANTED.values():
        for file, module in planted.items():
            with (copy / file).open("a") as source:
                source.write(f"\nimport {module}\n")
    said = lint(copy).stdout
    for contract, planted in PLANTED.items():
        assert re.search(rf"^{contract}.* BROKEN", said, re.MULTILINE), said
        for file, module in planted.items():
            importer = file.removesuffix(".py").replace("/", ".")
            assert re.search(rf"\b{importer}\b.* -> {module}\b", said), f"{importer} -> {module}: {said}"


def test_a_package_without_a_place_is_noticed(copy: Path) -> None:
    (copy / "app/surprise").mkdir()
    (copy / "app/surprise/__init__.py").touch()
    result = lint(copy)
    assert result.returncode != 0
    assert "surprise" in result.stdout + result.stderr
