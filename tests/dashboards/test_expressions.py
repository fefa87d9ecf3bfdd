"""Every expression on the dashboards parses, and asks for metrics that there are.

That each of them returns data from a live exporter is shown by tests/integration/test_dashboards.py.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from dashboards import METRIC, expressions, variable_queries  # noqa: E402

# The metrics tables of README.md are checked against the code by a test of their own.
CATALOGUE = re.compile(r"^\| `([a-z0-9_]+)` \|", re.MULTILINE)
OF_PROMETHEUS = {"up"}
VALUES = {"job": ".+", "instance": ".+", "window": "6h", "__rate_interval": "5m", "__range": "12h"}


def catalogue() -> set[str]:
    found = set(CATALOGUE.findall((REPOSITORY / "README.md").read_text()))
    assert len(found) > 100
    return found


def test_prometheus_reads_every_expression(tmp_path: Path):
    rules = [{"record": f"dashboard:expression{index}:value", "expr": expression.filled(VALUES)}
             for index, expression in enumerate(expressions())]
    file = tmp_path / "rules.yml"  # JSON is YAML.
    file.write_text(json.dumps({"groups": [{"name": "dashboards", "rules": rules}]}))
    done = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(rules)} rules found" in done.stdout


def test_every_metric_is_in_the_catalogue():
    known = catalogue() | OF_PROMETHEUS
    unknown = {f"{metric} ({expression.board}, {expression.place})" for expression in expressions()
               for metric in expression.metrics - known}
    assert not unknown, sorted(unknown)
    for query in variable_queries():
        asked = re.fullmatch(r"label_values\((?:(\w+), |(.+), )\w+\)", query)
        assert asked, query
        names = {asked.group(1)} if asked.group(1) else set(METRIC.findall(asked.group(2)))
        assert names and names <= known, query


def test_every_expression_is_of_the_chosen_hosts():
    for expression in expressions():
        selectors = re.findall(r"\w\{([^}]*)\}", expression.text)
        assert selectors, expression
        for selector in selectors:
            assert selector.startswith('job=~"$job", instance=~"$instance"'), (expression, selector)
