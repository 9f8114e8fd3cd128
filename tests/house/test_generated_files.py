"""What is written from the code is as new as the code."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", ["generate_protocol", "generate_config"])
def test_generated_files_are_fresh(script: str) -> None:
    result = subprocess.run(  # noqa: S603
        [sys.executable, ROOT / "scripts" / script, "--check"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 0, result.stdout + result.stderr
