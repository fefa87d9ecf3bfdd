#!/usr/bin/python3
"""Includes run downward only: checks the floors that the design names.

    tests/lint/includes.py [FOLDER]      (default: this repository)

From the ground: collectors/support, collectors/collector.h, the sources side by side (none includes
another), the registry and the observations, exporter/insight, and the rest of exporter/. A file of a
floor may include its own floor and those below. Every project header that is included must exist.
"""

import re
import sys
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.MULTILINE)
GENERATED = {"exporter/build_info.h"}  # Made from *.h.in by CMake.
SOURCE_FLOOR = 2


def floor(path: str) -> int:
    """The floor of a file, 0 being the ground."""
    parts = path.split("/")
    if parts[0] == "exporter":
        return 4 if parts[1] == "insight" else 5
    if parts[1] == "support":
        return 0
    if len(parts) > 2:
        return SOURCE_FLOOR
    return 1 if parts[1] == "collector.h" else 3


def room(path: str) -> str:
    return "/".join(path.split("/")[:2])


def complaints(repository: Path) -> list[str]:
    found = []
    for top in ("collectors", "exporter"):
        for file in sorted((repository / top).rglob("*")):
            if file.suffix in (".h", ".cc", ".in"):
                name = str(file.relative_to(repository))
                for included in INCLUDE.findall(file.read_text()):
                    found += judge(repository, name, included)
    return found


def judge(repository: Path, name: str, included: str) -> list[str]:
    if included.split("/")[0] not in ("collectors", "exporter"):
        return [f"{name} includes \"{included}\", which is not rooted at the repository"]
    if included not in GENERATED and not (repository / included).exists():
        return [f"{name} includes {included}, which does not exist"]
    if floor(included) > floor(name):
        return [f"{name} includes {included}, which is a floor above it"]
    if floor(name) == floor(included) == SOURCE_FLOOR and room(name) != room(included):
        return [f"{name} includes {included}: no source includes another"]
    return []


def main() -> int:
    repository = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = complaints(repository)
    for complaint in found:
        print(f"includes: {complaint}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
