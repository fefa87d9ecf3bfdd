"""The rules that a dashboard must keep so that it imports, provisions, reads and links as it should."""

import itertools
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Iterator

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from dashboards import FOLDER, VARIABLE, boards, expressions, panels  # noqa: E402

UIDS = {"airflow-host-night", "airflow-host-memory", "airflow-host-tasks", "airflow-host-airflow"}
BUILT_IN = {"__all", "__rate_interval", "__range", "__url_time_range"}
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
# A first kill in a container is a series that begins with 1, which increase() cannot see.
BARE_COUNTERS = re.compile(r"(max_over_time\()?airflow_oom_kills_total\{[^}]*\} ?(> 0 unless|\[1h\] offset)")
COUNTER = re.compile(r"([\w(]*)\b(\w+_total)\{[^}]*\}(\[[^]]*\])?")

every_board = pytest.mark.parametrize("name", boards())


def rows(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] == "row"]


def strings(value: Any) -> Iterator[str]:
    """Every text in a dashboard."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


def links(value: Any) -> Iterator[str]:
    """Where a dashboard leads to, from its head and from its values."""
    if isinstance(value, dict):
        if "url" in value:
            yield value["url"]
        for inner in value.values():
            yield from links(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from links(inner)


def overlap(a: dict[str, int], b: dict[str, int]) -> bool:
    return (a["x"] < b["x"] + b["w"] and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"] and b["y"] < a["y"] + a["h"])


def test_what_is_committed_is_what_the_sources_make():
    done = subprocess.run([str(FOLDER / "generate.sh"), "--check"], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert {path.stem for path in (FOLDER / "source").glob("*.jsonnet")} == set(boards())


def test_the_sources_have_one_layout():
    sources = sorted(map(str, (FOLDER / "source").glob("*sonnet")))
    done = subprocess.run(["jsonnetfmt", "--test", *sources], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, f"run jsonnetfmt -i on {' '.join(sources)}\n{done.stderr}"


def test_the_four_questions_have_their_dashboards():
    assert set(boards()) == UIDS


@every_board
def test_it_can_be_imported_and_provisioned(name: str):
    board = boards()[name]
    assert board["uid"] == name
    assert "id" not in board and not any(key.startswith("__") for key in board)
    assert board["editable"] is False
    assert board["graphTooltip"] == 1
    assert board["refresh"] == "30s"
    assert "airflow-host" in board["tags"]
    assert not any("DS_PROMETHEUS" in text for text in strings(board))
    for thing in [*panels(board), *board["annotations"]["list"]]:
        assert thing["datasource"] == DATASOURCE


@every_board
def test_its_variables_choose_data_source_job_and_hosts(name: str):
    variables = {variable["name"]: variable for variable in boards()[name]["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    for variable in ("job", "instance"):
        assert variables[variable]["multi"] and variables[variable]["includeAll"]
        assert variables[variable]["allValue"] == ".+"
    assert '{job=~"$job"}' in variables["instance"]["query"]


@every_board
def test_every_variable_is_defined_and_used(name: str):
    board = boards()[name]
    defined = {variable["name"] for variable in board["templating"]["list"]}
    used = {match for text in strings(board) for match in VARIABLE.findall(text)}
    assert used <= defined | BUILT_IN
    assert defined <= used


@every_board
def test_ids_and_titles_are_unique(name: str):
    board = boards()[name]
    ids = [panel["id"] for panel in [*panels(board), *rows(board)]]
    assert len(ids) == len(set(ids))
    titles = [panel["title"] for panel in [*panels(board), *rows(board)]]
    assert len(titles) == len(set(titles)), sorted(titles)


@every_board
def test_panels_stand_beside_each_other(name: str):
    board = boards()[name]
    for group in [board["panels"], *(row["panels"] for row in rows(board))]:
        for panel in group:
            place = panel["gridPos"]
            assert place["x"] + place["w"] <= 24, panel["title"]
        for one, other in itertools.combinations(group, 2):
            assert not overlap(one["gridPos"], other["gridPos"]), (one["title"], other["title"])
        lines = {panel["gridPos"]["y"] for panel in group}
        for y in lines:
            width = sum(panel["gridPos"]["w"] for panel in group if panel["gridPos"]["y"] == y)
            assert width == 24, f"the line at {y} is {width} wide"


@every_board
def test_verdicts_come_first_and_details_are_folded(name: str):
    board = boards()[name]
    first = board["panels"][0]
    assert first["gridPos"]["x"] == first["gridPos"]["y"] == 0
    for panel in board["panels"]:
        if panel["gridPos"]["y"] == 0:
            assert panel["type"] == "stat", panel["title"]
    assert rows(board) and all(row["collapsed"] and row["panels"] for row in rows(board))


@every_board
def test_every_panel_explains_itself(name: str):
    for panel in panels(boards()[name]):
        title, defaults = panel["title"], panel["fieldConfig"]["defaults"]
        assert title.strip() and len(panel["description"]) >= 40, title
        assert defaults["unit"] and defaults["noValue"].strip(), title
        assert panel["targets"] and all(target["expr"].strip() for target in panel["targets"]), title
        if panel["type"] in ("timeseries", "state-timeline"):
            assert panel["options"]["legend"]["showLegend"], title
            assert all(target["legendFormat"] for target in panel["targets"]), title
        references = [target["refId"] for target in panel["targets"]]
        assert len(references) == len(set(references)), title


@every_board
def test_a_stat_says_in_words_what_is_unknown(name: str):
    for panel in panels(boards()[name]):
        if panel["type"] == "stat":
            specials = [mapping["options"] for mapping in panel["fieldConfig"]["defaults"]["mappings"]
                        if mapping["type"] == "special"]
            assert [special["match"] for special in specials] == ["null+nan"], panel["title"]
            assert specials[0]["result"]["text"] == panel["fieldConfig"]["defaults"]["noValue"]


@every_board
def test_links_lead_to_the_other_dashboards(name: str):
    board = boards()[name]
    assert {link["url"].removeprefix("/d/") for link in board["links"]} == UIDS - {name}
    assert all(link["includeVars"] and link["keepTime"] for link in board["links"])
    inner = [url for panel in panels(board) for url in links(panel)]
    assert inner, "no value leads on"
    for url in inner:
        match = re.fullmatch(r"/d/([a-z-]+)\?\$\{__url_time_range\}&.*\$\{instance:queryparam\}", url)
        assert match and match.group(1) in UIDS - {name}, url


def test_counters_are_read_by_their_rise():
    for expression in expressions():
        text = BARE_COUNTERS.sub("", expression.text)
        for before, counter, window in COUNTER.findall(text):
            where = f"{expression.board}, {expression.place}: {counter}"
            assert before.endswith(("rate(", "increase(")), where
            assert window in ("[$__rate_interval]", "[$__range]"), where


def luminance(color: str) -> float:
    """As WCAG 2 defines it, of #RRGGBB."""
    parts = (int(color[at:at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
                        for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def colors_of_lines() -> set[str]:
    return {entry["value"]["fixedColor"] for board in boards().values() for panel in panels(board)
            for override in panel["fieldConfig"]["overrides"] for entry in override["properties"]
            if entry["id"] == "color"}


def test_lines_stand_out_on_light_and_dark():
    """WCAG 2 asks for 3:1 of graphics; Grafana's backgrounds are white and #181b1f."""
    for color in colors_of_lines():
        assert contrast(color, "#ffffff") >= 3.0, color
        assert contrast(color, "#181b1f") >= 3.0, color
