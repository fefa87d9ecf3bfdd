"""Reads the dashboards: their panels, and every expression on them."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Iterator

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "dashboards"
STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
METRIC = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{")
VARIABLE = re.compile(r"\$\{?([a-z_]+)")


def filled(text: str, values: dict[str, str]) -> str:
    """An expression with values in the place of its variables."""
    return VARIABLE.sub(lambda match: values[match.group(1)], text)


@dataclass(frozen=True)
class Expression:
    """One query: where it stands, and what it asks for."""

    board: str
    place: str  # the panel's or the annotation's title
    text: str
    instant: bool

    @property
    def metrics(self) -> set[str]:
        return set(METRIC.findall(STRING.sub('""', self.text)))

    def filled(self, values: dict[str, str]) -> str:
        """With values in the place of its variables."""
        return filled(self.text, values)


def boards() -> dict[str, dict[str, Any]]:
    """Each dashboard by the name of its file without .json."""
    return {path.stem: json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))}


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All panels but rows, those within rows included, in the order of the page."""
    for panel in board["panels"]:
        if panel["type"] == "row":
            yield from panel["panels"]
        else:
            yield panel


def expressions() -> list[Expression]:
    """Those of all panels and annotations; the annotations, which all boards share, of one."""
    found = []
    for name, board in boards().items():
        for panel in panels(board):
            found += [Expression(name, panel["title"], target["expr"], target["instant"])
                      for target in panel["targets"]]
    annotations = next(iter(boards().values()))["annotations"]["list"]
    return found + [Expression("annotations", annotation["name"], annotation["expr"], False)
                    for annotation in annotations]


def variable_queries() -> set[str]:
    """What the variables of all dashboards ask for, as label_values(SELECTOR, LABEL)."""
    return {variable["query"] for board in boards().values()
            for variable in board["templating"]["list"] if variable["type"] == "query"}
