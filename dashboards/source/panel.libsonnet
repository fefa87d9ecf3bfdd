// How each kind of panel looks; written here once, for all dashboards. Positions come from board.libsonnet.
local palette = import 'palette.libsonnet';

local datasource = { type: 'prometheus', uid: '${datasource}' };

// A link as Grafana's schema has it, for dashboards, panels and values.
local link(title, url, tooltip='') = {
  title: title,
  type: 'link',
  url: url,
  icon: 'dashboard',
  tooltip: tooltip,
  tags: [],
  asDropdown: false,
  targetBlank: false,
  includeVars: false,
  keepTime: false,
};

local is_blank(text) = std.length(std.stripChars(text, ' \n')) == 0;

local target(expression, legend, index, extra) = {
  refId: std.char(std.codepoint('A') + index),
  datasource: datasource,
  expr: std.stripChars(expression, ' \n'),
  legendFormat: legend,
  editorMode: 'code',
} + extra;

// Queries are pairs of an expression and a legend.
local targets(queries, extra) =
  std.mapWithIndex(function(index, query) target(query[0], query[1], index, extra), queries);

local steps(thresholds) = [{ value: null, color: thresholds[0] }]
                          + [{ value: step[0], color: step[1] } for step in thresholds[1:]];

local panel(type, title, description) = {
  assert !is_blank(title) && !is_blank(description),
  type: type,
  title: title,
  description: std.strReplace(std.stripChars(description, ' \n'), '\n', ' '),
  datasource: datasource,
};

local legend(calculations, placement) = {
  showLegend: true,
  displayMode: if std.length(calculations) == 0 then 'list' else 'table',
  placement: placement,
  calcs: calculations,
};

local tooltip = { mode: 'multi', sort: 'desc' };

