"""The contracts between packages, and each seen to fail on a planted violation."""

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


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("app/accounts/queries.py", "import app.courses.services", "Packages stand in layers"),
        ("app/jobs/services.py", "import flask", "Domain code knows nothing of the web"),
        ("app/accounts/models.py", "import flask_login", "Domain code knows nothing of the web"),
        ("app/home/context.py", "import app.mail.views", "Views are imported by the factory alone"),
        ("app/cohorts/rules.py", "import app.cohorts.services", "Inside a package"),
        ("app/cohorts/queries.py", "import app.cohorts.forms", "Inside a package"),
        ("app/surprise/__init__.py", "", "Packages stand in layers"),
    ],
)
def test_a_planted_import_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    path.parent.mkdir(exist_ok=True)
    if line.startswith("import app.courses.services"):
        (copy / "app/courses/services.py").touch()
    path.write_text((path.read_text() if path.exists() else "") + f"\n{line}\n")
    result = lint(copy)
    assert result.returncode != 0
    broken = [
        said for said in (result.stdout + result.stderr).splitlines() if "BROKEN" in said or "surprise" in said
    ]
    assert any(contract in said or "surprise" in said for said in broken), result.stdout
