// Is Airflow itself alive? Its components, its database, its broker, and the exporter that watches them.
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

local memory = panel.drill_down('Who has the memory?', 'airflow-host-memory');
local tasks = panel.drill_down('Why is my task not running?', 'airflow-host-tasks');
local night = panel.drill_down('Will this host live through the night?', 'airflow-host-night');

local alive_of(component) = of('airflow_metadata_components_alive', 'component="%s"' % component);

local alive(title, component, meaning, expression='min(%s)' % alive_of(component), absent='not run apart') = panel.stat(
  title,
  meaning,
  expression,
  'none',
  [critical, [1, good]],
  absent,
  [panel.words({ '0': ['none', critical] })],
  links=[memory],
);

local up(title, metric, meaning, absent) = panel.stat(
  title,
  meaning,
  'min(%s)' % of(metric),
  'none',
  [critical, [1, good]],
  absent,
  [panel.words({ '0': ['down', critical], '1': ['up', good] })],
);

local verdicts = [
  4,
  [6, panel.stat(
    'Airflow is',
    |||
      Alive, or the first of what is not, in the order in which one explains the next: exporter, database, scheduler, dag processor,
      triggerer, broker, workers, sessions, collectors, imports. All that hold are in What was not alive, below.
    |||,
    verdict.worst_cause(verdict.alive),
    'none',
    [warning],
    'not watched',
    [verdict.cause_words(verdict.alive, 'alive', [
      'the exporter is silent',
      'the database is down',
      'no scheduler is alive',
      'the broker is down',
    ])],
    links=[tasks],
  )],
  [3, alive('Schedulers alive', 'scheduler', |||
    Schedulers with a recent heartbeat by Airflow's own rule (by default 30 s). None: nothing new starts. See whether it was killed, or waits for the
    database.
  |||)],
  [3, alive('Dag processors alive', 'dag_processor', |||
    Dag processors with a recent heartbeat. None where it runs apart: changes of DAGs are not seen, and in Airflow 3 DAGs go stale. Before
    Airflow 3 one that ended cleanly, or a day ago, looks as if it did not run apart.
  |||)],
  [3, alive(
    'Triggerers alive',
    'triggerer',
    |||
      Triggerers with a recent heartbeat. None: triggers of deferred tasks wait, and none goes on. Restart it. Grey where none is alive and
      no trigger waits: who defers no tasks needs no triggerer.
    |||,
    'min(%(alive)s > 0 or %(alive)s and on (job, instance) %(triggers)s > 0)' % {
      alive: alive_of('triggerer'),
      triggers: of('airflow_metadata_triggers'),
    },
    'not needed, or unknown',
  )],
  [3, panel.stat(
    'API server',
    'Processes of the API server or web server on the chosen hosts. Airflow 3 runs no task without the API server.',
    'sum(%s)' % of('airflow_component_processes', 'component=~"api_server|webserver"'),
    'none',
    [critical, [1, good]],
    'not on these hosts',
    [panel.words({ '0': ['gone', critical] })],
    links=[memory],
  )],
  [3, up('Database', 'airflow_metadata_up', |||
    Whether the metadata database answered when it was last asked. Down: the exporter's page says why, in one sentence.
  |||, 'not configured')],
  [3, up('Broker', 'airflow_broker_up', |||
    Whether Redis answered when it was last asked. Down: the exporter's page says why. After it is back, look for workers that take no
    tasks.
  |||, 'not configured')],
];

local more = [
  3,
  [4, panel.stat(
    'Import errors',
    "DAG files that could not be imported: their DAGs do not run. Airflow's list of DAGs shows the trace.",
    'max(%s)' % of('airflow_metadata_import_errors'),
    'none',
    [good, [1, warning]],
    'not watched',
    [panel.words({ '0': ['none', good] })],
  )],
  [4, panel.stat(
    'Database sessions taken',
    |||
      Sessions of Airflow's database as a share of the server's max_connections, of which its other databases take theirs. When they are used up, components and tasks fail in the middle of their work: put PgBouncer
      before the database, or lower sql_alchemy_pool_size.
    |||,
    'max(sum by (job, instance) (%s) / max by (job, instance) (%s))' % [of('airflow_metadata_connections'), of('airflow_metadata_connections_max')],
    'percentunit',
    [good, [0.8, warning], [0.9, critical]],
    'not watched',
    decimals=0,
  )],
  [4, panel.stat(
    'Longest transaction',
    'Age of the oldest open transaction of another session. One that is old blocks others and keeps the database from cleaning up: find it in pg_stat_activity. The exporter sees none without pg_read_all_stats.',
    'max(%s) or 0 * max(%s)' % [
      query.age('airflow_metadata_longest_transaction_timestamp_seconds'),
      of('airflow_metadata_query_seconds'),
    ],
    's',
    [good, [300, warning], [3600, critical]],
    'not watched',
    [panel.words({ '0': ['none is seen', good] })],
    decimals=0,
  )],
  [4, panel.stat(
    'Broker memory taken',
    'Memory of Redis as a share of maxmemory. A full broker refuses or drops messages, which are tasks: raise maxmemory, and set noeviction.',
    'max(%s / %s)' % [of('airflow_broker_memory_used_bytes'), of('airflow_broker_memory_max_bytes')],
    'percentunit',
    [good, [0.8, warning], [0.9, critical]],
    'no limit',
    decimals=0,
  )],
  [4, panel.stat(
    'Restarts in view',
    "How often a component's main process was replaced in the time shown. See whether the restarts follow kills.",
    'sum(%s)' % query.rise_in_view('airflow_component_restarts_total'),
    'none',
    [good, [0.5, warning]],
    'not watched',
    links=[night],
    decimals=0,
  )],
  [4, panel.stat(
    'Collectors that fail',
    'Collectors of the exporter whose last observation failed or hangs: what they watch is not known now. Its page says why.',
    'sum(%s == bool 0)' % of('airflow_host_exporter_collector_success'),
    'none',
    [good, [1, warning]],
    'the exporter is silent',
    [panel.words({ '0': ['none', good] })],
  )],
];

