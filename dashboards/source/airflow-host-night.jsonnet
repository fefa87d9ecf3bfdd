// Will this host live through the night? Verdicts first, then memory, swap, pressure and tasks on one
// time axis.
local board = import 'board.libsonnet';
local palette = import 'palette.libsonnet';
local panel = import 'panel.libsonnet';
local query = import 'query.libsonnet';
local verdict = import 'verdict.libsonnet';

local of = query.of;
local good = palette.good;
local warning = palette.warning;
local critical = palette.critical;

local memory = panel.drill_down('Who has the memory?', 'airflow-host-memory');
local tasks = panel.drill_down('Why is my task not running?', 'airflow-host-tasks');
local airflow = panel.drill_down('Is Airflow itself alive?', 'airflow-host-airflow');

local levels = {
  '0': ['good', good],
  '1': ['at risk', warning],
  '2': ['critical', critical],
  '3': ['no answer', critical],
};

local verdicts = [
  4,
  [6, panel.stat(
    'This host lives through the night',
    |||
      The worst of the verdicts below, of all hosts chosen: memory left, growth, end of memory, thrashing, freezing, kills, swap,
      tasks lost, and whether the exporter answers. Where it is not yes, the panel Verdicts over time names the reason.
    |||,
    verdict.worst(verdict.night),
    'none',
    [good],
    'not watched',
    [panel.words({
      '0': ['yes', good],
      '1': ['at risk', warning],
      '2': ['not like this', critical],
      '3': ['no answer', critical],
    })],
  )],
  [3, panel.stat(
    'Memory left',
    |||
      The lowest available memory of the last minute, of the host that has least. Below 15 % a small host begins to stutter, below
      5 % the kernel is about to kill. Run fewer tasks at once (worker_concurrency), or add swap if there is none.
    |||,
    'min(%s / %s)' % [of('airflow_host_memory_available_low_bytes'), of('airflow_host_memory_total_bytes')],
    'percentunit',
    [critical, [0.05, warning], [0.15, good]],
    'not watched',
    links=[memory],
    decimals=0,
  )],
  [3, panel.stat(
    'Growing',
    |||
      How many of host, containers and components grow steadily, by trend with 95 % bounds and not by chance. Look up which, and
      whether it is anonymous memory or slab, before restarting it.
    |||,
    'sum(max without (kind, window) (%s or %s or %s))' % [
      of('airflow_host_memory_growing'),
      of('airflow_container_memory_growing'),
      of('airflow_component_memory_growing'),
    ],
    'none',
    [good, [1, warning]],
    'not known yet',
    [panel.words({ '0': ['nothing', good] })],
    links=[memory],
  )],
  [3, panel.stat(
    'Memory ends in',
    |||
      When what grows will have taken what is left to it, swap included, and whose memory ends first: the host's, a container's at its
      limit, or a component's. If that is before morning, restart what grows now, at a time of your own choosing.
    |||,
    query.or_else(
      'bottomk(1, clamp_min((%s) - time(), 0))' % query.of_each('exhaustion_timestamp_seconds', 'bound="expected"'),
      '0 * (%s) + 1e10' % verdict.growing,
      'who',
      'all',
    ),
    's',
    [critical, [8 * 3600, warning], [24 * 3600, good]],
    'not known yet',
    [panel.words_from(1e9, 'not in sight', good)],
    links=[memory],
    legend='{{who}}',
    name=true,
    decimals=1,
  )],
  [3, panel.stat(
    'Thrashing',
    |||
      Whether a host moves the same memory out and in again instead of working. Stop or pause tasks until it ends; more swap makes it
      worse.
    |||,
    'max(%s)' % of('airflow_host_thrashing'),
    'none',
    [good, [1, critical]],
    'not known yet',
    [panel.words({ '0': ['no', good], '1': ['thrashes', critical] })],
    links=[memory],
  )],
  [3, panel.stat(
    'OOM kills in view',
    |||
      Processes that the kernel killed for want of memory in the time shown, in containers too. The red marks in the graphs say what
      was killed and when; the exporter's page and /api/v1/oom-kills name the task.
    |||,
    'sum(%s)' % query.rise_in_view('airflow_host_oom_kills_total'),
    'none',
    [good, [0.5, critical]],
    'not watched',
    links=[memory],
    decimals=0,
  )],
  [3, panel.stat(
    'Tasks lost',
    |||
      Tasks that the database calls queued and that are in no queue and in no worker: nothing will run them. Clear them in Airflow.
    |||,
    'max(sum by (job, instance) (%s))' % of('airflow_tasks_lost'),
    'none',
    [good, [1, critical]],
    'not watched',
    [panel.words({ '0': ['none', good] })],
    links=[tasks],
  )],
];

