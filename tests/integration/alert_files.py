"""Generated copies of the shipped rules and configurations, in which only times and addresses differ.

An hour of the rules' becomes two minutes, so that a test can wait for an alert and for its end.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from conftest import REPOSITORY

PROMETHEUS = REPOSITORY / "deploy" / "prometheus"
ALERTMANAGER = REPOSITORY / "deploy" / "alertmanager" / "alertmanager.yml"
SHORTER = 30  # times
SHORTEST_SECONDS = 1
DURATION = re.compile(r"\b(\d+)([smhd])\b")
SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def shorten(duration: re.Match) -> str:
    seconds = int(duration.group(1)) * SECONDS[duration.group(2)]
    return f"{max(SHORTEST_SECONDS, round(seconds / SHORTER))}s"


def shorten_rule(rule: dict[str, Any]) -> dict[str, Any]:
    """The same rule with shorter waits and ranges; nothing else of it changes."""
    short = dict(rule)
    for key in ("for", "keep_firing_for"):
        if key in rule:
            short[key] = DURATION.sub(shorten, rule[key])
    in_ranges = re.compile(r"\[[^]]+\]|offset \w+")
    short["expr"] = in_ranges.sub(lambda part: DURATION.sub(shorten, part.group()), rule["expr"])
    return short


def shorten_routes(route: dict[str, Any]) -> dict[str, Any]:
    short = dict(route)
    for key in ("group_wait", "group_interval", "repeat_interval"):
        if key in route:
            short[key] = DURATION.sub(shorten, route[key])
    short["routes"] = [shorten_routes(child) for child in route.get("routes", [])]
    return short


def write_rules(folder: Path) -> None:
    folder.mkdir()
    for file in (PROMETHEUS / "rules").glob("*.yml"):
        rules = yaml.safe_load(file.read_text())
        for group in rules["groups"]:
            group["rules"] = [shorten_rule(rule) for rule in group["rules"]]
        (folder / file.name).write_text(yaml.safe_dump(rules))


def write_prometheus(folder: Path, target: str, alertmanager: str) -> Path:
    config = yaml.safe_load((PROMETHEUS / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    del config["scrape_configs"][0]["scrape_timeout"]
    config["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    config["alerting"]["alertmanagers"][0]["static_configs"] = [{"targets": [alertmanager]}]
    write_rules(folder / "rules")
    path = folder / "prometheus.yml"
    path.write_text(yaml.safe_dump(config))
    return path


def write_alertmanager(folder: Path, receiver: str) -> Path:
    config = yaml.safe_load(ALERTMANAGER.read_text())
    config["route"] = shorten_routes(config["route"])
    for each in config["receivers"]:
        for hook in each.get("webhook_configs", []):
            hook["url"] = f"http://{receiver}/{each['name']}"
    path = folder / "alertmanager.yml"
    path.write_text(yaml.safe_dump(config))
    return path
