#!/usr/bin/python3
"""Checks what promtool does not: that rules, their tests, runbooks and metrics hold together.

Every alert is named and labelled as the others are, has a case in which it fires and one in which it
stays silent, and a runbook; every runbook has its alerts; every metric that a rule names is the
exporter's (the tables of the README, which a unit test holds to the code).
"""
import pathlib
import re
import sys
from typing import Iterator

import yaml

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROMETHEUS = REPOSITORY / "deploy" / "prometheus"
RUNBOOKS = REPOSITORY / "deploy" / "runbooks"
RUNBOOK_URL = "https://runbooks.example/"
SECTIONS = ["Meaning", "Impact", "Diagnosis", "Mitigation"]
SEVERITIES = {"critical", "warning", "info"}
ALERT_NAME = re.compile(r"Airflow([A-Z][a-z]+)+")
RECORD_NAME = re.compile(r"[a-z_]+:airflow_[a-z_]+:[a-z0-9]+")
METRIC = re.compile(r"(?<![:\w])(?:airflow|process)_[a-z0-9_]+(?![:\w])")
RECORDED = re.compile(r"[a-z_]+:airflow_[a-z0-9_]+:[a-z0-9]+")
FEWEST_ALERTS = 30  # Fewer were read: then this check reads no longer what it should.


def load(folder: str) -> Iterator[tuple[str, dict]]:
    for file in sorted((PROMETHEUS / folder).glob("*.yml")):
        yield file.name, yaml.safe_load(file.read_text(encoding="utf-8"))


def rules() -> list[dict]:
    return [rule for _, file in load("rules") for group in file["groups"] for rule in group["rules"]]


def metrics_of_readme() -> set[str]:
    text = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z0-9_]+)` \| ", text, re.MULTILINE))


def check_alert(rule: dict) -> Iterator[str]:
    if not ALERT_NAME.fullmatch(rule["alert"]):
        yield "is not named Airflow... in CamelCase"
    if rule["labels"].get("severity") not in SEVERITIES:
        yield f"has a severity that is none of {', '.join(sorted(SEVERITIES))}"
    annotations = rule["annotations"]
    if set(annotations) != {"summary", "description", "runbook_url"}:
        yield "must have summary, description and runbook_url, and nothing else"
        return
    if "{{" in annotations["summary"] or not annotations["summary"].endswith("."):
        yield "must have one fixed sentence as its summary"
    if "{{" not in annotations["description"]:
        yield "tells nothing of this alert in its description"
    if "keep_firing_for" not in rule and not rule["expr"].startswith("group without"):
        yield "ends with the first scrape that is missed: give it keep_firing_for"
    runbook = annotations["runbook_url"].removeprefix(RUNBOOK_URL)
    if not (RUNBOOKS / runbook).is_file():
        yield f"links to {runbook}, which is not in deploy/runbooks"
    elif rule["alert"] not in titles(RUNBOOKS / runbook):
        yield f"is not in the title of {runbook}"


def check_expressions(every: list[dict]) -> Iterator[str]:
    known = metrics_of_readme()
    recorded = {rule["record"] for rule in every if "record" in rule}
    for rule in every:
        name = rule.get("record") or rule["alert"]
        if "record" in rule and not RECORD_NAME.fullmatch(name):
            yield f"{name} is not named level:metric:operations"
        text = rule["expr"] + " " + rule.get("annotations", {}).get("description", "")
        if re.search(r"\bby\s*\(", text):
            yield f"{name} aggregates by what it keeps; say without what"
        for metric in sorted(set(METRIC.findall(text)) - known):
            yield f"{name} names {metric}, which the README's tables do not have"
        for metric in sorted(set(RECORDED.findall(text)) - recorded):
            yield f"{name} names {metric}, which no rule records"
    used = set(RECORDED.findall(" ".join(str(rule) for rule in every if "alert" in rule)))
    for record in sorted(recorded - used):
        yield f"{record} is recorded for no alert"


def titles(runbook: pathlib.Path) -> list[str]:
    """The alerts that a runbook is about: its first line."""
    return runbook.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ").split(", ")


def check_runbooks(alerts: set[str]) -> Iterator[str]:
    metrics = metrics_of_readme()
    for runbook in sorted(RUNBOOKS.glob("*.md")):
        for alert in titles(runbook):
            if alert not in alerts:
                yield f"{runbook.name} is about {alert}, which is no alert"
        text = runbook.read_text(encoding="utf-8")
        if re.findall(r"^## (.*)$", text, re.MULTILINE) != SECTIONS:
            yield f"{runbook.name} must have the sections {', '.join(SECTIONS)}"
        for metric in sorted(set(re.findall(r"`(airflow_[a-z0-9_]+)", text)) - metrics):
            yield f"{runbook.name} names {metric}, which the README's tables do not have"
        for mentioned in re.findall(r"\bAirflow(?:[A-Z][a-z]+)+\b(?!=)", text):
            if mentioned not in alerts and not (RUNBOOKS / f"{mentioned}.md").exists():
                yield f"{runbook.name} names {mentioned}, which is neither an alert nor a runbook"


def check_cases(alerts: set[str]) -> Iterator[str]:
    firing, silent = set(), set()
    for _, file in load("tests"):
        for test in file["tests"]:
            for case in test["alert_rule_test"]:
                (firing if case["exp_alerts"] else silent).add(case["alertname"])
    for alert in sorted(alerts - firing):
        yield f"{alert} has no case in which it fires"
    for alert in sorted(alerts - silent):
        yield f"{alert} has no near miss in which it stays silent"
    for alert in sorted((firing | silent) - alerts):
        yield f"{alert} is tested and is no alert"  # It would be silent in every case.


def main() -> int:
    every = rules()
    named = [rule["alert"] for rule in every if "alert" in rule]
    alerts = set(named)
    problems = [f"{rule['alert']} {problem}" for rule in every if "alert" in rule
                for problem in check_alert(rule)]
    problems += [f"{alert} is there twice" for alert in sorted(alerts) if named.count(alert) > 1]
    problems += [*check_expressions(every), *check_runbooks(alerts), *check_cases(alerts)]
    if len(alerts) < FEWEST_ALERTS:
        problems.append(f"only {len(alerts)} alerts were read")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
