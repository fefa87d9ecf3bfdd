"""What the tests have Airflow do: each dag brings its task instances into one kind of state."""

from datetime import timedelta

from of_either_version import FileSensor, dag, hold_file, task, wait_for_release

HOG_BYTES = 300_000_000
# On a busy machine a task may fail to start; and a killed one is to run again.
STUBBORN = {"retries": 3, "retry_delay": timedelta(seconds=1)}


@dag()
def sleeps():
    @task(**STUBBORN)
    def sleep(number):
        wait_for_release("sleeps")

    sleep.expand(number=list(range(6)))


@dag()
def pool_of_two():
    @task(pool="pair", **STUBBORN)
    def share(number):
        wait_for_release("pool_of_two")

    share.expand(number=list(range(3)))


@dag()
def deferring():
    FileSensor(task_id="wait", filepath=str(hold_file("deferring")), deferrable=True,
               poke_interval=1, **STUBBORN)


@dag()
def failing():
    @task(retries=1, retry_delay=timedelta(days=1))
    def fail_and_retry():
        raise ValueError("as the test wants it")

    @task(retries=0)
    def fail():
        raise ValueError("as the test wants it")

    fail_and_retry()
    fail()


@dag()
def hog():
    @task(**STUBBORN)
    def hoard():
        hoarded = b"\x01" * HOG_BYTES
        wait_for_release("hog")
        return len(hoarded)

    hoard()


@dag()
def second_queue():
    """Nobody listens to that queue."""

    @task(queue="second")
    def wait_for_a_worker(number):
        pass

    wait_for_a_worker.expand(number=list(range(2)))


@dag(is_paused_upon_creation=True)
def paused():
    @task
    def never():
        pass

    never()


for make in (sleeps, pool_of_two, deferring, failing, hog, second_queue, paused):
    make()
