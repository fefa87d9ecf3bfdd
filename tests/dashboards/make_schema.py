#!/usr/bin/python3
"""Makes a JSON Schema of Grafana's own types, and prints where it is.

No package carries Grafana's JSON Schema, but npm's @grafana/grafana-foundation-sdk carries the
TypeScript types that are generated from the same source; schema/checked.ts names what is checked. The
schema is kept in build/ and made once. Exits with 77 where npm, or its registry, cannot be had.
"""

import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("@grafana/grafana-foundation-sdk@0.0.21", "ts-json-schema-generator@2.4.0")
SOURCES = Path(__file__).resolve().parent / "schema"
FOLDER = Path(__file__).resolve().parents[2] / "build" / "grafana-schema"
# Another version of a package makes another file.
SCHEMA = FOLDER / ("-".join(package.rsplit("@", 1)[1] for package in PACKAGES) + ".json")


def cannot(reason: str) -> None:
    print(f"the form of the dashboards is not checked against Grafana's types: {reason}")
    sys.exit(77)


def install() -> None:
    if shutil.which("npm") is None or shutil.which("node") is None:
        cannot("node and npm are not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        shutil.copy(source, FOLDER)
    try:
        done = subprocess.run(
            ["npm", "install", "--prefix", str(FOLDER), "--no-save", "--ignore-scripts",
             "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000", *PACKAGES],
            stdin=subprocess.DEVNULL, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        cannot("npm's registry did not answer within three minutes")
    if done.returncode != 0:
        cannot(f"npm could not install {' and '.join(PACKAGES)}")


def make() -> None:
    # A file of its own first: what is broken off leaves no half a schema behind.
    draft = SCHEMA.with_suffix(".draft")
    subprocess.run(
        [str(FOLDER / "node_modules/.bin/ts-json-schema-generator"), "--path", "checked.ts", "--type",
         "Checked", "--tsconfig", "tsconfig.json", "--no-type-check", "--expose", "none",
         "--no-top-ref", "--out", str(draft)], cwd=FOLDER, check=True, timeout=300)
    draft.rename(SCHEMA)


if __name__ == "__main__":
    if not SCHEMA.exists():
        install()
        make()
    print(SCHEMA)
