"""What the first words on the dashboards say of a host, as Prometheus reckons it (promtool test rules).

Each case is a healthy host with something wrong; beside it stands a target that is no exporter and down.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Optional

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "tests" / "support"))

from dashboards import boards, expressions  # noqa: E402

GIBIBYTE = 2**30
NOW_SECONDS = 7200  # promtool's clock begins at 0 and has two hours behind it.
VALUES = {"job": ".+", "instance": ".+", "window": "6h", "__rate_interval": "1m", "__range": "1h"}
TARGET = 'job="airflow", instance="host:10132"'
Series = dict[str, Any]

HOST: Series = {
    'up{}': 1,
    'airflow_host_exporter_build_info{version="1"}': 1,
    'airflow_host_memory_total_bytes{}': 4 * GIBIBYTE,
    'airflow_host_memory_available_low_bytes{}': 2 * GIBIBYTE,
    'airflow_host_memory_growing{kind="anon",window="6h"}': 0,
    'airflow_component_memory_growing{component="scheduler",kind="anon",window="6h"}': 0,
    'airflow_host_thrashing{}': 0,
    'airflow_host_stall_seconds_total{}': 0,
    'airflow_host_swap_total_bytes{}': 2 * GIBIBYTE,
    'airflow_host_swap_recommended_bytes{}': 2 * GIBIBYTE,
    'airflow_tasks_lost{queue="default",method="count"}': 0,
    'airflow_host_exporter_collector_success{collector="host"}': 1,
}
AIRFLOW: Series = HOST | {
    'airflow_metadata_up{}': 1,
    'airflow_metadata_components_alive{component="scheduler"}': 1,
    'airflow_metadata_components_alive{component="triggerer"}': 1,
    'airflow_metadata_triggers{}': 4,
    'airflow_metadata_connections{application="",state="idle"}': 10,
    'airflow_metadata_connections_max{}': 100,
    'airflow_metadata_import_errors{}': 0,
    'airflow_metadata_pool_slots{pool="default_pool",state="open"}': 120,
    'airflow_metadata_pool_slots{pool="default_pool",state="scheduled"}': 3,
    'airflow_metadata_task_instances_overdue{state="queued"}': 0,
    'airflow_broker_up{}': 1,
    'airflow_broker_queue_messages{queue="default"}': 0,
    'airflow_broker_queue_messages{queue="high"}': 1,
    'airflow_workers{state="live"}': 2,
    'airflow_workers{state="lost"}': 0,
    'airflow_workers_catatonic{}': 0,
    'airflow_workers_required{queue="default"}': 1,
    'airflow_workers_required{queue="high"}': 1,
    'airflow_workers_live{}': 2,
    'airflow_queue_stalled{queue="default"}': 0,
    'airflow_host_task_headroom{}': 3,
    'airflow_tasks_phantom_running{reason="heartbeat_lost"}': 0,
}
NOTHING: Series = {}

NIGHT = [
    (HOST, {}, "yes"),
    (AIRFLOW, {}, "yes"),
    (HOST, {'airflow_host_memory_available_low_bytes{}': 0.5 * GIBIBYTE}, "at risk"),
    (HOST, {'airflow_host_memory_available_low_bytes{}': 0.1 * GIBIBYTE}, "not like this"),
    (HOST, {'airflow_component_memory_growing{component="scheduler",kind="anon",window="6h"}': 1},
     "at risk"),
    (HOST, {'airflow_host_memory_exhaustion_timestamp_seconds{bound="earliest"}': NOW_SECONDS + 70000,
            'airflow_host_memory_exhaustion_timestamp_seconds{bound="expected"}': NOW_SECONDS + 90000},
     "at risk"),
    (HOST, {'airflow_host_memory_exhaustion_timestamp_seconds{bound="earliest"}': NOW_SECONDS + 9000,
            'airflow_host_memory_exhaustion_timestamp_seconds{bound="expected"}': NOW_SECONDS + 9999},
     "not like this"),
    (HOST, {'airflow_host_memory_exhaustion_timestamp_seconds{bound="earliest"}': NOW_SECONDS + 99999,
            'airflow_host_memory_exhaustion_timestamp_seconds{bound="expected"}': NOW_SECONDS + 999999},
     "yes"),
    (HOST, {'airflow_container_memory_exhaustion_timestamp_seconds{container="scheduler",bound="earliest"}':
            NOW_SECONDS + 9000,
            'airflow_container_memory_exhaustion_timestamp_seconds{container="scheduler",bound="expected"}':
            NOW_SECONDS + 9999}, "at risk"),
    (HOST, {'airflow_host_thrashing{}': 1}, "not like this"),
    (HOST, {'airflow_host_stall_seconds_total{}': "0+2x1000"}, "at risk"),  # 2 s each minute
    (HOST, {'airflow_host_stall_seconds_total{}': "0+30x1000"}, "not like this"),
    (HOST, {'airflow_oom_last_kill_timestamp_seconds{}': NOW_SECONDS - 60}, "not like this"),
    (HOST, {'airflow_oom_last_kill_timestamp_seconds{}': NOW_SECONDS - 1800}, "at risk"),
    (HOST, {'airflow_oom_last_kill_timestamp_seconds{}': NOW_SECONDS - 7000}, "yes"),
    (HOST, {'airflow_host_swap_total_bytes{}': 0}, "at risk"),
    (HOST, {'airflow_host_swap_total_bytes{}': 0, 'airflow_host_memory_total_bytes{}': 64 * GIBIBYTE,
            'airflow_host_memory_available_low_bytes{}': 32 * GIBIBYTE}, "yes"),
    (HOST, {'airflow_host_swap_total_bytes{}': 8 * GIBIBYTE}, "at risk"),
    (HOST, {'airflow_tasks_lost{queue="default",method="count"}': 1}, "at risk"),
    (HOST, {'up{}': 0}, "no answer"),
    (NOTHING, {'up{}': 0, 'airflow_host_exporter_build_info{version="1"}': "1x60"}, "no answer"),
    (NOTHING, {}, None),
]

WAITING = [
    (AIRFLOW, {}, "nothing is in its way"),
    (HOST, {'airflow_tasks_lost{queue="default",method="count"}': None}, None),
    (AIRFLOW, {'airflow_metadata_up{}': 0}, "the database is down"),
    (AIRFLOW, {'airflow_metadata_components_alive{component="scheduler"}': 0}, "no scheduler is alive"),
    (AIRFLOW, {'airflow_broker_up{}': 0}, "the broker is down"),
    (AIRFLOW, {'airflow_workers{state="live"}': 0, 'airflow_workers_live{}': 0}, "no worker is live"),
    # An autoscaler has gone down to none.
    (AIRFLOW, {'airflow_workers{state="live"}': 0, 'airflow_workers_live{}': 0,
               'airflow_broker_queue_messages{queue="high"}': 0,
               'airflow_workers_required{queue="default"}': 0,
               'airflow_workers_required{queue="high"}': 0}, "nothing is in its way"),
    # Tasks are queued, and their messages are not there yet.
    (AIRFLOW, {'airflow_workers{state="live"}': 0, 'airflow_workers_live{}': 0,
               'airflow_broker_queue_messages{queue="high"}': 0}, "workers are too few"),
    (AIRFLOW, {'airflow_workers_catatonic{}': 1}, "a worker takes no tasks"),
    (AIRFLOW, {'airflow_queue_stalled{queue="default"}': 1}, "a queue stands still"),
    (AIRFLOW, {'airflow_tasks_lost{queue="default",method="count"}': 2}, "tasks are lost"),
    (AIRFLOW, {'airflow_metadata_pool_slots{pool="default_pool",state="open"}': 0}, "a pool is full"),
    (AIRFLOW, {'airflow_metadata_pool_slots{pool="default_pool",state="open"}': 0,
               'airflow_metadata_pool_slots{pool="default_pool",state="scheduled"}': 0},
     "nothing is in its way"),
    (AIRFLOW, {'airflow_workers_required{queue="high"}': 3}, "workers are too few"),
    # Two workers may serve three queues of a few tasks each.
    (AIRFLOW, {'airflow_workers_required{queue="low"}': 1}, "nothing is in its way"),
    (AIRFLOW, {'airflow_workers_required{queue="high"}': 2}, "nothing is in its way"),
    (AIRFLOW, {'airflow_host_task_headroom{}': 0}, "memory bears no more"),
    (AIRFLOW, {'airflow_tasks_phantom_running{reason="heartbeat_lost"}': 1}, "phantoms hold slots"),
    (AIRFLOW, {'airflow_metadata_task_instances_overdue{state="queued"}': 1}, "tasks are overdue"),
    (AIRFLOW, {'airflow_metadata_task_instances_overdue{state="queued"}': 1, 'airflow_broker_up{}': 0},
     "the broker is down"),
]

ALIVE = [
    (AIRFLOW, {}, "alive"),
    (HOST, {}, "alive"),
    (AIRFLOW, {'up{}': 0}, "the exporter is silent"),
    (AIRFLOW, {'airflow_metadata_up{}': 0}, "the database is down"),
    (AIRFLOW, {'airflow_metadata_components_alive{component="scheduler"}': 0}, "no scheduler is alive"),
    (AIRFLOW, {'airflow_metadata_components_alive{component="dag_processor"}': 0}, "no dag processor"),
    (AIRFLOW, {'airflow_metadata_components_alive{component="triggerer"}': 0}, "no triggerer"),
    (AIRFLOW, {'airflow_metadata_components_alive{component="triggerer"}': 0,
               'airflow_metadata_triggers{}': 0}, "alive"),
    (AIRFLOW, {'airflow_broker_up{}': 0}, "the broker is down"),
    (AIRFLOW, {'airflow_workers{state="lost"}': 1}, "workers are lost"),
    (AIRFLOW, {'airflow_metadata_connections{application="",state="idle"}': 85},
     "database nearly full of sessions"),
    (AIRFLOW, {'airflow_host_exporter_collector_success{collector="host"}': 0}, "a collector fails"),
    (AIRFLOW, {'airflow_metadata_import_errors{}': 1}, "dags do not import"),
    (NOTHING, {}, None),
]

FIRST = {"airflow-host-night": NIGHT, "airflow-host-tasks": WAITING, "airflow-host-airflow": ALIVE}


def values_by_word(board: str) -> dict[str, float]:
    """The number behind each word that the first panel may say."""
    mappings = boards()[board]["panels"][0]["fieldConfig"]["defaults"]["mappings"]
    return {result["text"]: float(value) for mapping in mappings if mapping["type"] == "value"
            for value, result in mapping["options"].items()}


def input_series(series: Series) -> list[dict[str, str]]:
    found = [{"series": 'up{job="other", instance="host:9100"}', "values": "0x200"}]
    for name, value in series.items():
        metric, labels = name.rstrip("}").split("{")
        labels = f"{TARGET}, {labels}" if labels else TARGET
        values = value if isinstance(value, str) else f"{value}x200"
        found.append({"series": f"{metric}{{{labels}}}", "values": values})
    return found


def case_of(board: str, series: Series, word: Optional[str]) -> dict[str, Any]:
    first = next(one for one in expressions() if one.board == board)
    samples = [] if word is None else [{"labels": "{}", "value": values_by_word(board)[word]}]
    return {"interval": "1m", "input_series": input_series(series), "promql_expr_test": [
        {"expr": first.filled(VALUES), "eval_time": f"{NOW_SECONDS}s", "exp_samples": samples}]}


@pytest.mark.parametrize("board", FIRST)
def test_the_first_word_is_right(board: str, tmp_path: Path):
    tests = []
    for base, changes, word in FIRST[board]:
        series = {name: value for name, value in (base | changes).items() if value is not None}
        tests.append(case_of(board, series, word))
    file = tmp_path / "verdicts.yml"  # JSON is YAML.
    file.write_text(json.dumps({"rule_files": [], "tests": tests}))
    done = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True,
                          timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("board", FIRST)
def test_every_word_is_tried(board: str):
    assert {word for _, _, word in FIRST[board]} - {None} == set(values_by_word(board))
