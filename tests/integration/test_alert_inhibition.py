"""Which alerts hold back which others, by a real Alertmanager with the shipped configuration.

It ends before the first group's wait, so that nothing is sent to the addresses in it.
"""

from pathlib import Path

import yaml

from alert_files import ALERTMANAGER, PROMETHEUS
from alerting import call, running_alertmanager
from conftest import until


def every_alert() -> list[str]:
    files = [yaml.safe_load(file.read_text()) for file in (PROMETHEUS / "rules").glob("*.yml")]
    return [rule["alert"] for file in files for group in file["groups"] for rule in group["rules"]
            if "alert" in rule]


# What a host that stands still does not hold back: causes, and what says that nothing is known.
CAUSES = {
    "AirflowHostMemoryExhausted", "AirflowHostThrashing", "AirflowHostStalled",
    "AirflowHostSwapTooSmall", "AirflowHostSwapTooLarge", "AirflowOomKill",
    "AirflowOomKillsRepeated", "AirflowContainerMemoryNearLimit", "AirflowHostMemoryGrowing",
    "AirflowContainerMemoryGrowing", "AirflowComponentMemoryGrowing", "AirflowBrokerMemoryLow",
    "AirflowBrokerFull", "AirflowBrokerEvicting", "AirflowBrokerRefusesConnections",
    "AirflowDatabaseConnectionsNearLimit", "AirflowExporterAbsent",
}


def held_back(source: str) -> set[str]:
    """The alerts that one which fires on the same host is to hold back."""
    if source in ("AirflowHostStalled", "AirflowHostThrashing"):
        return set(every_alert()) - CAUSES
    return {
        "AirflowHostMemoryExhausted": {"AirflowHostMemoryLow"},
        "AirflowBrokerFull": {"AirflowBrokerMemoryLow"},
        "AirflowBrokerEvicting": {"AirflowBrokerMemoryLow"},
        "AirflowNoLiveWorkers": {"AirflowWorkersLost", "AirflowTooFewWorkers",
                                 "AirflowQueueStalled"},
        "AirflowBrokerDown": {"AirflowWorkersLost", "AirflowNoLiveWorkers",
                              "AirflowWorkerCatatonic", "AirflowQueueStalled"},
        "AirflowDatabaseDown": {"AirflowSchedulerHeartbeatLost", "AirflowDagProcessorHeartbeatLost",
                                "AirflowTriggererHeartbeatLost"},
    }.get(source, set())


def inhibited(alertmanager: str) -> set[tuple[str, str, str]]:
    """Which alerts are held back: instance, name and collector."""
    alerts = call(alertmanager, "/api/v2/alerts")
    return {(alert["labels"]["instance"], alert["labels"]["alertname"],
             alert["labels"].get("collector", ""))
            for alert in alerts if alert["status"]["inhibitedBy"]}


def test_causes_hold_back_their_symptoms_and_nothing_else(tmp_path: Path):
    """Each alert in turn fires on a host on which all others fire too."""
    alerts = every_alert()
    with running_alertmanager(tmp_path, ALERTMANAGER) as alertmanager:
        call(alertmanager, "/api/v2/alerts", [
            {"labels": {"alertname": name, "job": "airflow", "instance": instance}}
            for source in alerts for target in alerts if source != target
            for instance in [f"{source}/{target}"] for name in (source, target)])
        # An alert is held back on the host of its cause only.
        expected = {(f"{source}/{target}", target, "") for source in alerts
                    for target in held_back(source)}
        expected |= {(f"{target}/{source}", target, "") for source in alerts
                     for target in held_back(source)}
        until(lambda: inhibited(alertmanager) == expected, 60,
              "what is held back is what should be")


def test_a_server_that_is_down_holds_back_its_own_collector_only(tmp_path: Path):
    stuck = [("metadata", "AirflowDatabaseDown", True), ("broker", "AirflowDatabaseDown", False),
             ("broker", "AirflowBrokerDown", True), ("host", "AirflowBrokerDown", False)]
    with running_alertmanager(tmp_path, ALERTMANAGER) as alertmanager:
        call(alertmanager, "/api/v2/alerts", [
            {"labels": {"job": "airflow", "instance": f"{collector}/{cause}", **labels}}
            for collector, cause, _ in stuck
            for labels in ({"alertname": cause},
                           {"alertname": "AirflowCollectorStuck", "collector": collector})])
        expected = {(f"{collector}/{cause}", "AirflowCollectorStuck", collector)
                    for collector, cause, held in stuck if held}
        until(lambda: inhibited(alertmanager) == expected, 60,
              "what is held back is what should be")
