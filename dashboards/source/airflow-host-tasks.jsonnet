// Why is my task not running? The likeliest cause first, then queues, workers, pools and the broker.
local board = import 'board.libsonnet';
local palette = import 'palette.libsonnet';
local panel = import 'panel.libsonnet';
local query = import 'query.libsonnet';
local verdict = import 'verdict.libsonnet';

local of = query.of;
local once = query.once;
local good = palette.good;
local warning = palette.warning;
local critical = palette.critical;

local airflow = panel.drill_down('Is Airflow itself alive?', 'airflow-host-airflow');
local night = panel.drill_down('Will this host live through the night?', 'airflow-host-night');

// Tasks in a state, over all queues, as each exporter's database has them.
local in_state(states) =
  'max by (job) (sum by (job, instance) (%s))' % of('airflow_metadata_task_instances', 'state=~"%s"' % states);

local total(metric, labels='') = 'max(sum by (job, instance) (%s))' % of(metric, labels);

local answer = [
  4,
  [6, panel.stat(
    'A task waits because',
    |||
      The first cause that is found, in the order in which one explains the next: database, scheduler, broker, workers, lost and overdue
      tasks, pools, room. All that hold are in What stood in the way, below.
    |||,
    verdict.worst_cause(verdict.waiting),
    'none',
    [warning],
    'not watched: no database or broker is configured',
    [verdict.cause_words(verdict.waiting, 'nothing is in its way', [
      'the database is down',
      'no scheduler is alive',
      'the broker is down',
      'no worker is live',
      'a worker takes no tasks',
      'a queue stands still',
      'tasks are lost',
    ])],
  )],
  [3, panel.stat(
    'Waits longest',
    'How long the task has been queued that has waited for a worker longest. By default Airflow itself gives up after ten minutes (task_queued_timeout).',
    'max(%s) or 0 * max(%s)' % [
      query.age('airflow_metadata_oldest_timestamp_seconds', 'state="queued"'),
      of('airflow_metadata_query_seconds'),
    ],
    's',
    [good, [120, warning], [600, critical]],
    'not watched',
    [panel.words({ '0': ['none waits', good] })],
    decimals=0,
  )],
  [3, panel.stat(
    'Overdue',
    "Tasks queued for longer than Airflow's own timeout (task_queued_timeout, by default ten minutes). If the workers are idle, the messages are lost or the workers hear nothing: restart them.",
    total('airflow_metadata_task_instances_overdue'),
    'none',
    [good, [1, warning]],
    'not watched',
    [panel.words({ '0': ['none', good] })],
  )],
  [3, panel.stat(
    'Lost',
    'Tasks that are queued in the database, in no queue and in no worker: nothing will ever run them. Clear them in Airflow.',
    total('airflow_tasks_lost'),
    'none',
    [good, [1, critical]],
    'not watched',
    [panel.words({ '0': ['none', good] })],
  )],
  [3, panel.stat(
    'Phantom',
    |||
      Tasks that run in the database and nowhere else, lost heartbeats being those of every executor's tasks: they hold slots of pools and
      DAGs, and keep autoscaling up. Their worker or pod was killed; clear them, and look for OOM kills at that time.
    |||,
    total('airflow_tasks_phantom_running'),
    'none',
    [good, [1, warning]],
    'not watched',
    [panel.words({ '0': ['none', good] })],
    links=[night],
  )],
  [3, panel.stat(
    'Workers live',
    'Celery workers that are heard. 0: no task of Celery runs. See Lost workers for those that fell silent.',
    'max(%s)' % of('airflow_workers', 'state="live"'),
    'none',
    [critical, [1, good]],
    'no broker',
    links=[airflow],
  )],
  [3, panel.stat(
    'Workers lost',
    'Celery workers that fell silent without a goodbye within the last hour, as after kill -9. Their tasks come back only after the visibility timeout.',
    'max(%s)' % of('airflow_workers', 'state="lost"'),
    'none',
    [good, [1, warning]],
    'no broker',
    [panel.words({ '0': ['none', good] })],
    links=[night],
  )],
];

