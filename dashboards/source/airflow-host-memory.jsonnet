// Who has the memory? Host, containers, components and tasks, with anonymous memory, files and slab
// apart, and what grows, how fast, and until when.
local board = import 'board.libsonnet';
local palette = import 'palette.libsonnet';
local panel = import 'panel.libsonnet';
local query = import 'query.libsonnet';

local of = query.of;
local good = palette.good;
local warning = palette.warning;
local critical = palette.critical;

// PSS, or anonymous memory where the kernel denies PSS.
local component_memory = '%s or %s' % [
  of('airflow_component_memory_pss_bytes'),
  of('airflow_component_memory_anon_bytes'),
];

local of_each = query.of_each;
local of_window = 'window="$window"';

local host_share = 'max(1 - %s / %s)' % [of('airflow_host_memory_available_bytes'), of('airflow_host_memory_total_bytes')];
local limit_share = '%s / %s' % [of('airflow_container_memory_working_set_bytes'), of('airflow_container_memory_limit_bytes')];

local verdicts = [
  4,
  [4, panel.stat(
    'Memory taken',
    'The share of memory that programs cannot get without swapping, of the fullest host chosen.',
    host_share,
    'percentunit',
    [good, [0.8, warning], [0.9, critical]],
    'not watched',
    links=[panel.drill_down('Will this host live through the night?', 'airflow-host-night')],
    decimals=0,
  )],
  [5, panel.stat(
    'Takes most',
    |||
      The component with most memory, shared pages divided among those that share them (PSS). If it is the Celery worker or tasks, lower
      worker_concurrency; if it is the scheduler, look whether it grows.
    |||,
    'topk(1, %s)' % component_memory,
    'bytes',
    [good],
    'no component seen',
    legend='{{component}}',
    name=true,
  )],
  [5, panel.stat(
    'Grows fastest, per hour',
    |||
      Of what grows steadily in the chosen window, what grows fastest. Restart it before its memory ends; then look for its cause below,
      in Signs of known leaks.
    |||,
    query.or_else(
      'topk(1, (%s) and (%s) == 1) * 3600' % [of_each('growth_bytes_per_second', of_window), of_each('growing', of_window)],
      '0 * max(%s)' % of('airflow_host_memory_growing', of_window),
      'who',
      'all',
    ),
    'bytes',
    [good, [1, warning]],
    'not known yet',
    [panel.words({ '0': ['nothing grows', good] })],
    legend='{{who}} {{kind}}',
    name=true,
  )],
  [5, panel.stat(
    'Nearest to its limit',
    |||
      The container whose working set fills most of its limit, a limit of its parents included. At 100 % the kernel kills a process in
      it, mostly the largest.
    |||,
    'topk(1, %s)' % limit_share,
    'percentunit',
    [good, [0.8, warning], [0.9, critical]],
    'no limits',
    legend='{{pod}} {{container}}',
    name=true,
    decimals=0,
  )],
  [5, panel.stat(
    'Heaviest task',
    'The task that takes most memory now, all of its processes and mapped instances together.',
    query.or_else(
      'topk(1, %s)' % of('airflow_task_memory_pss_bytes'),
      '0 * sum(%s)' % of('airflow_task_processes'),
      'dag_id',
      'tasks',
    ),
    'bytes',
    [good],
    'not watched',
    [panel.words({ '0': ['no task runs', good] })],
    legend='{{dag_id}} {{task_id}}',
    name=true,
  )],
];