{
  link:: link,

  // The way from a value to the dashboard that explains it, with the time and the hosts chosen.
  drill_down(title, uid):: link(
    title, '/d/' + uid + '?${__url_time_range}&${datasource:queryparam}&${job:queryparam}&${instance:queryparam}'
  ),

  // Words for values: an object of value to [word, colour].
  words(values):: {
    type: 'value',
    options: {
      [value]: { text: values[value][0], color: values[value][1], index: index }
      for index in std.range(0, std.length(std.objectFields(values)) - 1)
      for value in [std.objectFields(values)[index]]
    },
  },

  // One word for all values from `from` on.
  words_from(from, word, color):: {
    type: 'range',
    options: { from: from, to: null, result: { text: word, color: color, index: 100 } },
  },

  // One value that answers a question; `thresholds` is [colour, [from, colour]...].
  stat(title, description, expression, unit, thresholds, absent, mappings=[], links=[], legend='', name=false, decimals=null)::
    panel('stat', title, description) {
      targets: targets([[expression, legend]], { instant: true, range: false }),
      fieldConfig: {
        defaults: {
          unit: unit,
          [if decimals != null then 'decimals']: decimals,
          noValue: absent,
          color: { mode: 'thresholds' },
          thresholds: { mode: 'absolute', steps: steps(thresholds) },
          mappings: mappings + [{
            type: 'special',
            options: { match: 'null+nan', result: { text: absent, color: palette.unknown, index: 200 } },
          }],
          links: links,
        },
        overrides: [],
      },
      options: {
        graphMode: 'none',
        colorMode: 'background_solid',
        justifyMode: 'center',
        textMode: if name then 'value_and_name' else 'value',
        wideLayout: false,
        showPercentChange: false,
        percentChangeColorMode: 'standard',
        orientation: 'auto',
        reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
      },
    },

  // Values over time. `style` changes the defaults of all series, `overrides` those of some.
  series(title, description, queries, unit, style={}, overrides=[], calculations=[], placement='bottom', absent='no data', min=0, max=null)::
    panel('timeseries', title, description) {
      targets: targets(queries, { instant: false, range: true }),
      fieldConfig: {
        defaults: {
          unit: unit,
          noValue: absent,
          [if min != null then 'min']: min,
          [if max != null then 'max']: max,
          color: { mode: 'palette-classic-by-name' },
          links: [],
          custom: {
            drawStyle: 'line',
            lineInterpolation: 'linear',
            lineWidth: 2,
            fillOpacity: 0,
            gradientMode: 'none',
            showPoints: 'never',
            pointSize: 4,
            spanNulls: false,
            insertNulls: false,
            axisPlacement: 'auto',
            axisLabel: '',
            axisBorderShow: false,
            scaleDistribution: { type: 'linear' },
            stacking: { mode: 'none', group: 'A' },
            thresholdsStyle: { mode: 'off' },
          } + style,
        },
        overrides: overrides,
      },
      options: { legend: legend(calculations, placement), tooltip: tooltip },
    },

  // Styles of series.
  stacked:: { stacking: { mode: 'normal', group: 'A' }, fillOpacity: 60, lineWidth: 1 },
  area:: { fillOpacity: 15 },
  bars:: { drawStyle: 'bars', fillOpacity: 80, lineWidth: 1 },
  stepped:: { lineInterpolation: 'stepAfter' },

  // Overrides: those series whose names match get these properties.
  those(pattern, properties):: {
    matcher: { id: 'byRegexp', options: '/' + pattern + '/' },
    properties: [{ id: property[0], value: property[1] } for property in properties],
  },
  colored(pattern, color, more=[]):: $.those(pattern, [['color', { mode: 'fixed', fixedColor: color }]] + more),
  // A limit that other series are compared with: dashed, never filled or stacked.
  limit(pattern):: $.colored(pattern, palette.limit, [
    ['custom.lineStyle', { fill: 'dash', dash: [8, 6] }],
    ['custom.fillOpacity', 0],
    ['custom.stacking', { mode: 'none', group: 'A' }],
  ]),
  // Each component in its colour.
  components:: [
    $.colored('^%s( |$)' % component, palette.components[component])
    for component in std.objectFields(palette.components)
  ],

  // States over time, one line for each.
  timeline(title, description, queries, mappings, absent)::
    panel('state-timeline', title, description) {
      targets: targets(queries, { instant: false, range: true }),
      fieldConfig: {
        defaults: {
          unit: 'none',
          noValue: absent,
          color: { mode: 'thresholds' },
          thresholds: { mode: 'absolute', steps: steps([palette.unknown]) },
          mappings: mappings,
          links: [],
          custom: { lineWidth: 0, fillOpacity: 85, spanNulls: false, insertNulls: false },
        },
        overrides: [],
      },
      options: {
        showValue: 'auto',
        rowHeight: 0.85,
        mergeValues: true,
        alignValue: 'left',
        perPage: 20,
        legend: legend([], 'bottom'),
        tooltip: tooltip,
      },
    },

  // The largest of something, as bars.
  ranking(title, description, query, unit, absent)::
    panel('bargauge', title, description) {
      targets: targets([query], { instant: true, range: false }),
      fieldConfig: {
        defaults: {
          unit: unit,
          noValue: absent,
          min: 0,
          color: { mode: 'fixed', fixedColor: palette.components.task },
          thresholds: { mode: 'absolute', steps: steps([palette.components.task]) },
          links: [],
        },
        overrides: [],
      },
      options: {
        displayMode: 'basic',
        valueMode: 'text',
        namePlacement: 'auto',
        sizing: 'auto',
        showUnfilled: true,
        minVizWidth: 8,
        minVizHeight: 16,
        maxVizHeight: 40,
        orientation: 'horizontal',
        legend: { showLegend: false, displayMode: 'list', placement: 'bottom', calcs: [] },
        reduceOptions: { values: false, calcs: ['lastNotNull'], fields: '' },
      },
    },

  // A line for each set of labels: queries are [expression, column, properties], merged by their labels.
  table(title, description, queries, columns, sort, absent)::
    panel('table', title, description) {
      local letters = [std.char(std.codepoint('A') + index) for index in std.range(0, std.length(queries) - 1)],
      local named = [['Value #' + letters[index], queries[index][1]] for index in std.range(0, std.length(queries) - 1)],
      targets: targets([[query[0], ''] for query in queries], { instant: true, range: false, format: 'table' }),
      transformations: [
        { id: 'merge', options: {} },
        {
          id: 'organize',
          options: {
            excludeByName: { Time: true, job: true },
            renameByName: { [column[0]]: column[1] for column in columns + named },
            indexByName: {
              [(columns + named)[index][0]]: index
              for index in std.range(0, std.length(columns + named) - 1)
            },
          },
        },
      ],
      fieldConfig: {
        defaults: {
          unit: 'none',
          noValue: absent,
          color: { mode: 'thresholds' },
          thresholds: { mode: 'absolute', steps: steps([palette.unknown]) },
          links: [],
          custom: { align: 'auto', filterable: true, inspect: false },
        },
        overrides: [
          {
            matcher: { id: 'byName', options: query[1] },
            properties: [{ id: property[0], value: property[1] } for property in query[2]],
          }
          for query in queries
        ],
      },
      options: {
        frameIndex: 0,
        showHeader: true,
        cellHeight: 'sm',
        sortBy: [{ displayName: sort, desc: true }],
      },
    },
}
