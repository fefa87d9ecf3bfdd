"""Much healthy work in little time: nothing in it is ever called lost, phantom or stalled.

At the sandbox's own pace 24 hours have about 9,000 DAG runs and 30,000 tasks. `SOAK=yes`
(tests/run.sh soak) does as many, which takes ten minutes; otherwise it is a short and slow run of the
same. The pace leaves every task waiting for more than the minute after which it may be lost.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from conftest import Exporter, Sandbox, running_sandbox
from reconcile_world import AIRFLOW_3_3, LABELS, figures


@dataclass(frozen=True)
class Pace:
    """Two tasks run at a time for 6 s / speed, so a little over speed / 3 end in a second (those that
    are deferred run twice, the first time for a moment); each DAG run has one that waits."""

    tasks: int
    speed: int
    active_dag_runs: int
    most_seconds: int  # A busy machine takes longer; one that takes this long is stuck.


PACE = Pace(30_000, 200, 5500, 1200) if os.environ.get("SOAK") else Pace(900, 20, 600, 900)


class Watch:
    """What the pages of one exporter have said."""

    def __init__(self, exporter: Exporter) -> None:
        self.exporter = exporter
        self.scrapes = 0
        self.by_message_id = 0
        self.known: set[str] = set()  # Figures, whatever the method.

    def look(self) -> None:
        """Every figure is 0, and is there once it has been."""
        seen = figures(self.exporter)
        wrong = {name: value for name, value in seen.items() if value != 0}
        assert not wrong, f"scrape {self.scrapes}: {wrong}"
        now = {" ".join(name.split()[:2]) for name in seen}
        assert self.known <= now, f"scrape {self.scrapes} lacks {sorted(self.known - now)}"
        self.known = now
        self.scrapes += 1
        self.by_message_id += any(name.endswith("message_id") for name in seen)

    def check_all_was_judged(self) -> None:
        assert {name.split()[0] for name in self.known} == set(LABELS)
        for queue in ("default", "high"):
            assert f"airflow_tasks_lost {queue}" in self.known
            assert f"airflow_queue_stalled {queue}" in self.known


def number(sandbox: Sandbox, sql: str) -> int:
    return int(sandbox.rows(sql)[0][0])


def tasks_begun(exporter: Exporter) -> int:
    return int(sum(exporter.values("airflow_worker_processed_tasks_total")))


def test_nothing_is_wrong_in_a_day_of_healthy_work(sandbox_folder: Path, start_exporter, capsys):
    options = (f"--speed={PACE.speed}", f"--active-dag-runs={PACE.active_dag_runs}",
               "--task-megabytes=1", "--growth-limit-megabytes=1")
    with running_sandbox(sandbox_folder, *options) as sandbox:
        connection = sandbox.connect()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE alembic_version SET version_num = %s", (AIRFLOW_3_3,))
        connection.close()
        cadences = ("--collector.broker.cadence=5s", "--collector.metadata.cadence=5s")
        watches = [Watch(start_exporter(*cadences, *flags, **sandbox.airflow_settings))
                   for flags in ((), ("--broker.message-ids",))]
        begin = time.monotonic()
        most_waiting = 0
        while (tasks := tasks_begun(watches[0].exporter)) < PACE.tasks:
            seconds = time.monotonic() - begin
            assert seconds < PACE.most_seconds, f"only {tasks} tasks in {seconds:.0f} s"
            for watch in watches:
                watch.look()
            most_waiting = max(most_waiting, number(
                sandbox, "SELECT count(*) FROM task_instance WHERE state = 'queued' "
                         "AND queued_dttm < now() - interval '60 seconds'"))
            time.sleep(1)
        for watch in watches:
            watch.check_all_was_judged()
        assert most_waiting > 0, "no task has waited for long enough to be lost"
        dag_runs = number(sandbox, "SELECT last_value FROM dag_run_id_seq")
        seconds = time.monotonic() - begin
        with capsys.disabled():
            print(f"\nIn {seconds:.0f} s: {dag_runs} DAG runs, {tasks} tasks, up to {most_waiting} "
                  f"queued for more than 60 s; {watches[0].scrapes} scrapes by count, "
                  f"{watches[1].scrapes} with message ids ({watches[1].by_message_id} of them "
                  "judged by id); every figure was 0")
