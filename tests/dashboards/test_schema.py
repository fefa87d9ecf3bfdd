"""The dashboards against a schema of Grafana's own types, which make_schema.py makes.

It needs npm's registry once; the other tests here need no network.
"""

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from dashboards import boards, panels  # noqa: E402
from make_schema import SCHEMA  # noqa: E402


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """A schema for each thing that schema/checked.ts names."""
    if not SCHEMA.exists():
        pytest.skip("tests/dashboards/make_schema.py has not made the schema")
    return json.loads(SCHEMA.read_text())["properties"]


def errors(schema: dict[str, Any], instance: Any, place: str) -> list[str]:
    return [f"{place} {'/'.join(map(str, error.path))}: {error.message[:200]}"
            for error in Draft7Validator(schema).iter_errors(instance)]


def without_targets(board: dict[str, Any]) -> dict[str, Any]:
    """The SDK types a query as an empty interface; queries are checked by their own type."""
    board = copy.deepcopy(board)
    for panel in panels(board):
        del panel["targets"]
    return board


def errors_of_panel(schema: dict[str, Any], panel: dict[str, Any]) -> list[str]:
    kind, title = panel["type"], panel["title"]
    found = errors(schema["options"]["properties"][kind], panel["options"], title)
    look = schema["look"]["properties"].get(kind)
    if look is not None:
        found += errors(look, panel["fieldConfig"]["defaults"]["custom"], title)
    for target in panel["targets"]:
        found += errors(schema["target"], target, title)
    return found


@pytest.mark.parametrize("name", boards())
def test_a_dashboard_is_as_grafana_types_it(schema: dict[str, Any], name: str):
    board = boards()[name]
    found = errors(schema["dashboard"], without_targets(board), name)
    for panel in panels(board):
        found += errors_of_panel(schema, panel)
    assert not found, "\n".join(found)


def test_the_schema_finds_what_is_wrong(schema: dict[str, Any]):
    board = without_targets(boards()["airflow-host-night"])
    assert not errors(schema["dashboard"], board, "")
    for break_it in (lambda b: b.update(graphTooltip="shared"), lambda b: b.update(uuid="x"),
                     lambda b: b.pop("templating"),
                     lambda b: b["panels"][0].update(gridPos={"x": 0}),
                     lambda b: b["panels"][0]["fieldConfig"]["defaults"].update(color={"mode": "no"})):
        broken = copy.deepcopy(board)
        break_it(broken)
        assert errors(schema["dashboard"], broken, "")