local causes = panel.timeline(
  'What was not alive',
  'Each part of Airflow that was not as it should be, over time. A line without colour could not be judged then.',
  verdict.each(verdict.alive),
  [panel.words({ '0': ['no', good], '1': ['yes', critical] })],
  'not watched',
);

local charts = [
  [
    9,
    [12, panel.series(
      'Age of heartbeats',
      |||
        How long ago each component wrote its heartbeat into the database. By default a scheduler counts as dead after 30 s. One that rises in steps is
        slow: look at the database, or at swap.
      |||,
      [['min by (job, component, hostname) (%s)' % query.age('airflow_metadata_component_heartbeat_timestamp_seconds'), '{{component}} {{hostname}} · {{job}}']],
      's',
      overrides=panel.components,
      absent='no database',
    )],
    [12, panel.series(
      'Restarts',
      'When main processes of components were replaced. Regular ones are num_runs or a liveness probe; irregular ones are kills or crashes.',
      [['sum by (job, instance, component) (%s)' % query.rise('airflow_component_restarts_total'), '{{component}} · {{instance}}']],
      'short',
      panel.bars,
      panel.components,
    )],
  ],
  [
    9,
    [12, panel.series(
      'Database sessions',
      |||
        Sessions of Airflow's database by application and state, against the max_connections of the whole server. Many that are idle in transaction belong to tasks that hold a session for
        as long as they run.
      |||,
      [
        [once(['application', 'state'], of('airflow_metadata_connections')), '{{application}} {{state}} · {{job}}'],
        [once([], of('airflow_metadata_connections_max')), 'limit · {{job}}'],
      ],
      'short',
      panel.stacked,
      [panel.limit('^limit')],
      absent='no database',
    )],
    [12, panel.series(
      'Oldest transaction',
      'Age of the oldest open transaction of another session. It should fall back all the time; a line that only rises is a session to end.',
      [['max by (job) (%s)' % query.age('airflow_metadata_longest_transaction_timestamp_seconds'), 'oldest · {{job}}']],
      's',
      overrides=[panel.colored('^oldest', palette.anon)],
      absent='none was open',
    )],
  ],
  [
    9,
    [12, panel.series(
      'Broker memory',
      'Memory that Redis has allocated, against maxmemory. A rise with empty queues is results and replies that nobody reads.',
      [
        [once([], of('airflow_broker_memory_used_bytes')), 'used · {{job}}'],
        [once([], of('airflow_broker_memory_max_bytes')), 'limit · {{job}}'],
      ],
      'bytes',
      overrides=[panel.colored('^used', palette.components.redis, [['custom.fillOpacity', 15]]), panel.limit('^limit')],
      absent='no broker',
    )],
    [12, panel.series(
      'DAGs and import errors',
      "DAGs that are active or paused, and files that do not import. DAGs that vanish together with the dag processor's heartbeat have gone stale.",
      [
        [once(['state'], of('airflow_metadata_dags')), '{{state}} · {{job}}'],
        [once([], of('airflow_metadata_import_errors')), 'import errors · {{job}}'],
      ],
      'short',
      panel.stepped,
      [panel.colored('^import', palette.critical)],
      absent='no database',
    )],
  ],
];

