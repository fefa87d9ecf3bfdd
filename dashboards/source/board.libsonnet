// Puts panels on a dashboard: their places and ids, the variables, the annotations, and the links to the
// other dashboards.
local palette = import 'palette.libsonnet';
local panel = import 'panel.libsonnet';
local query = import 'query.libsonnet';

local datasource = { type: 'prometheus', uid: '${datasource}' };

local boards = {
  'airflow-host-night': 'Will this host live through the night?',
  'airflow-host-memory': 'Who has the memory?',
  'airflow-host-tasks': 'Why is my task not running?',
  'airflow-host-airflow': 'Is Airflow itself alive?',
};

// A line is [height, [width, panel]...]: panels from left to right.
local place(lines, top) = std.foldl(
  function(done, line) {
    local height = line[0],
    y: done.y + height,
    panels: done.panels + std.foldl(
      function(row, item) {
        x: row.x + item[0],
        panels: row.panels + [item[1] { gridPos: { x: row.x, y: done.y, w: item[0], h: height } }],
      },
      line[1:],
      { x: 0, panels: [] }
    ).panels,
  },
  lines,
  { y: top, panels: [] }
);

local row(title, lines, y) = {
  type: 'row',
  title: title,
  collapsed: true,
  gridPos: { x: 0, y: y, w: 24, h: 1 },
  panels: place(lines, y + 1).panels,
};

local size(entry) = 1 + (if std.objectHas(entry, 'panels') then std.length(entry.panels) else 0);

// Ids in the order of the page, from 1.
local numbered(panels) = std.foldl(
  function(done, entry) {
    next: done.next + size(entry),
    panels: done.panels + [entry { id: done.next } + (
      if std.objectHas(entry, 'panels') then {
        panels: std.mapWithIndex(function(index, inner) inner { id: done.next + 1 + index }, entry.panels),
      } else {}
    )],
  },
  panels,
  { next: 1, panels: [] }
).panels;

local variable(name, label, description, definition, multi) = {
  name: name,
  label: label,
  description: description,
  type: 'query',
  datasource: datasource,
  query: definition,
  definition: definition,
  refresh: 2,  // Whenever the time changes: hosts come and go.
  regex: '',
  sort: 1,
  hide: 0,
  skipUrlSync: false,
  multi: multi,
  includeAll: multi,
  [if multi then 'allValue']: '.+',
  current: if multi then { text: ['All'], value: ['$__all'] } else { text: '6h', value: '6h' },
  options: [],
};

local variables = [
  {
    name: 'datasource',
    label: 'Data source',
    description: 'The Prometheus that scrapes the exporters.',
    type: 'datasource',
    query: 'prometheus',
    refresh: 1,
    regex: '',
    hide: 0,
    skipUrlSync: false,
    multi: false,
    includeAll: false,
    current: { text: 'default', value: 'default' },
    options: [],
  },
  variable('job',
           'Job',
           'The scrape job; one for each Airflow.',
           'label_values(airflow_host_exporter_build_info, job)',
           true),
  variable('instance',
           'Host',
           'The exporters, one on each host.',
           'label_values(airflow_host_exporter_build_info{job=~"$job"}, instance)',
           true),
];

local annotation(name, color, expression, title, text) = {
  name: name,
  datasource: datasource,
  enable: true,
  hide: false,
  iconColor: color,
  expr: std.stripChars(expression, ' \n'),
  step: '30s',
  titleFormat: title,
  textFormat: text,
  tagKeys: 'component,container,instance',
  useValueForTime: false,
};

local annotations = [
  annotation('OOM kills',
             palette.critical,
             query.kills,
             'Killed for want of memory',
             '{{component}} {{container}} ({{scope}}) on {{instance}}'),
  annotation('Restarts of components',
             palette.good,
             'sum by (job, instance, component) (%s) > 0' % query.rise('airflow_component_restarts_total'),
             'Restarted',
             '{{component}} on {{instance}}'),
  annotation('Restarts of containers',
             palette.good,
             'sum by (job, instance, container) (%s) > 0' % query.rise('airflow_container_restarts_total'),
             'Container restarted',
             '{{container}} on {{instance}}'),
  annotation('Boots',
             palette.unknown,
             'time() - %s < 120' % query.of('airflow_host_boot_timestamp_seconds'),
             'The host was booted',
             '{{instance}}'),
];

{
  variable:: variable,

  // What it shows is told by `description`; `lines` stay open, `rows` ([title, lines]) begin collapsed.
  new(uid, description, lines, rows, more_variables=[]):: {
    local open = place(lines, 0),
    uid: uid,
    title: 'Airflow host: ' + boards[uid],
    description: description,
    tags: ['airflow', 'airflow-host'],
    schemaVersion: 39,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    timezone: 'browser',
    time: { from: 'now-12h', to: 'now' },
    timepicker: {},
    fiscalYearStartMonth: 0,
    weekStart: '',
    liveNow: false,
    links: [
      panel.link(boards[other], '/d/' + other, 'Same hosts, same time') { includeVars: true, keepTime: true }
      for other in std.objectFields(boards)
      if other != uid
    ],
    templating: { list: variables + more_variables },
    annotations: { list: annotations },
    panels: numbered(
      open.panels + std.mapWithIndex(function(index, entry) row(entry[0], entry[1], open.y + index), rows)
    ),
  },
}
