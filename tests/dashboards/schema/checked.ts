// What of a dashboard is checked against Grafana's own types (@grafana/grafana-foundation-sdk): the whole
// of it, and what its type leaves open, each query and each panel's options and look.
import type { GraphFieldConfig } from '@grafana/grafana-foundation-sdk/common';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/prometheus';
import type * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import type * as stat from '@grafana/grafana-foundation-sdk/stat';
import type * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type * as table from '@grafana/grafana-foundation-sdk/table';
import type * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';

export interface Checked {
  dashboard: Dashboard;
  target: Dataquery;
  options: {
    bargauge: bargauge.Options;
    stat: stat.Options;
    'state-timeline': statetimeline.Options;
    table: table.Options;
    timeseries: timeseries.Options;
  };
  look: {
    'state-timeline': statetimeline.FieldConfig;
    timeseries: GraphFieldConfig;
  };
}