local details = [
  3,
  [4, panel.stat(
    'Swap',
    |||
      The share of swap in use. Without swap the host freezes as memory ends; with much more than the recommended size it
      thrashes for long before the kernel ends it.
    |||,
    'max((%(total)s - %(free)s) / (%(total)s > 0)) or -max((%(total)s == bool 0) * (2 - (%(memory)s < bool 7 * 1024 ^ 3)))' % {
      total: of('airflow_host_swap_total_bytes'),
      memory: of('airflow_host_memory_total_bytes'),
      free: of('airflow_host_swap_free_bytes'),
    },
    'percentunit',
    [good, [0.6, warning], [0.9, critical]],
    'not watched',
    [panel.words({ '-1': ['no swap', warning], '-2': ['no swap', good] })],
    decimals=0,
  )],
  [4, panel.stat(
    'Memory pressure',
    |||
      The share of time in which some task waited for memory. Above a tenth work slows down; above a third the host is close to
      freezing.
    |||,
    'max(%s)' % query.rate('airflow_host_pressure_stalled_seconds_total', 'resource="memory", kind="some"'),
    'percentunit',
    [good, [0.1, warning], [0.33, critical]],
    'the kernel does not tell',
    decimals=1,
  )],
  [4, panel.stat(
    'Frozen in view',
    |||
      Time in which a host did not run even the exporter's timer, in the time shown. Anything above some seconds was felt by people
      and missed heartbeats.
    |||,
    'max(%s)' % query.rise_in_view('airflow_host_stall_seconds_total'),
    's',
    [good, [5, warning], [30, critical]],
    'not watched',
    decimals=1,
  )],
  [4, panel.stat(
    'Tasks that run here',
    'Tasks that run on the chosen hosts now, by their processes. Compare Room for more tasks.',
    'sum(%s)' % of('airflow_task_processes'),
    'none',
    [good],
    'not watched',
    links=[tasks],
  )],
  [4, panel.stat(
    'Room for more tasks',
    |||
      How many more tasks the memory of the tightest host bears. At 0 every further task brings the end nearer: lower
      worker_concurrency, or move workers to another host.
    |||,
    'min(%s)' % of('airflow_host_task_headroom'),
    'none',
    [critical, [1, warning], [2, good]],
    'not known yet',
    links=[tasks],
    decimals=0,
  )],
  [4, panel.stat(
    'Restarts in view',
    |||
      How often a component's main process was replaced in the time shown. A component that restarts again and again is killed, or ends
      itself (num_runs); see Is Airflow itself alive?
    |||,
    'sum(%s)' % query.rise_in_view('airflow_component_restarts_total'),
    'none',
    [good, [0.5, warning]],
    'not watched',
    links=[airflow],
    decimals=0,
  )],
];

local right(pattern, color, unit, label, more=[]) = panel.colored(pattern, color, [
  ['unit', unit],
  ['custom.axisPlacement', 'right'],
  ['custom.axisLabel', label],
  ['custom.fillOpacity', 0],
] + more);

