// What stands behind the first words on each dashboard. A sign is a name and an expression of its value
// now: 0 while all is well, absent while it is not known; more is worse. Of several hosts the worst counts.
local palette = import 'palette.libsonnet';
local panel = import 'panel.libsonnet';
local query = import 'query.libsonnet';

local of = query.of;

local named(sign) = 'label_replace(%s, "sign", "%s", "", "")' % [sign[1], sign[0]];

local worst_of_hosts(metric, labels='') = 'max(sum by (job, instance) (%s))' % of(metric, labels);

local left = 'min(%s / %s)' % [of('airflow_host_memory_available_low_bytes'), of('airflow_host_memory_total_bytes')];

local growing = 'max(%s or %s or %s)' % [
  of('airflow_host_memory_growing'),
  of('airflow_container_memory_growing'),
  of('airflow_component_memory_growing'),
];

local ends_within(whose, bound, hours) = '(min(%s) - time() < bool %d)' % [whose('bound="%s"' % bound), hours * 3600];
local of_host(labels) = of('airflow_host_memory_exhaustion_timestamp_seconds', labels);
local of_all(labels) = query.of_each('exhaustion_timestamp_seconds', labels);

local killed_within(minutes) =
  '(time() - max(%s) < bool %d)' % [of('airflow_oom_last_kill_timestamp_seconds'), minutes * 60];

local frozen_share = 'max(%s)' % query.rate('airflow_host_stall_seconds_total');

local sum_of_each(metric, labels='') = 'sum by (job, instance) (%s)' % of(metric, labels);

// 1 where both hold on one host, 0 where not.
local both(one, other) = 'max((%s) * (%s))' % [one, other];

// 0 or the rank of a cause: of several the highest is named, as it explains those below it.
local ranked(causes) = [
  [causes[index][0], '%d * (%s)' % [std.length(causes) - index, causes[index][1]]]
  for index in std.range(0, std.length(causes) - 1)
];

{
  growing:: growing,

  // Levels: 1 warning, 2 critical, 3 no answer.
  night:: [
    ['memory left', '(%s < bool 0.15) + (%s < bool 0.05)' % [left, left]],
    ['growth', growing],
    // A host's end is everyone's; that of a container or a component is its own.
    ['end of memory', '%(soon)s + %(tonight)s or %(soon)s or 0 * (%(growing)s)' % {
      soon: ends_within(of_all, 'earliest', 24),
      tonight: ends_within(of_host, 'expected', 8),
      growing: growing,
    }],
    ['thrashing', '2 * max(%s)' % of('airflow_host_thrashing')],
    ['frozen', '(%s > bool 0.02) + (%s > bool 0.1)' % [frozen_share, frozen_share]],
    ['OOM kills', '%s + %s or 0 * max(%s)' % [killed_within(60), killed_within(10), of('airflow_host_memory_total_bytes')]],
    ['swap', 'max((%(size)s < bool 0.5 * %(advice)s) * (%(memory)s < bool 7 * 1024 ^ 3) + (%(size)s > bool 1.5 * %(advice)s))' % {
      size: of('airflow_host_swap_total_bytes'),
      advice: of('airflow_host_swap_recommended_bytes'),
      memory: of('airflow_host_memory_total_bytes'),
    }],
    ['tasks lost', '%s > bool 0' % worst_of_hosts('airflow_tasks_lost')],
    ['exporter', '3 * (min(%s) == bool 0)' % query.answers],
  ],

  // Why a task does not run, what explains most first.
  waiting:: [
    ['the database is down', 'min(%s) == bool 0' % of('airflow_metadata_up')],
    ['no scheduler is alive', 'min(%s) == bool 0' % of('airflow_metadata_components_alive', 'component="scheduler"')],
    ['the broker is down', 'min(%s) == bool 0' % of('airflow_broker_up')],
    // As AirflowNoLiveWorkers: an autoscaler may go down to none while nothing waits.
    ['no worker is live', both(
      '%s == bool 0' % sum_of_each('airflow_workers', 'state="live"'),
      '%s > bool 0' % sum_of_each('airflow_broker_queue_messages'),
    )],
    ['a worker takes no tasks', 'max(%s) > bool 0' % of('airflow_workers_catatonic')],
    ['a queue stands still', 'max(%s) > bool 0' % of('airflow_queue_stalled')],
    ['tasks are lost', '%s > bool 0' % worst_of_hosts('airflow_tasks_lost')],
    ['a pool is full', 'max((%s <= bool 0) * ignoring (state) (%s > bool 0))' % [
      of('airflow_metadata_pool_slots', 'state="open"'),
      of('airflow_metadata_pool_slots', 'state="scheduled"'),
    ]],
    // As AirflowTooFewWorkers: each queue's requirement is rounded up, though one worker may serve several.
    ['workers are too few', both(
      '%s > bool 0' % sum_of_each('airflow_workers_required'),
      'sum by (job, instance) (clamp_min(%s - 1, 0)) >= bool %s' % [
        of('airflow_workers_required'),
        sum_of_each('airflow_workers_live'),
      ],
    )],
    ['memory bears no more', 'min(%s) <= bool 0' % of('airflow_host_task_headroom')],
    ['phantoms hold slots', '%s > bool 0' % worst_of_hosts('airflow_tasks_phantom_running')],
    ['tasks are overdue', '%s > bool 0' % worst_of_hosts('airflow_metadata_task_instances_overdue')],
  ],

  // What of Airflow is not alive, what explains most first.
  alive:: [
    ['the exporter is silent', 'min(%s) == bool 0' % query.answers],
    ['the database is down', 'min(%s) == bool 0' % of('airflow_metadata_up')],
    ['no scheduler is alive', 'min(%s) == bool 0' % of('airflow_metadata_components_alive', 'component="scheduler"')],
    ['no dag processor', 'min(%s) == bool 0' % of('airflow_metadata_components_alive', 'component="dag_processor"')],
    // As AirflowTriggererHeartbeatLost: who defers no tasks needs none.
    ['no triggerer', both(
      '%s == bool 0' % sum_of_each('airflow_metadata_components_alive', 'component="triggerer"'),
      '%s > bool 0' % sum_of_each('airflow_metadata_triggers'),
    )],
    ['the broker is down', 'min(%s) == bool 0' % of('airflow_broker_up')],
    ['workers are lost', 'max(%s) > bool 0' % of('airflow_workers', 'state="lost"')],
    ['database nearly full of sessions', 'max(sum by (job, instance) (%s) / max by (job, instance) (%s)) > bool 0.8' % [
      of('airflow_metadata_connections'),
      of('airflow_metadata_connections_max'),
    ]],
    ['a collector fails', 'min(%s) == bool 0' % of('airflow_host_exporter_collector_success')],
    ['dags do not import', 'max(%s) > bool 0' % of('airflow_metadata_import_errors')],
  ],

  // The worst of all signs.
  worst(signs):: 'max(%s)' % std.join('\n or ', [named(sign) for sign in signs]),
  // Every sign as a query of its own, with its name, in the order given.
  each(signs):: [[sign[1], sign[0]] for sign in signs],
  worst_cause(causes):: self.worst(ranked(causes)),

  // Words for the number of worst_cause: those named in `critical` are a person's business at once.
  cause_words(causes, well, critical):: panel.words({
    [std.toString(std.length(causes) - index)]: [
      causes[index][0],
      if std.member(critical, causes[index][0]) then palette.critical else palette.warning,
    ]
    for index in std.range(0, std.length(causes) - 1)
  } + { '0': [well, palette.good] }),
}
