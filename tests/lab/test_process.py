"""What the lab knows of processes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lab.process import DESK, eventually, left_behind


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="this system has no proc(5)")
def test_a_process_that_a_daemon_left_behind_is_found(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "input()"]
    environment = {**os.environ, DESK: str(tmp_path)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment) as process:
        eventually(lambda: left_behind(tmp_path) == [process.pid], "it is found", timeout_s=10)
        process.communicate(b"\n")
    assert left_behind(tmp_path) == []