local more = [
  3,
  [4, panel.stat(
    'Messages that wait',
    'Messages in all queues of the broker, of all priorities, that no worker has taken yet.',
    total('airflow_broker_queue_messages'),
    'none',
    [good],
    'no broker',
  )],
  [4, panel.stat(
    'Fewest open slots of a pool',
    'Open slots of the fullest pool. At 0 its tasks stay scheduled: give the pool more slots, or find what holds them.',
    'min(%s)' % of('airflow_metadata_pool_slots', 'state="open"'),
    'none',
    [critical, [1, warning], [2, good]],
    'no pool has a limit',
  )],
  [4, panel.stat(
    'Workers required beyond live',
    |||
      (Running + queued tasks) / tasks per worker, rounded up for each queue and summed up, less the workers that are live. Above 0 for
      long: too few workers, but for what the rounding adds where one worker serves several queues (less than one a queue). Below 0 for
      hours: more than needed, as where autoscaling does not come down.
    |||,
    'max(sum by (job, instance) (%s) - max by (job, instance) (%s))' % [of('airflow_workers_required'), of('airflow_workers_live')],
    'none',
    [good, [1, warning]],
    'not known yet',
    decimals=0,
  )],
  [4, panel.stat(
    'Room for more tasks',
    'How many more tasks the memory of the tightest host bears. At 0 more workers do not help here; they need another host.',
    'min(%s)' % of('airflow_host_task_headroom'),
    'none',
    [critical, [1, warning], [2, good]],
    'not known yet',
    links=[night],
    decimals=0,
  )],
  [4, panel.stat(
    'Concurrency that suits the memory',
    'The worker_concurrency that the tightest host bears. Where it is below what is configured, tasks will be killed: set it.',
    'min(%s)' % of('airflow_worker_concurrency_recommended'),
    'none',
    [critical, [1, good]],
    'not known yet',
    decimals=0,
  )],
  [4, panel.stat(
    'Workers that take no tasks',
    'Workers that are heard and take no messages though some wait, as after a restart of Redis. Restart them.',
    'max(%s)' % of('airflow_workers_catatonic'),
    'none',
    [good, [1, critical]],
    'not watched',
    [panel.words({ '0': ['none', good] })],
  )],
];

local causes = panel.timeline(
  'What stood in the way',
  |||
    Each cause that keeps tasks from running, over time, the one that explains most first. A line without colour could not be judged, as
    no database or broker is configured.
  |||,
  verdict.each(verdict.waiting),
  [panel.words({ '0': ['no', good], '1': ['yes', critical] })],
  'not watched',
);

local state_colors = [
  panel.colored('^running', palette.available),
  panel.colored('^queued', palette.anon),
  panel.colored('^scheduled', palette.swap),
  panel.colored('^deferred', palette.components.triggerer),
  panel.colored('^up_for_retry', palette.slab),
  panel.colored('^awaiting_input', palette.file),
];