local host_split = panel.series(
  'Memory of the host',
  |||
    What the host's memory is: anonymous (heaps and stacks, and what a leak is made of), shared memory, files (page cache, given back
    under pressure), slab (the kernel's own: names of files, sockets), and free. Growing anon is a process, growing slab is mostly
    names of files, growing file is harmless.
  |||,
  [
    [of('airflow_host_memory_anonymous_bytes'), 'anon · {{instance}}'],
    [of('airflow_host_memory_shared_bytes'), 'shared · {{instance}}'],
    [of('airflow_host_memory_slab_unreclaimable_bytes'), 'slab, kept · {{instance}}'],
    [of('airflow_host_memory_slab_reclaimable_bytes'), 'slab, reclaimable · {{instance}}'],
    ['%s - %s' % [of('airflow_host_memory_cached_bytes'), of('airflow_host_memory_shared_bytes')], 'file · {{instance}}'],
    [of('airflow_host_memory_free_bytes'), 'free · {{instance}}'],
    [of('airflow_host_memory_total_bytes'), 'total · {{instance}}'],
  ],
  'bytes',
  panel.stacked,
  [
    panel.colored('^anon', palette.anon),
    panel.colored('^shared', palette.swap),
    panel.colored('^slab, kept', palette.slab),
    panel.colored('^slab, recl', palette.components.triggerer),
    panel.colored('^file', palette.file),
    panel.colored('^free', palette.available, [['custom.fillOpacity', 10]]),
    panel.limit('^total'),
  ],
);

local components = panel.series(
  'Memory of components',
  |||
    PSS: pages that processes share count once, so that the sum is what they take together (anonymous memory where the kernel denies
    PSS). A scheduler that rises in a straight line between its restarts leaks.
  |||,
  [[component_memory, '{{component}} · {{instance}}']],
  'bytes',
  panel.stacked,
  panel.components,
  absent='no component seen',
);

local container_part(title, meaning, expression, absent='no containers') = panel.series(
  title,
  meaning,
  [[expression, '{{pod}} {{container}} · {{instance}}']],
  'bytes',
  panel.stacked,
  absent=absent,
);

local containers = [
  9,
  [8, container_part(
    'Anonymous memory of containers',
    'Heaps and stacks of the processes in each container: what only a restart gives back.',
    of('airflow_container_memory_anon_bytes'),
  )],
  [8, container_part(
    'Files of containers',
    |||
      Page cache charged to each container, mostly logs and dags that were read. It goes under pressure; a container that is at its limit
      by this alone is not about to be killed.
    |||,
    of('airflow_container_memory_file_bytes'),
  )],
  [8, container_part(
    'Slab of containers',
    |||
      Kernel memory charged to each container (on cgroup v1 all of it). If it grows and no process does, health checks that start Python
      without compiled files leave names behind: use an image that has them (Airflow 3.1.4 and later), or PYTHONDONTWRITEBYTECODE=1.
    |||,
    '%s + %s or %s' % [
      of('airflow_container_memory_slab_reclaimable_bytes'),
      of('airflow_container_memory_slab_unreclaimable_bytes'),
      of('airflow_container_memory_kernel_bytes'),
    ],
    'the kernel does not tell',
  )],
];

local tasks = [
  9,
  [14, panel.series(
    'Memory of tasks',
    'The ten tasks that take most memory, and the rest. What a host must bear is their sum at the worst moment.',
    [[of('airflow_task_memory_pss_bytes'), '{{dag_id}} {{task_id}} · {{instance}}']],
    'bytes',
    panel.stacked { lineInterpolation: 'stepAfter' },
    calculations=['lastNotNull', 'max'],
    placement='right',
    absent='no task ran',
  )],
  [10, panel.ranking(
    'Most that one task of a DAG took within a day',
    'What to size by: worker_concurrency times the highest of these must fit beside everything else. Move the heaviest to a pool of one slot.',
    ['topk(10, max by (dag_id) (%s))' % of('airflow_task_memory_peak_bytes'), '{{dag_id}}'],
    'bytes',
    'no task ran',
  )],
];

local who(expression) = 'max by (instance, who, kind) (%s)' % expression;
local per_hour = [['unit', 'bytes'], ['decimals', 1]];
local moment = [['unit', 'dateTimeFromNow']];

