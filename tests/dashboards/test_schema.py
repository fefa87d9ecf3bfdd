"""The dashboards against Grafana's own schema.

No package carries Grafana's JSON Schema, but npm's @grafana/grafana-foundation-sdk carries the
TypeScript types that are generated from the same source. A JSON Schema is made of those (schema/), kept
in build/, and the dashboards are checked against it. Skipped where neither npm's registry nor an earlier
run's schema is at hand; the other tests here need no network.
"""

import copy
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from dashboards import boards, panels  # noqa: E402

PACKAGES = ("@grafana/grafana-foundation-sdk@0.0.21", "ts-json-schema-generator@2.4.0")
SOURCES = Path(__file__).parent / "schema"
FOLDER = REPOSITORY / "build" / "grafana-schema"


def install() -> None:
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        shutil.copy(source, FOLDER)
    try:
        done = subprocess.run(
            ["npm", "install", "--prefix", str(FOLDER), "--no-save", "--ignore-scripts", "--no-audit",
             "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000", *PACKAGES],
            capture_output=True, text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm's registry did not answer within three minutes")
    if done.returncode != 0:
        pytest.skip(f"npm could not install {' '.join(PACKAGES)}: {done.stderr[-500:]}")


def make_schema(path: Path) -> None:
    install()
    # A file of its own first: what is broken off leaves no half a schema behind.
    draft = path.with_suffix(".draft")
    subprocess.run(
        [str(FOLDER / "node_modules/.bin/ts-json-schema-generator"), "--path", "checked.ts", "--type",
         "Checked", "--tsconfig", "tsconfig.json", "--no-type-check", "--expose", "none",
         "--no-top-ref", "--out", str(draft)], cwd=FOLDER, check=True, timeout=300)
    draft.rename(path)


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """A schema for each thing that checked.ts names."""
    path = FOLDER / "-".join(package.rsplit("@", 1)[1] for package in PACKAGES)
    path = path.with_name(path.name + ".json")
    if not path.exists():
        make_schema(path)
    return json.loads(path.read_text())["properties"]


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