local database_row = ['Database and broker in detail', [
  [
    8,
    [8, panel.series(
      'Size of the database',
      'Size on disk. Airflow never cleans up by itself: airflow db clean, once a week.',
      [[once([], of('airflow_metadata_database_size_bytes')), 'size · {{job}}']],
      'bytes',
      overrides=[panel.colored('^size', palette.components.postgres)],
      absent='no database',
    )],
    [8, panel.series(
      "Time of the exporter's query",
      'How long the one query took that asks for everything. A rise is a slow database before it is a dead one.',
      [[of('airflow_metadata_query_seconds'), '{{instance}}']],
      's',
      absent='no database',
    )],
    [8, panel.series(
      'Deadlocks and failed connections',
      'Deadlocks in the database, and attempts of the exporter to connect that failed.',
      [
        [once([], query.rise('airflow_metadata_deadlocks_total')), 'deadlocks · {{job}}'],
        [query.rise('airflow_metadata_connection_failures_total'), 'failed connections · {{instance}}'],
      ],
      'short',
      panel.bars,
      absent='no database',
    )],
  ],
  [
    8,
    [8, panel.series(
      'Clients of the broker',
      'Connections to Redis. Workers, schedulers and calls of celery inspect hold some each.',
      [
        [once([], of('airflow_broker_clients')), 'clients · {{job}}'],
        [once([], of('airflow_broker_orphaned_replies')), 'reply queues left behind · {{job}}'],
      ],
      'short',
      panel.stepped,
      absent='no broker',
    )],
    [8, panel.series(
      'Dropped by the broker',
      'Keys that Redis dropped for want of memory, which on a broker are lost messages, and connections that it refused.',
      [
        [once([], query.rise('airflow_broker_evicted_keys_total')), 'evicted keys · {{job}}'],
        [once([], query.rise('airflow_broker_rejected_connections_total')), 'refused connections · {{job}}'],
      ],
      'short',
      panel.bars,
      absent='no broker',
    )],
    [8, panel.series(
      'Time since they started',
      'A fall to 0 is a restart. After one of Redis look for lost tasks and for workers that take none.',
      [
        ['max by (job) (%s)' % query.age('airflow_metadata_start_timestamp_seconds'), 'database · {{job}}'],
        ['max by (job) (%s)' % query.age('airflow_broker_start_timestamp_seconds'), 'broker · {{job}}'],
      ],
      's',
      absent='no database or broker',
    )],
  ],
]];

local processes_row = ['Processes of the components', [
  [
    8,
    [12, panel.series(
      'Processes',
      'Processes of each component on each host. Many of a component that forks are normal; 0 is one that has gone.',
      [[of('airflow_component_processes'), '{{component}} · {{instance}}']],
      'short',
      panel.stepped,
      panel.components,
    )],
    [12, panel.series(
      'Processor time',
      'How many processors each component keeps busy. A scheduler at 1 is at its limit: one loop uses one processor.',
      [['sum by (job, instance, component) (%s)' % query.rate('airflow_component_cpu_seconds_total'), '{{component}} · {{instance}}']],
      'short',
      panel.stacked,
      panel.components,
    )],
  ],
  [
    8,
    [12, panel.series(
      'File descriptors',
      'The share of its limit that the fullest process of each component has open. At 100 % it can open no file and no connection.',
      [['%s / %s' % [of('airflow_component_open_fds'), of('airflow_component_max_fds')], '{{component}} · {{instance}}']],
      'percentunit',
      overrides=panel.components,
      absent='may not be read',
    )],
    [12, panel.series(
      'Threads',
      'Threads of each component. Threads that only rise are a leak of their own.',
      [[of('airflow_component_threads'), '{{component}} · {{instance}}']],
      'short',
      panel.stepped,
      panel.components,
    )],
  ],
]];

local exporter_row = ['The exporter itself', [
  [
    8,
    [8, panel.series(
      'Memory of the exporter',
      'It stays below 16 MB and is locked in memory. More is worth a report.',
      [[of('process_resident_memory_bytes'), '{{instance}}']],
      'bytes',
    )],
    [8, panel.series(
      'Processor time of the exporter',
      'The share of one processor that the exporter takes.',
      [[query.rate('process_cpu_seconds_total'), '{{instance}}']],
      'percentunit',
    )],
    [8, panel.series(
      'Time of observations',
      'How long each collector took. One that nears its cadence is slow: the host starves, or a server hangs.',
      [[of('airflow_host_exporter_collector_duration_seconds'), '{{collector}} · {{instance}}']],
      's',
    )],
  ],
  [
    8,
    [12, panel.timeline(
      'Collectors',
      "Whether each collector saw its source. A failed one says why on the exporter's page.",
      [[of('airflow_host_exporter_collector_success') + ' - 2 * ' + of('airflow_host_exporter_collector_stuck'), '{{collector}} · {{instance}}']],
      [panel.words({ '-2': ['hangs', critical], '-1': ['hangs', critical], '0': ['fails', warning], '1': ['sees', good] })],
      'the exporter is silent',
    )],
    [12, panel.series(
      'Dropped by the exporter',
      'Series that did not fit on the page, and log lines that were not written: both are bounded on purpose.',
      [
        [query.rise('airflow_host_exporter_series_dropped_total'), 'series · {{instance}}'],
        [query.rise('airflow_host_exporter_log_messages_dropped_total'), 'log lines · {{instance}}'],
      ],
      'short',
      panel.bars,
    )],
  ],
]];

board.new(
  'airflow-host-airflow',
  'Heartbeats and restarts of the components, sessions and transactions of the database, the broker, imports, and the exporter itself.',
  [verdicts, more, [9, [24, causes]]] + charts,
  [database_row, processes_row, exporter_row],
)