local growth = [
  10,
  [15, panel.table(
    'Growth in the chosen window, per hour',
    |||
      The slope of each memory (median of all slopes of its lowest values) with its 95 % bounds. Steady means: more than chance, in both
      halves of the window, and more than usual at that hour. Only then believe the slope; a lower bound above 0 alone may be a daily rise.
    |||,
    [
      [who(of_each('growing', of_window)), 'grows', [
        ['mappings', [panel.words({ '0': ['no', good], '1': ['steadily', warning] })]],
        ['custom.cellOptions', { type: 'color-background', mode: 'basic' }],
      ]],
      ['%s * 3600' % who(of_each('growth_bytes_per_second', of_window)), 'slope', per_hour],
      ['%s * 3600' % who(of_each('growth_lower_bytes_per_second', of_window)), 'at least', per_hour],
      ['%s * 3600' % who(of_each('growth_upper_bytes_per_second', of_window)), 'at most', per_hour],
    ],
    [['instance', 'host'], ['who', 'who'], ['kind', 'kind']],
    'slope',
    'no trend yet: a slope needs a fifth of its window',
  )],
  [9, panel.series(
    'Time left',
    |||
      How long until what grows has taken what is left, expected and at the earliest, of host, containers and components. Gaps are times in
      which nothing grew.
    |||,
    [
      ['clamp_min(min by (instance, who) (%s) - time(), 0)' % of_each('exhaustion_timestamp_seconds', 'bound="expected"'), '{{who}} · {{instance}}'],
      ['clamp_min(min by (instance, who) (%s) - time(), 0)' % of_each('exhaustion_timestamp_seconds', 'bound="earliest"'), 'earliest: {{who}} · {{instance}}'],
    ],
    's',
    overrides=[panel.those('^earliest', [['custom.lineStyle', { fill: 'dash', dash: [8, 6] }], ['custom.lineWidth', 1]])],
    absent='nothing grows',
  )],
];

local slopes_row = ['How the growth went', [
  [
    9,
    [24, panel.series(
      'Slopes of components, per hour',
      'The slope in the chosen window and its 95 % bounds (dashed). It begins anew with each restart. A leak shows as a line well above 0 with bounds close to it.',
      [
        [of('airflow_component_memory_growth_bytes_per_second', of_window) + ' * 3600', '{{component}} · {{instance}}'],
        [of('airflow_component_memory_growth_lower_bytes_per_second', of_window) + ' * 3600', 'at least: {{component}} · {{instance}}'],
        [of('airflow_component_memory_growth_upper_bytes_per_second', of_window) + ' * 3600', 'at most: {{component}} · {{instance}}'],
      ],
      'bytes',
      overrides=panel.components + [panel.those('^at (least|most)', [
        ['custom.lineStyle', { fill: 'dash', dash: [4, 6] }],
        ['custom.lineWidth', 1],
      ])],
      calculations=['lastNotNull'],
      placement='right',
      absent='no trend yet',
      min=null,
    )],
  ],
]];

local limits_row = ['Containers against their limits', [
  [
    8,
    [12, panel.series(
      'Working set as a share of the limit',
      'At 100 % the kernel kills in the container. A rise in a straight line with a fall to a third is a leak that ends in a kill each time.',
      [[limit_share, '{{pod}} {{container}} · {{instance}}']],
      'percentunit',
      absent='no limits',
      max=1,
    )],
    [12, panel.series(
      'Events of memory',
      'How often a container hit its limit (max), was throttled (high), ran out (oom) or was killed in (oom_kill). Many max without oom are page cache at the limit.',
      [['sum by (job, instance, pod, container, event) (%s)' % query.rise('airflow_container_memory_events_total', 'event!="low"'), '{{pod}} {{container}} {{event}} · {{instance}}']],
      'short',
      panel.bars,
      absent='no containers',
    )],
  ],
  [
    8,
    [12, panel.series(
      'Swap of containers',
      'Swap that each container uses. What is swapped out is still part of a leak.',
      [[of('airflow_container_memory_swap_bytes'), '{{pod}} {{container}} · {{instance}}']],
      'bytes',
      panel.stacked,
      absent='no containers',
    )],
    [12, panel.series(
      'Memory pressure in containers',
      'The share of time in which some task of the container waited for memory: a limit that is too small shows here before it kills. Told by cgroup v2 only.',
      [[query.rate('airflow_container_pressure_stalled_seconds_total', 'resource="memory", kind="some"'), '{{pod}} {{container}} · {{instance}}']],
      'percentunit',
      absent='cgroup v1 does not tell',
    )],
  ],
]];

