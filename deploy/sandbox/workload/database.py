"""The rows that Airflow's components write, in the schema of Airflow 3.3, 3.1 or 2.10.

Airflow's models: airflow/models/{taskinstance,dagrun,dag,trigger}.py and airflow/jobs/job.py. What
differs between the versions is chosen here, so that the components need not know it.
"""

import getpass
import os
import socket
import time
import uuid
from datetime import datetime, timedelta, timezone
from typing import Any, Optional

import psycopg2
import psycopg2.extras

from .dags import DAGS, DEFERRAL_SECONDS, RETRY_DELAY_SECONDS, Dag
from .settings import Settings

FINISHED_DAG_RUNS_KEPT = 40
TASKS_QUEUED_AT_ONCE = 16  # Airflow's max_tis_per_query
HOSTNAME = socket.getfqdn()


def uuid7() -> uuid.UUID:
    """A UUID that sorts by time (RFC 9562, version 7), as Airflow 3 numbers its task instances."""
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds << 80) | int.from_bytes(os.urandom(10), "big")
    value = (value & ~(0xF << 76)) | (7 << 76)
    return uuid.UUID(int=(value & ~(3 << 62)) | (2 << 62))


class Database:
    """One connection to the metadata database; every statement is a transaction of its own."""

    def __init__(self, settings: Settings) -> None:
        self._airflow_3 = settings.is_airflow_3
        self._airflow_33 = settings.airflow_version == "3.3"
        self._speed = settings.speed
        self._connection = psycopg2.connect(settings.libpq_url)
        self._connection.autocommit = True
        psycopg2.extras.register_uuid()

    def _execute(self, sql: str, *values: Any) -> int:
        """Runs a statement; how many rows it concerned."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount

    def _rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        with self._connection.cursor(
                cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            cursor.execute(sql, values)
            return [dict(row) for row in cursor.fetchall()]

    def _insert(self, table: str, values: dict[str, Any], returning: str = "") -> Any:
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        sql = f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"
        if not returning:
            return self._execute(sql, *values.values())
        return self._rows(f"{sql} RETURNING {returning}", *values.values())[0][returning]

    # Jobs: one row per living component.

    def start_job(self, job_type: str, dag_id: Optional[str] = None) -> int:
        return self._insert("job", {
            "dag_id": dag_id, "job_type": job_type, "state": "running",
            "start_date": now(), "latest_heartbeat": now(),
            "hostname": HOSTNAME, "unixname": getpass.getuser()}, returning="id")

    def heartbeat(self, job_id: int) -> None:
        self._execute("UPDATE job SET latest_heartbeat = now() WHERE id = %s", job_id)

    def end_job(self, job_id: int) -> None:
        self._execute("UPDATE job SET state = 'success', end_date = now() WHERE id = %s", job_id)

    # DAGs

    def write_dags(self) -> None:
        for dag in DAGS:
            self._insert("dag", self._dag_values(dag))
            if self._airflow_3:
                self._write_dag_version(dag)

    def _dag_values(self, dag: Dag) -> dict[str, Any]:
        values: dict[str, Any] = {
            "dag_id": dag.dag_id, "is_paused": dag.is_paused, "owners": "airflow",
            "fileloc": f"/dags/{dag.dag_id}.py", "last_parsed_time": now(),
            "max_active_tasks": 16, "max_active_runs": 16,
            "max_consecutive_failed_dag_runs": 0,
            "has_task_concurrency_limits": False, "has_import_errors": False}
        if self._airflow_3:
            values |= {"is_stale": False, "bundle_name": "dags-folder",
                       "relative_fileloc": f"{dag.dag_id}.py"}
        else:
            values |= {"is_active": True, "is_subdag": False}
        if self._airflow_33:
            values |= {"timetable_type": "airflow.timetables.interval.CronDataIntervalTimetable",
                       "timetable_periodic": True, "partition_mapper_info": "[]"}
        return values

    def _write_dag_version(self, dag: Dag) -> None:
        if not self._rows("SELECT 1 FROM dag_version WHERE dag_id = %s", dag.dag_id):
            self._insert("dag_version", {
                "id": uuid7(), "version_number": 1, "dag_id": dag.dag_id,
                "bundle_name": "dags-folder", "created_at": now(), "last_updated": now()})

    def write_parsed(self) -> None:
        self._execute("UPDATE dag SET last_parsed_time = now()")

    # DAG runs

    def create_dag_run(self, dag: Dag) -> None:
        run_id = f"scheduled__{now().isoformat()}"
        values = {"dag_id": dag.dag_id, "run_id": run_id, "run_type": "scheduled",
                  "state": "queued", "queued_at": now(), "clear_number": 0,
                  "data_interval_start": now(), "data_interval_end": now()}
        if self._airflow_3:
            values |= {"logical_date": now(), "run_after": now(), "span_status": "not_started"}
        else:
            values |= {"execution_date": now(), "external_trigger": False}
        self._insert("dag_run", values)
        for task in dag.tasks:
            self._insert("task_instance", self._task_values(dag, run_id, task.task_id, task.queue))

    def _task_values(self, dag: Dag, run_id: str, task_id: str, queue: str) -> dict[str, Any]:
        values: dict[str, Any] = {
            "task_id": task_id, "dag_id": dag.dag_id, "run_id": run_id, "map_index": -1,
            "try_number": 0, "max_tries": 1, "pool": "default_pool", "pool_slots": 1,
            "queue": queue, "priority_weight": 1, "operator": "PythonOperator",
            "task_display_name": task_id, "updated_at": now(), "hostname": "", "unixname": ""}
        if self._airflow_3:
            version = self._rows("SELECT id FROM dag_version WHERE dag_id = %s", dag.dag_id)
            values |= {"id": uuid7(), "span_status": "not_started",
                       "dag_version_id": version[0]["id"]}
        return values

    def count_dag_runs(self, state: str) -> int:
        return self._rows("SELECT count(*) AS n FROM dag_run WHERE state = %s", state)[0]["n"]

    def start_dag_run(self, job_id: int) -> None:
        """Starts the DAG run that has waited longest."""
        self._execute(
            "UPDATE dag_run SET state = 'running', start_date = now(), creating_job_id = %s "
            "WHERE id = (SELECT id FROM dag_run WHERE state = 'queued' ORDER BY queued_at LIMIT 1)",
            job_id)

    def finish_dag_runs(self) -> None:
        self._execute(
            "UPDATE dag_run r SET state = 'success', end_date = now() WHERE state = 'running' "
            "AND NOT EXISTS (SELECT 1 FROM task_instance t WHERE t.dag_id = r.dag_id "
            "AND t.run_id = r.run_id AND t.state IS DISTINCT FROM 'success')")

    def delete_old_rows(self) -> None:
        """Keeps the tables bounded, as `airflow db clean` does."""
        # The foreign key takes the task instances along.
        self._execute("DELETE FROM dag_run WHERE id IN (SELECT id FROM dag_run "
                      "WHERE state = 'success' ORDER BY end_date DESC OFFSET %s)",
                      FINISHED_DAG_RUNS_KEPT)
        self._execute("DELETE FROM job WHERE job_type = 'LocalTaskJob' AND state <> 'running' "
                      "AND end_date < now() - interval '10 minutes'")

    # Task instances. A row is named by (dag_id, task_id, run_id), unique in both versions.

    def schedule_tasks(self) -> None:
        """Schedules the next task of every running DAG run, and those whose waiting is over."""
        scheduled = "state = 'scheduled', updated_at = now()"
        if self._airflow_3:
            scheduled += ", scheduled_dttm = now()"
        for dag in DAGS:
            for before, task in zip((None, *dag.tasks), dag.tasks):
                self._execute(
                    f"UPDATE task_instance t SET {scheduled} FROM dag_run r "
                    "WHERE t.dag_id = r.dag_id AND t.run_id = r.run_id AND r.state = 'running' "
                    "AND t.state IS NULL AND t.dag_id = %s AND t.task_id = %s "
                    "AND (%s::text IS NULL OR EXISTS (SELECT 1 FROM task_instance b "
                    "WHERE b.dag_id = t.dag_id AND b.run_id = t.run_id AND b.task_id = %s "
                    "AND b.state = 'success'))",
                    dag.dag_id, task.task_id, *[before.task_id if before else None] * 2)
        self._execute(f"UPDATE task_instance SET {scheduled} WHERE state = 'up_for_retry' "
                      "AND end_date < %s",
                      now() - timedelta(seconds=RETRY_DELAY_SECONDS / self._speed))

    def scheduled_tasks(self) -> list[dict[str, Any]]:
        return self._rows("SELECT * FROM task_instance WHERE state = 'scheduled' "
                          "ORDER BY updated_at, dag_id, task_id LIMIT %s",
                          int(TASKS_QUEUED_AT_ONCE * min(self._speed, 16)))

    def queue_task(self, row: dict[str, Any], job_id: int, executor_id: str) -> None:
        self._execute(
            "UPDATE task_instance SET state = 'queued', queued_dttm = now(), updated_at = now(), "
            "queued_by_job_id = %s, try_number = try_number + %s, external_executor_id = %s "
            "WHERE dag_id = %s AND task_id = %s AND run_id = %s",
            job_id, 0 if row["next_method"] else 1, executor_id, *_key(row))

    def find_task(self, row: dict[str, Any]) -> dict[str, Any]:
        return self._rows("SELECT * FROM task_instance "
                          "WHERE dag_id = %s AND task_id = %s AND run_id = %s", *_key(row))[0]

    def start_task(self, row: dict[str, Any], job_id: Optional[int]) -> None:
        extra = "last_heartbeat_at = now()" if self._airflow_3 else "job_id = %s"
        values = [] if self._airflow_3 else [job_id]
        self._execute(
            "UPDATE task_instance SET state = 'running', start_date = now(), end_date = NULL, "
            f"updated_at = now(), hostname = %s, unixname = %s, pid = %s, {extra} "
            "WHERE dag_id = %s AND task_id = %s AND run_id = %s",
            HOSTNAME, getpass.getuser(), os.getpid(), *values, *_key(row))

    def heartbeat_task(self, row: dict[str, Any], job_id: Optional[int]) -> None:
        if not self._airflow_3:
            assert job_id is not None
            self.heartbeat(job_id)
            return
        self._execute("UPDATE task_instance SET last_heartbeat_at = now() "
                      "WHERE dag_id = %s AND task_id = %s AND run_id = %s", *_key(row))

    def end_task(self, row: dict[str, Any], state: str) -> None:
        self._execute(
            "UPDATE task_instance SET state = %s, end_date = now(), updated_at = now(), "
            "duration = extract(epoch FROM now() - start_date), next_method = NULL "
            "WHERE dag_id = %s AND task_id = %s AND run_id = %s", state, *_key(row))
        if state == "up_for_retry":
            self._keep_try(row)

    def _keep_try(self, row: dict[str, Any]) -> None:
        """Moves a try to the history. From 3.0 on the next one has an id of its own."""
        kept = ("task_id, dag_id, run_id, map_index, try_number, start_date, end_date, duration, "
                "state, max_tries, hostname, unixname, pool, pool_slots, queue, priority_weight, "
                "operator, queued_dttm, pid, external_executor_id")
        into, of = (("task_instance_id", "id") if self._airflow_3 else ("job_id", "job_id"))
        self._execute(
            f"INSERT INTO task_instance_history ({into}, {kept}) SELECT {of}, {kept} "
            "FROM task_instance WHERE dag_id = %s AND task_id = %s AND run_id = %s", *_key(row))
        if self._airflow_3:
            self._execute("UPDATE task_instance SET id = %s "
                          "WHERE dag_id = %s AND task_id = %s AND run_id = %s", uuid7(), *_key(row))

    # Triggers

    def defer_task(self, row: dict[str, Any]) -> None:
        trigger_id = self._insert("trigger", {
            "classpath": "airflow.providers.standard.triggers.file.FileTrigger",
            "kwargs": "{}", "created_date": now()}, returning="id")
        self._execute(
            "UPDATE task_instance SET state = 'deferred', trigger_id = %s, updated_at = now(), "
            "next_method = 'execute_complete' WHERE dag_id = %s AND task_id = %s AND run_id = %s",
            trigger_id, *_key(row))

    def assign_triggers(self, job_id: int) -> None:
        self._execute("UPDATE trigger SET triggerer_id = %s WHERE triggerer_id IS NULL", job_id)

    def fire_triggers(self) -> None:
        """Resumes the tasks that have waited long enough, and drops their triggers."""
        due = now() - timedelta(seconds=DEFERRAL_SECONDS / self._speed)
        self._execute(
            "UPDATE task_instance SET state = 'scheduled', trigger_id = NULL, updated_at = now() "
            "WHERE state = 'deferred' AND trigger_id IN "
            "(SELECT id FROM trigger WHERE created_date < %s)", due)
        self._execute("DELETE FROM trigger g WHERE created_date < %s AND NOT EXISTS "
                      "(SELECT 1 FROM task_instance t WHERE t.trigger_id = g.id)", due)


def now() -> datetime:
    return datetime.now(timezone.utc)


def _key(row: dict[str, Any]) -> tuple[str, str, str]:
    return row["dag_id"], row["task_id"], row["run_id"]
