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


@pytest.mark.parametrize(("ci", "refused"), [("true", len(SKIPS)), ("", 0)])
def test_a_skip_fails_in_ci_alone(tmp_path: Path, ci: str, refused: int) -> None:
    for number, skip in enumerate(SKIPS.values()):
        (tmp_path / f"test_planted_{number}.py").write_text(skip)
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.honesty", "-c", os.devnull, str(tmp_path)]
    environment = {**os.environ, "CI": ci, "PYTHONPATH": str(PROJECT)}
    result = subprocess.run(
        [*command, "--rootdir", str(tmp_path), "--continue-on-collection-errors"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    ended = [line for line in result.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    assert len(ended) == refused, result.stdout
    assert result.stdout.count("which CI does not accept") >= refused, result.stdout
    assert (result.returncode in {1, 2}) is bool(refused), result.stdout