local charts = [
  [
    9,
    [12, panel.series(
      'Tasks by state',
      |||
        Scheduled tasks wait for a slot (pool, DAG, parallelism), queued ones for a worker, running ones work. Growing scheduled: look at
        pools. Growing queued: look at workers and the broker.
      |||,
      [['max by (job, state) (sum by (job, instance, state) (%s))' % of('airflow_metadata_task_instances'), '{{state}} · {{job}}']],
      'short',
      panel.stacked { lineInterpolation: 'stepAfter' },
      state_colors,
      absent='no database',
    )],
    [12, panel.series(
      'Longest wait',
      'How long the oldest task has been scheduled (known from Airflow 3.0 on) or queued, by queue. A line that rises without end is a task that nothing will run.',
      [[once(['state', 'queue'], query.age('airflow_metadata_oldest_timestamp_seconds', 'state=~"scheduled|queued"')), '{{state}} in {{queue}} · {{job}}']],
      's',
      absent='no task waited',
    )],
  ],
  [
    9,
    [12, panel.series(
      'Broker: waiting and unacknowledged',
      |||
        Messages that wait in each queue, and those that workers have fetched and not acknowledged; with Airflow's settings the latter are
        the tasks that run. Queued in the database without a message here are lost tasks.
      |||,
      [
        [once(['queue'], of('airflow_broker_queue_messages')), 'waiting in {{queue}} · {{job}}'],
        [once([], of('airflow_broker_unacked_messages')), 'unacknowledged · {{job}}'],
        [once([], of('airflow_tasks_unaccounted_messages')), 'of no known task · {{job}}'],
      ],
      'short',
      panel.stepped,
      [panel.colored('^unacknowledged', palette.available), panel.colored('^of no', palette.critical)],
      absent='no broker',
    )],
    [12, panel.series(
      'Workers: required and live',
      |||
        Required is (running + queued) / tasks per worker, rounded up for each queue. Live above required for hours is an autoscaling that does not come down, often held
        up by phantom tasks; live below it is why tasks wait.
      |||,
      [
        [once([], 'sum by (job, instance) (%s)' % of('airflow_workers_required')), 'required · {{job}}'],
        [once([], of('airflow_workers_live')), 'live · {{job}}'],
        [once([], of('airflow_workers', 'state="lost"')), 'lost · {{job}}'],
        [once([], of('airflow_workers_catatonic')), 'take no tasks · {{job}}'],
      ],
      'short',
      panel.stepped,
      [
        panel.limit('^required'),
        panel.colored('^live', palette.good),
        panel.colored('^lost', palette.critical),
        panel.colored('^take no', palette.anon),
      ],
      absent='no broker',
    )],
  ],
  [
    9,
    [12, panel.series(
      'Tasks wanted, and places for them',
      |||
        Tasks that run or are queued, against the places that the workers have (concurrency) and that the memory bears (tasks running here and
        room for more). Concurrency above what the memory bears ends in kills; below what is wanted, in waiting.
      |||,
      [
        [in_state('running|queued'), 'wanted · {{job}}'],
        ['sum by (job) (%s)' % of('airflow_worker_concurrency'), 'places of the workers · {{job}}'],
        ['sum by (job) (%s + %s)' % [of('airflow_task_processes'), of('airflow_host_task_headroom')], 'borne by the memory · {{job}}'],
      ],
      'short',
      panel.stepped,
      [
        panel.colored('^wanted', palette.anon, [['custom.fillOpacity', 15]]),
        panel.colored('^places', palette.good),
        panel.colored('^borne', palette.available, [['custom.lineStyle', { fill: 'dash', dash: [8, 6] }]]),
      ],
    )],
    [12, panel.series(
      'Lost and phantom tasks',
      |||
        Lost: queued in the database, held by nobody. Phantom: running in the database, run by nobody (heartbeat_lost: whichever executor ran
        it). Both appear after kills, restarts of
        Redis and scale-downs; see the marks.
      |||,
      [
        [once(['queue', 'method'], of('airflow_tasks_lost')), 'lost from {{queue}} (by {{method}}) · {{job}}'],
        [once(['reason'], of('airflow_tasks_phantom_running')), 'phantom ({{reason}}) · {{job}}'],
      ],
      'short',
      panel.bars,
      [panel.colored('^lost', palette.critical), panel.colored('^phantom', palette.swap)],
      absent='not watched',
    )],
  ],
];

