"""Our figures of database, broker and installation against what Airflow says itself."""

from datetime import datetime

from agreement import agree, by_label, by_labels
from airflow_api import AirflowApi
from integration import Exporter, Sandbox
from scene import STANDING, Scene

HEALTH_OF = {"scheduler": "scheduler", "triggerer": "triggerer", "dag_processor": "dag_processor"}
CELERY_APP = "airflow.providers.celery.executors.celery_executor.app"


def test_task_instances_are_those_of_the_table(scene: Scene, exporter: Exporter) -> None:
    name = "airflow_metadata_task_instances"
    agree(lambda: by_labels(exporter, name, "state", "queue"), scene.states)
    assert by_labels(exporter, name, "state", "queue") == STANDING


def test_the_oldest_are_those_of_the_table(scene: Scene, exporter: Exporter) -> None:
    def oldest() -> dict[tuple[str, ...], float]:
        rows = scene.stack.rows(
            "SELECT state, queue, round(extract(epoch FROM min("
            "CASE state WHEN 'queued' THEN queued_dttm ELSE start_date END))::numeric, 2)"
            "FROM task_instance WHERE state IN ('queued', 'running') GROUP BY 1, 2")
        return {(state, queue): float(at) for state, queue, at in rows}

    def ours() -> dict[tuple[str, ...], float]:
        values = by_labels(exporter, "airflow_metadata_oldest_timestamp_seconds", "state", "queue")
        return {key: round(value, 2) for key, value in values.items() if key[0] != "scheduled"}

    agree(ours, oldest)


def test_pool_slots_are_those_of_the_api(scene: Scene, exporter: Exporter,
                                         airflow: AirflowApi) -> None:
    fields = {"total": "slots", "running": "running_slots", "queued": "queued_slots",
              "scheduled": "scheduled_slots", "deferred": "deferred_slots", "open": "open_slots"}

    def theirs() -> dict[tuple[str, ...], float]:
        return {(pool["name"], state): pool[field] for pool in airflow.pools()
                for state, field in fields.items() if pool[field] != 0}

    agree(lambda: by_labels(exporter, "airflow_metadata_pool_slots", "pool", "state"), theirs)


def test_dags_and_import_errors_are_those_of_the_api(scene: Scene, exporter: Exporter,
                                                     airflow: AirflowApi) -> None:
    agree(lambda: by_label(exporter, "airflow_metadata_dags", "state"),
          lambda: {"active": airflow.dags(paused=False), "paused": airflow.dags(paused=True)})
    agree(lambda: exporter.value("airflow_metadata_import_errors"), airflow.import_errors)


def test_heartbeats_are_those_of_the_health_page(scene: Scene, exporter: Exporter,
                                                 airflow: AirflowApi) -> None:
    def healthy() -> dict[str, float]:
        health = airflow.health()
        return {ours: 1 for ours, theirs in HEALTH_OF.items()
                if health[theirs]["status"] == "healthy"}

    agree(lambda: by_label(exporter, "airflow_metadata_components_alive", "component"), healthy)
    assert set(healthy()) == set(HEALTH_OF)
    for ours, theirs in HEALTH_OF.items():
        name = "airflow_metadata_component_heartbeat_timestamp_seconds"

        def is_between(ours: str = ours, theirs: str = theirs) -> bool:
            """No older than what the page said before, no younger than what it says after."""
            field = f"latest_{theirs}_heartbeat"
            first = datetime.fromisoformat(airflow.health()[theirs][field]).timestamp()
            agree(lambda: (exporter.value(name, component=ours) or 0) >= first - 0.01, lambda: True)
            value = exporter.value(name, component=ours)
            last = datetime.fromisoformat(airflow.health()[theirs][field]).timestamp()
            return value is not None and value <= last + 0.01

        assert is_between(), f"the heartbeat of the {ours}"


def test_queues_are_those_of_redis(scene: Scene, exporter: Exporter) -> None:
    client = scene.stack.redis()
    agree(lambda: by_label(exporter, "airflow_broker_queue_messages", "queue"),
          lambda: {"default": client.llen("default"), "second": client.llen("second")})
    agree(lambda: exporter.value("airflow_broker_unacked_messages"),
          lambda: client.hlen("unacked"))
    assert by_label(exporter, "airflow_broker_queue_messages", "queue") == {
        "default": 5, "second": 2}


def test_workers_are_those_that_celery_finds(scene: Scene, exporter: Exporter,
                                             airflow: AirflowApi) -> None:
    answer = airflow.run_for_json("python", "-m", "celery", "--quiet", "--app", CELERY_APP,
                                  "inspect", "active", "--json")
    active = {worker: len(tasks) for worker, tasks in answer.items()}
    assert list(active.values()) == [4]
    agree(lambda: by_label(exporter, "airflow_worker_active_tasks", "worker"), lambda: active)
    agree(lambda: by_label(exporter, "airflow_workers", "state"), lambda: {"live": 1.0})


def test_the_installation_is_what_airflow_says(scene: Scene, exporter: Exporter,
                                               airflow: AirflowApi) -> None:
    providers = airflow.run_for_json("airflow", "providers", "list", "--output", "json")
    celery = [provider["version"] for provider in providers
              if provider["package_name"] == "apache-airflow-providers-celery"]
    python = airflow.run("python", "-c", "import sys; print('%d.%d' % sys.version_info[:2])")
    truth = {"version": airflow.run("airflow", "version").strip().splitlines()[-1],
             "celery_provider": celery[0], "python": python.strip(), "executor": "CeleryExecutor"}

    def ours() -> list[dict[str, str]]:
        return [{name: sample.labels[name] for name in truth} for sample in exporter.samples()
                if sample.name == "airflow_install_info"]

    agree(ours, lambda: [truth])
    settings = by_label(exporter, "airflow_install_setting", "name")
    assert (settings["worker_concurrency"], settings["parallelism"]) == (4, 32)


def test_the_database_tells_the_version(stack: Sandbox, exporter: Exporter,
                                        airflow: AirflowApi) -> None:
    info = [sample.labels for sample in exporter.samples()
            if sample.name == "airflow_metadata_info"]
    assert [labels["revision"] for labels in info] == [
        stack.rows("SELECT version_num FROM alembic_version")[0][0]]
    first, _, last = info[0]["airflow_version"].partition("-")  # "3.3.0-3.3.x"
    assert numbers(first) <= numbers(airflow.version) <= numbers(last or first), info


def numbers(version: str) -> list[float]:
    return [float(part.replace("x", "inf")) for part in version.split(".")]