local one_axis = panel.series(
  'Memory, swap, pressure and tasks',
  |||
    Available memory and swap in use (left), memory pressure and the tasks that run on the host (right). Where available falls as tasks
    rise, too many run at once; where it falls whatever runs, something grows; where pressure rises with swap, the host is about to
    thrash. Marks are kills, restarts and boots.
  |||,
  [
    [of('airflow_host_memory_available_bytes'), 'available · {{instance}}'],
    ['%s - %s' % [of('airflow_host_swap_total_bytes'), of('airflow_host_swap_free_bytes')], 'swap used · {{instance}}'],
    [query.rate('airflow_host_pressure_stalled_seconds_total', 'resource="memory", kind="some"'), 'memory pressure · {{instance}}'],
    [of('airflow_task_processes'), 'tasks · {{instance}}'],
    [of('airflow_host_memory_total_bytes'), 'total · {{instance}}'],
  ],
  'bytes',
  overrides=[
    panel.colored('^available', palette.available, [['custom.fillOpacity', 15]]),
    panel.colored('^swap', palette.swap),
    panel.limit('^total'),
    right('^memory pressure', palette.pressure, 'percentunit', 'pressure', [['max', 1]]),
    right('^tasks', palette.work, 'short', 'tasks', [['custom.lineInterpolation', 'stepAfter'], ['decimals', 0]]),
  ],
  calculations=['lastNotNull', 'min', 'max'],
);

