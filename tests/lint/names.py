#!/usr/bin/python3
"""Checks that no two rooms define a type of the same name.

All rooms share one namespace. Two types of one name are an error that neither the compiler nor the
linker tells: their inline functions (destructors above all) have the same symbol, the linker keeps
one, and one room runs the other's code on its own objects. (Functions that are defined twice are
found by linking every room whole: see whole_house in tests/CMakeLists.txt.)
"""
import collections
import pathlib
import re
import sys

ANONYMOUS = re.compile(r"^namespace \{\n.*?^\}  // namespace\n", re.DOTALL | re.MULTILINE)
TYPE = re.compile(r"^(?:struct|class|enum class|enum|union) (\w+)(?: final)?\b[^;{(]*\{", re.MULTILINE)


def main() -> int:
    repository = pathlib.Path(__file__).resolve().parents[2]
    rooms = collections.defaultdict(set)
    for top in ("collectors", "exporter"):
        for file in sorted((repository / top).rglob("*")):
            if file.suffix in (".h", ".cc"):
                text = ANONYMOUS.sub("", file.read_text(encoding="utf-8"))
                for name in TYPE.findall(text):
                    rooms[name].add(file.relative_to(repository).parent)
    wrong = {name: places for name, places in rooms.items() if len(places) > 1}
    for name, places in sorted(wrong.items()):
        print(f"{name} is defined in {' and '.join(sorted(map(str, places)))}")
    if len(rooms) < 50:
        print(f"only {len(rooms)} types were found: this check no longer reads the sources")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
