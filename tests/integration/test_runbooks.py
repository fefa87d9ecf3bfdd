"""What a runbook tells a person to type at three in the morning works.

The SQL runs on the database of each Airflow, and what is looked for on the exporter's page can be
found there. (Names of hosts, pools and containers are the reader's to fill in.)
"""

import re
import shlex
import subprocess
from pathlib import Path

from conftest import REPOSITORY, Sandbox

RUNBOOKS = sorted((REPOSITORY / "deploy" / "runbooks").glob("*.md"))
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
GREP = re.compile(
    r"localhost:10132/metrics \| grep ((?:-E )?'[^']*'(?: \| *grep (?:-E )?'[^']*')*)")


def commands() -> list[str]:
    """Every line of the runbooks' shell blocks; continued ones are joined."""
    text = "".join(block for file in RUNBOOKS for block in BLOCK.findall(file.read_text()))
    return text.replace("\\\n", "").splitlines()


def shell(command: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(["bash", "-euo", "pipefail", "-c", command], text=True, check=False,
                          env={"PATH": "/usr/bin:/bin", **environment}, capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60)


def test_the_sql_runs_on_each_airflow(sandbox_of_each_version: Sandbox):
    sandbox = sandbox_of_each_version
    statements = [line for line in commands() if line.startswith("psql ")]
    assert len(statements) >= 5
    url = sandbox.settings["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]
    for line in statements:
        ran = shell("DATABASE=${URL/+psycopg2/}; " + line, URL=url)
        assert ran.returncode == 0, f"{line}\n{ran.stderr}"
        assert "rows)" in ran.stdout or "row)" in ran.stdout


def test_what_is_looked_for_on_the_page_is_there(start_exporter, sandbox: Sandbox, tmp_path: Path):
    # What takes longer to appear than a test lasts, as growth does, is at least in the README.
    names = re.findall(r"^\| `([a-z0-9_]+)` \| ", (REPOSITORY / "README.md").read_text(),
                       re.MULTILINE)
    page = tmp_path / "page"
    text = start_exporter(**sandbox.airflow_settings).get("/metrics").text
    labels = ("", '{container="NAME"}', '{pool="NAME"}')
    page.write_text(text + "".join(f"{name}{more} 1\n" for name in names for more in labels))
    searches = [match.group(1) for line in commands() for match in GREP.finditer(line)]
    assert len(searches) >= 20
    for search in searches:
        ran = shell(f"cat {shlex.quote(str(page))} | grep {search}")
        assert ran.returncode == 0, f"nothing is found by grep {search}"
