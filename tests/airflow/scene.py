"""Brings the real Airflow into one known state, in which it stays until the tests release it."""

from collections import Counter

from airflow_api import AirflowApi
from integration import Sandbox, until

SECONDS = 180
ACTIVE = ("scheduled", "queued", "running", "deferred", "up_for_retry", "up_for_reschedule",
          "restarting", "awaiting_input")
# What our dags amount to on a worker of four: state and queue of their active task instances.
STANDING = {
    ("running", "default"): 4,  # the hog, two of the pool's, one sleeper
    ("queued", "default"): 5,  # the other sleepers
    ("queued", "second"): 2,  # nobody listens to that queue
    ("scheduled", "default"): 1,  # the pool's third
    ("deferred", "default"): 1,
    ("up_for_retry", "default"): 1,
}
# By the version's own kind of heartbeat: of the task instance (3), of the job that runs it (2).
FIVE_MINUTES_LATER = {
    True: "UPDATE task_instance SET last_heartbeat_at = last_heartbeat_at - interval '300 s' "
          "WHERE state = 'running' AND pid IN ({pids}) RETURNING 1",
    False: "UPDATE job SET latest_heartbeat = latest_heartbeat - interval '300 s' WHERE id IN "
           "(SELECT job_id FROM task_instance WHERE state = 'running' AND pid IN ({pids})) "
           "RETURNING 1",
}


class Scene:
    """The dags' runs and their task instances, as Airflow's own table tells them."""

    def __init__(self, stack: Sandbox, airflow: AirflowApi) -> None:
        self.stack = stack
        self.airflow = airflow
        self.runs: dict[str, str] = {}  # dag_id: run_id

    def set(self) -> None:
        """Starts the dags in an order that leaves the worker's four places to whom they are meant
        for."""
        until(lambda: self.airflow.dags(paused=False) == 6, SECONDS, "the dags are parsed")
        self._trigger("deferring", "failing")
        self._wait_for({("deferred", "default"): 1, ("up_for_retry", "default"): 1})
        self._trigger("hog", "pool_of_two", "second_queue")
        self._wait_for(STANDING | {("running", "default"): 3, ("queued", "default"): 0})
        self._trigger("sleeps")
        self._wait_for(STANDING)

    def states(self) -> dict[tuple[str, str], int]:
        """How many active task instances there are of each state and queue."""
        rows = self.stack.rows("SELECT state, queue, count(*) FROM task_instance "
                               "WHERE state IS NOT NULL GROUP BY 1, 2")
        return {(state, queue): count for state, queue, count in rows if state in ACTIVE}

    def running(self) -> list[tuple[int, str, str]]:
        """Process, dag and task of what runs."""
        return self.stack.rows("SELECT pid, dag_id, task_id FROM task_instance "
                               "WHERE state = 'running'")

    def let_hearts_stop(self, *pids: int) -> None:
        """Does to running tasks whose processes these were what five minutes would do, and no test
        waits for."""
        sql = FIVE_MINUTES_LATER[self.airflow.is_airflow_3]
        assert len(self.stack.rows(sql.format(pids=", ".join(map(str, pids))))) == len(pids)

    def release(self, *names: str) -> None:
        for name in names:
            (self.stack.folder / "hold" / name).touch()

    def give_up(self, dag_id: str) -> None:
        """Has Airflow fail what is unfinished of the dag's run."""
        self.airflow.give_up(dag_id, self.runs[dag_id])

    def _trigger(self, *dag_ids: str) -> None:
        for dag_id in dag_ids:
            self.runs[dag_id] = self.airflow.trigger(dag_id)

    def _wait_for(self, wanted: dict[tuple[str, str], int]) -> None:
        until(lambda: Counter(self.states()) == Counter(wanted), SECONDS,
              f"task instances as {wanted}")