local verdicts_over_time = panel.timeline(
  'Verdicts over time',
  |||
    What made the first answer, line by line: memory left (below 15 %, 5 %), growth, end of memory (anyone's within 24 h, the
    host's within 8 h), thrashing, frozen
    (2 %, 10 % of the time), OOM kills (within an hour, ten minutes), swap (less than half of what suits on a host below 7 GiB, or half as much again), tasks lost, and whether
    the exporter answers. A line without colour was not known then.
  |||,
  verdict.each(verdict.night),
  [panel.words(levels)],
  'not watched',
);

local pressure_row = ['Pressure, swap traffic and freezing', [
  [
    8,
    [12, panel.series(
      'Pressure',
      'The share of time in which some, or all (full), tasks waited for memory, disk or processor. Full memory pressure means that nothing worked.',
      [[query.rate('airflow_host_pressure_stalled_seconds_total'), '{{resource}} {{kind}} · {{instance}}']],
      'percentunit',
      absent='the kernel does not tell',
      max=1,
    )],
    [12, panel.series(
      'Swap traffic',
      'Bytes moved out to swap and back in. Out alone is cold memory making room and harmless; both at once, for minutes, is thrashing.',
      [
        [query.rate('airflow_host_swap_in_bytes_total'), 'in · {{instance}}'],
        [query.rate('airflow_host_swap_out_bytes_total'), 'out · {{instance}}'],
      ],
      'binBps',
      overrides=[panel.colored('^in', palette.pressure), panel.colored('^out', palette.swap)],
    )],
  ],
  [
    8,
    [12, panel.series(
      'Waiting for pages',
      |||
        Page faults that waited for a disk, and pages that were needed again soon after they had been dropped (refaults). High file
        refaults mean that the page cache is too small for what runs: programs are read from disk again and again.
      |||,
      [
        [query.rate('airflow_host_major_page_faults_total'), 'major faults · {{instance}}'],
        [query.rate('airflow_host_refaults_total'), 'refaults {{kind}} · {{instance}}'],
      ],
      'ops',
    )],
    [12, panel.series(
      'Freezing',
      "The share of time in which the host did not run even the exporter's timer. Heartbeats are missed from about a minute on end.",
      [[query.rate('airflow_host_stall_seconds_total'), 'frozen · {{instance}}']],
      'percentunit',
      panel.bars,
      overrides=[panel.colored('^frozen', palette.critical)],
    )],
  ],
]];

local swap_row = ['Swap and promises', [
  [
    8,
    [12, panel.series(
      'Swap against its recommended size',
      |||
        Swap in use, its size, and the size that suits this much memory: twice the memory up to 2 GiB, half of it from 4 to 8 GiB, at most
        4 GiB. Much larger swap lets a host thrash for hours instead of ending the task that is too big.
      |||,
      [
        ['%s - %s' % [of('airflow_host_swap_total_bytes'), of('airflow_host_swap_free_bytes')], 'used · {{instance}}'],
        [of('airflow_host_swap_total_bytes'), 'size · {{instance}}'],
        [of('airflow_host_swap_recommended_bytes'), 'recommended · {{instance}}'],
      ],
      'bytes',
      overrides=[panel.colored('^used', palette.swap, [['custom.fillOpacity', 15]]), panel.limit('^recommended')],
      absent='no swap',
    )],
    [12, panel.series(
      'Memory promised',
      'Memory that programs were promised, used or not, against the limit that holds only where vm.overcommit_memory is 2.',
      [
        [of('airflow_host_memory_committed_bytes'), 'promised · {{instance}}'],
        [of('airflow_host_memory_commit_limit_bytes'), 'limit · {{instance}}'],
      ],
      'bytes',
      overrides=[panel.limit('^limit')],
    )],
  ],
]];

local work_row = ['Processors and disks', [
  [
    8,
    [12, panel.series(
      'Processors',
      |||
        What the processors did, as a share of all of them. Steal on a burstable instance means that its credits are used up; iowait
        beside memory pressure is swapping.
      |||,
      [['sum by (job, instance, mode) (%s) / on (job, instance) group_left () %s' % [
        query.rate('airflow_host_cpu_seconds_total', 'mode!="idle"'),
        of('airflow_host_cpus'),
      ], '{{mode}} · {{instance}}']],
      'percentunit',
      panel.stacked,
    )],
    [12, panel.series(
      'Load',
      'Tasks that ran or waited for a disk, and those that wait for a disk right now, against the number of processors.',
      [
        [of('airflow_host_load1'), 'load · {{instance}}'],
        [of('airflow_host_processes_blocked'), 'waiting for a disk · {{instance}}'],
        [of('airflow_host_cpus'), 'processors · {{instance}}'],
      ],
      'short',
      overrides=[panel.limit('^processors')],
    )],
  ],
  [
    8,
    [24, panel.series(
      'Room on file systems',
      |||
        The share of each local file system that is free. A full one stops PostgreSQL, Redis and task logs alike; Airflow's logs are the
        usual cause (airflow db clean, log retention).
      |||,
      [['%s / %s' % [of('airflow_host_filesystem_available_bytes'), of('airflow_host_filesystem_size_bytes')], '{{mountpoint}} · {{instance}}']],
      'percentunit',
      max=1,
      calculations=['lastNotNull', 'min'],
      placement='right',
    )],
  ],
]];

local kills_row = ['Kills and restarts', [
  [
    8,
    [12, panel.series(
      'OOM kills',
      |||
        Whom the kernel killed for want of memory. A task that dies with SIGKILL and no log line is found here. Scope cgroup: its own limit
        was too small; global: the host was full, and the victim need not be the culprit.
      |||,
      [['sum by (job, instance, component, container, scope) (%s)' % query.rise('airflow_oom_kills_total'), '{{component}} {{container}} ({{scope}}) · {{instance}}']],
      'short',
      panel.bars,
      panel.components,
    )],
    [12, panel.series(
      'Restarts',
      'How often a main process of each component was replaced, and containers were made anew. Regular ones are num_runs or a liveness probe; irregular ones are kills.',
      [
        ['sum by (job, instance, component) (%s)' % query.rise('airflow_component_restarts_total'), '{{component}} · {{instance}}'],
        ['sum by (job, instance, container) (%s)' % query.rise('airflow_container_restarts_total'), 'container {{container}} · {{instance}}'],
      ],
      'short',
      panel.bars,
      panel.components,
    )],
  ],
]];

board.new(
  'airflow-host-night',
  'The verdicts on the host first; then memory, swap, pressure and running tasks on one time axis.',
  [verdicts, details, [12, [24, one_axis]], [9, [24, verdicts_over_time]]],
  [pressure_row, swap_row, work_row, kills_row],
)
