"""What the README shows must be what the code does."""

from pathlib import Path

from applications.lifecycle.picture import life_picture

README = Path(__file__).parents[1] / "README.md"


def test_the_picture_of_a_claims_life_is_drawn_from_the_table():
    assert f"```mermaid\n{life_picture()}\n```" in README.read_text()


def test_every_folder_of_the_tree_is_explained():
    text = README.read_text()
    for folder in (
        "accounts",
        "applications",
        "config",
        "deploy",
        "measures",
        "review",
        "static",
        "templates",
        "tests",
    ):
        assert f"`{folder}/`" in text