local pools_row = ['Pools and queues', [
  [
    9,
    [12, panel.series(
      'Open slots of pools',
      'A pool without open slots holds its tasks in scheduled. A deferred task holds a slot where the pool says so.',
      [[once(['pool'], of('airflow_metadata_pool_slots', 'state="open"')), '{{pool}} · {{job}}']],
      'short',
      panel.stepped,
      absent='no pool has a limit',
      calculations=['lastNotNull', 'min'],
      placement='right',
    )],
    [12, panel.series(
      'Slots of pools by state',
      'Who holds the slots of each pool: running, queued, deferred; and how many are asked for (scheduled).',
      [[once(['pool', 'state'], of('airflow_metadata_pool_slots', 'state!~"total|open"')), '{{pool}} {{state}} · {{job}}']],
      'short',
      panel.stepped,
      absent='no database',
      calculations=['lastNotNull', 'max'],
      placement='right',
    )],
  ],
  [
    9,
    [12, panel.series(
      'Tasks of each queue',
      'Scheduled, queued and running tasks of each queue. A queue without a worker that serves it only grows.',
      [[once(['queue', 'state'], 'sum by (job, instance, queue, state) (%s)' % of('airflow_metadata_task_instances', 'state=~"scheduled|queued|running"')), '{{queue}} {{state}} · {{job}}']],
      'short',
      panel.stepped,
      absent='no database',
      calculations=['lastNotNull', 'max'],
      placement='right',
    )],
    [12, panel.timeline(
      'Queues that stand still',
      'Whether messages wait in a queue while none is taken from it. No worker serves it, or those that do hear nothing: restart them.',
      [[once(['queue'], of('airflow_queue_stalled')), '{{queue}} · {{job}}']],
      [panel.words({ '0': ['moves', good], '1': ['stands still', critical] })],
      'not watched',
    )],
  ],
]];

local workers_row = ['Each worker', [
  [
    8,
    [8, panel.series(
      'Tasks that each worker runs',
      'From its last heartbeat. A worker at its concurrency takes no more; one at 0 while messages wait hears nothing.',
      [[once(['worker'], of('airflow_worker_active_tasks')), '{{worker}} · {{job}}']],
      'short',
      panel.stepped,
      absent='no broker',
    )],
    [8, panel.series(
      'Tasks taken on',
      'How many tasks per second each worker takes on. Many workers that take few are more than needed.',
      [[once(['worker'], query.rate('airflow_worker_processed_tasks_total')), '{{worker}} · {{job}}']],
      'ops',
      absent='no broker',
    )],
    [8, panel.series(
      'Age of the last heartbeat',
      'Workers send one every two seconds. An age that rises is a worker that is gone, frozen or cut off.',
      [['min by (job, worker) (%s)' % query.age('airflow_worker_heartbeat_timestamp_seconds'), '{{worker}} · {{job}}']],
      's',
      absent='no broker',
    )],
  ],
]];

local delivery_row = ['Redelivery, DAG runs and triggers', [
  [
    8,
    [8, panel.series(
      'Oldest unacknowledged message',
      'Against the visibility timeout, after which Redis delivers a message again though its task may still run. Airflow refuses the second copy, and may fail the task by it. Raise visibility_timeout.',
      [
        ['max by (job) (%s)' % query.age('airflow_broker_oldest_unacked_timestamp_seconds'), 'oldest · {{job}}'],
        [once([], of('airflow_broker_visibility_timeout_seconds')), 'visibility timeout · {{job}}'],
      ],
      's',
      overrides=[panel.limit('^visibility')],
      absent='no message is out',
    )],
    [8, panel.series(
      'DAG runs',
      'Runs that run, and those that are queued behind max_active_runs.',
      [[once(['state'], of('airflow_metadata_dag_runs')), '{{state}} · {{job}}']],
      'short',
      panel.stepped,
      absent='no database',
    )],
    [8, panel.series(
      'Triggers',
      'Triggers of deferred tasks. If they rise and no triggerer is alive, deferred tasks never go on.',
      [[once([], of('airflow_metadata_triggers')), 'triggers · {{job}}']],
      'short',
      panel.stepped,
      absent='no database',
    )],
  ],
]];

board.new(
  'airflow-host-tasks',
  'The likeliest cause first; then tasks, queues, workers, pools and the broker as the database and the broker have them.',
  [answer, more, [10, [24, causes]]] + charts,
  [pools_row, workers_row, delivery_row],
)
