"""Every story of this folder, on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from lab.desks import Furniture, ManualClock, furnish, open_app
from scenarios.script import Story
from scenarios.stage import Stage

STORIES = sorted(path.parent for path in Path(__file__).parent.glob("[0-9]*/story.md"))


@pytest.mark.parametrize("folder", STORIES, ids=lambda folder: folder.name)
def test_story(folder: Path, database_url: str, tmp_path: Path) -> None:
    story = Story(folder=folder)
    furniture = Furniture(
        url=database_url, rules=story.rules, articles=story.articles, desk=story.desk, extra=story.settings
    )
    clock = ManualClock()
    app = open_app(furnish(tmp_path, furniture), clock)
    try:
        Stage(story, app, clock).play()
    finally:
        app.close()


def test_every_folder_is_a_story_with_steps_in_an_order_of_their_own() -> None:
    for folder in Path(__file__).parent.glob("[0-9]*"):
        numbers = [step.number for step in Story(folder=folder).steps]
        assert (folder / "story.md").read_text().strip(), folder
        assert numbers == [f"{index:02}" for index in range(1, len(numbers) + 1)], folder
