"""Files examined by several processes: as one process does it, in order, and whatever one of them does."""

import json
import os
import signal
from pathlib import Path

import pytest

from lab.mails import mail
from mailcase.daemon.batches import BATCH, BOUNDS, Batches, examined_lines
from mailcase.daemon.examine import examine, line_of
from mailcase.daemon.reading import Bounds
from mailcase.mail.limits import Limits


def files(folder: Path, *mails: bytes) -> list[str]:
    paths = [folder / f"{number}.eml" for number in range(len(mails))]
    for path, raw in zip(paths, mails, strict=True):
        path.write_bytes(raw)
    return [str(path) for path in paths]


def children() -> set[int]:
    """The processes that this one started."""
    return {int(child) for child in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def held(lines: list[bytes]) -> list[str | None]:
    return [json.loads(line)["held"] for line in lines]


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_each_file_has_its_line_in_order(tmp_path: Path, processes: int) -> None:
    paths = files(tmp_path, *(mail(subject=str(number)) for number in range(5 * BATCH + 3)), b"")
    paths.insert(7, str(tmp_path / "missing"))
    assert list(examined_lines(paths, processes=processes)) == [line_of(examine(Path(path))) for path in paths]


def test_no_files_are_no_lines() -> None:
    assert list(examined_lines([])) == []


def test_bare_bodies_are_read_as_what_they_are(tmp_path: Path) -> None:
    (line,) = examined_lines(files(tmp_path, b"<p>gr&uuml;n</p>"), "text/html", processes=2)
    assert json.loads(line)["text"] == "grün"


def test_only_the_mail_that_takes_too_long_is_held(tmp_path: Path) -> None:
    limits = Limits(max_text=20_000_000, max_reply_lines=2_000_000)
    paths = files(tmp_path, mail(), mail("Regards,\n" * 1_500_000), mail(), mail())
    found = list(
        examined_lines(paths, processes=2, bounds=Bounds(limits=limits, seconds=1, memory_bytes=4_000_000_000))
    )
    assert held(found) == [None, "too_slow", None, None]


def test_only_the_mail_that_takes_too_much_memory_is_held(tmp_path: Path) -> None:
    bounds = Bounds(limits=Limits(max_message=60_000_000), seconds=10, memory_bytes=128_000_000)
    paths = files(tmp_path, mail(), mail("äöü " * 8_000_000), mail())
    assert held(list(examined_lines(paths, processes=1, bounds=bounds))) == [None, "out_of_memory", None]


def test_a_process_that_is_killed_costs_no_line(tmp_path: Path) -> None:
    paths, before = files(tmp_path, *(mail(subject=str(number)) for number in range(20 * BATCH))), children()
    lines = examined_lines(paths, processes=2)
    found = [next(lines)]
    for child in children() - before:
        os.kill(child, signal.SIGKILL)
    found += lines
    assert [json.loads(line)["subject"] for line in found] == [str(number) for number in range(20 * BATCH)]


def test_lines_that_nobody_fetched_are_not_taken_for_others(tmp_path: Path) -> None:
    paths, batches = files(tmp_path, *(mail(subject=str(number)) for number in range(6 * BATCH))), Batches(2)
    some = batches.each(paths)
    next(some)
    some.close()  # type: ignore[attr-defined]  # a generator
    assert [json.loads(line)["subject"] for line in batches.each(paths[-2:])] == ["94", "95"]
    batches.close()


def test_processes_end_with_the_files(tmp_path: Path) -> None:
    before = children()
    assert len(list(examined_lines(files(tmp_path, mail(), mail()), processes=2, bounds=BOUNDS))) == 2
    assert children() == before
