"""CI accepts no skipped test."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.config import PROJECT

SKIPS = {
    "a mark": "import pytest\n@pytest.mark.skip\ndef test_it(): pass\n",
    "a call": "import pytest\ndef test_it(): pytest.skip('no')\n",
    "a module": "import pytest\npytest.importorskip('nothing_of_this_name')\ndef test_it(): pass\n",
}


@pytest.mark.parametrize("kind", SKIPS)
@pytest.mark.parametrize(("ci", "fails"), [("true", True), ("", False)])
def test_a_skip_fails_in_ci_alone(tmp_path: Path, kind: str, ci: str, fails: bool) -> None:
    (tmp_path / "test_planted.py").write_text(SKIPS[kind])
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.honesty", "-c", os.devnull, str(tmp_path)]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(PROJECT)}
    result = subprocess.run(
        [*command, "--rootdir", str(tmp_path)],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ("which CI does not accept" in result.stdout) is fails, result.stdout
    assert (result.returncode in {1, 2}) is fails, result.stdout