local processes_row = ['Components in detail', [
  [
    8,
    [12, panel.series(
      'Anonymous memory of components',
      'Heaps and stacks, shared pages of forks counted once for each process. What grows in a leak.',
      [[of('airflow_component_memory_anon_bytes'), '{{component}} · {{instance}}']],
      'bytes',
      overrides=panel.components,
    )],
    [12, panel.series(
      'Private memory of components',
      'What would be free again without them. Where it nears the anonymous memory, forks have lost the pages that they shared (copy on write).',
      [[of('airflow_component_memory_private_bytes'), '{{component}} · {{instance}}']],
      'bytes',
      overrides=panel.components,
      absent='the kernel denies it',
    )],
  ],
  [
    8,
    [12, panel.series(
      'Largest process of each component',
      'One process that grows beyond its siblings holds the leak, or the one heavy DAG.',
      [[of('airflow_component_largest_process_rss_bytes'), '{{component}} · {{instance}}']],
      'bytes',
      overrides=panel.components,
    )],
    [12, panel.series(
      'Swapped out of components',
      'A component that is swapped out answers late: a swapped scheduler misses heartbeats.',
      [[of('airflow_component_memory_swap_bytes'), '{{component}} · {{instance}}']],
      'bytes',
      panel.stacked,
      panel.components,
      absent='no swap',
    )],
  ],
]];

local signs_row = ['Signs of known leaks', [
  [
    4,
    [6, panel.stat(
      'Compiled Python in the image',
      |||
        Whether the standard library lacks its compiled files (official images up to 3.1.3): every health check that starts Python then
        leaves names in the kernel's memory. Take a newer image, or set PYTHONDONTWRITEBYTECODE=1.
      |||,
      'max(%s)' % of('airflow_install_stdlib_bytecode_missing'),
      'none',
      [good, [1, warning]],
      'may not be read',
      [panel.words({ '0': ['there', good], '1': ['missing', warning] })],
    )],
    [6, panel.stat(
      'OpenTelemetry traces',
      'Whether traces are on: their exporter leaked in the scheduler before opentelemetry 1.35. Set AIRFLOW__TRACES__OTEL_ON=False unless they are read.',
      'max(%s)' % of('airflow_install_otel_traces_enabled'),
      'none',
      [good, [1, warning]],
      'may not be read',
      [panel.words({ '0': ['off', good], '1': ['on', warning] })],
    )],
    [6, panel.stat(
      'Restart of the scheduler after',
      'num_runs of the scheduler: after so many loops it ends and is started anew, which gives its memory back. -1 is never; 500 has helped against leaks.',
      'max(%s)' % of('airflow_install_setting', 'name="num_runs"'),
      'none',
      [good],
      'not set',
      [panel.words({ '-1': ['never', good] })],
    )],
    [6, panel.stat(
      'Concurrency of workers',
      'Tasks that the Celery workers of the chosen hosts run at once. Times the day peak of a task it must fit into memory.',
      'sum(%s)' % of('airflow_worker_concurrency'),
      'none',
      [good],
      'may not be read',
    )],
  ],
  [
    8,
    [24, panel.series(
      'Names of files that do not exist',
      'Negative dentries: the kernel remembers names that were looked up in vain. Rising for days with slab, they are the trace of Python without compiled files.',
      [[of('airflow_host_dentries_negative'), 'names · {{instance}}']],
      'short',
      overrides=[panel.colored('^names', palette.slab)],
    )],
  ],
]];

board.new(
  'airflow-host-memory',
  'Which container, component and task takes memory, what grows, how fast and until when; anonymous memory, files and slab apart.',
  [verdicts, [10, [12, host_split], [12, components]], containers, tasks, growth],
  [slopes_row, limits_row, processes_row, signs_row],
  [board.variable('window',
                  'Window of growth',
                  'Over which time growth is judged: long finds small leaks, short finds fast ones.',
                  'label_values(airflow_host_memory_growing{job=~"$job", instance=~"$instance"}, window)',
                  false)],
)
