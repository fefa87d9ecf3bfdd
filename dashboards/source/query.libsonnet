// Selects the metrics of the hosts that are chosen above a dashboard.
{
  // The samples of a metric; `labels` narrows them further, as 'state="live"'.
  of(metric, labels=''):: metric + '{job=~"$job", instance=~"$instance"' + (if labels == '' then '' else ', ' + labels) + '}',

  // How fast a counter rises.
  rate(metric, labels=''):: 'rate(' + $.of(metric, labels) + '[$__rate_interval])',

  // How much a counter has risen since the point before.
  rise(metric, labels=''):: 'increase(' + $.of(metric, labels) + '[$__rate_interval])',

  // How much a counter has risen in the time shown.
  rise_in_view(metric, labels=''):: 'increase(' + $.of(metric, labels) + '[$__range])',

  // What all exporters beside one Airflow see alike, as its database and its broker: counted once.
  once(by, expression):: 'max by (job%s) (%s)' % [std.join('', [', ' + label for label in by]), expression],

  // Seconds since a time, never below 0 where two clocks differ.
  age(metric, labels=''):: 'clamp_min(time() - ' + $.of(metric, labels) + ', 0)',

  // The same metric of memory of components, containers and hosts, in one vector with the label `who`.
  of_each(suffix, labels=''):: |||
    label_replace(%s, "who", "component $1", "component", "(.+)")
    or label_replace(%s, "who", "container $1", "container", "(.+)")
    or label_replace(%s, "who", "host", "", "")
  ||| % [
    $.of('airflow_component_memory_' + suffix, labels),
    $.of('airflow_container_memory_' + suffix, labels),
    $.of('airflow_host_memory_' + suffix, labels),
  ],

  // An expression whose one series is named by `label`, or else `instead` under the name `word`.
  or_else(expression, instead, label, word)::
    '%s or on () label_replace(%s, "%s", "%s", "", "")' % [expression, instead, label, word],

  // 1 for each exporter that Prometheus reaches, 0 for one that it does not; other targets left out.
  answers:: '(%s and on (job, instance) last_over_time(%s[1d]))' % [
    $.of('up'),
    $.of('airflow_host_exporter_build_info'),
  ],

  // Increases of kills, the first of a series that begins with it included (as where a container is
  // hit for the first time), which increase() cannot see.
  kills:: |||
    sum by (job, instance, component, container, scope) (
      %(rise)s > 0
      or (%(all)s > 0 unless max_over_time(%(all)s[1h] offset $__rate_interval))
    )
  ||| % { rise: $.rise('airflow_oom_kills_total'), all: $.of('airflow_oom_kills_total') },
}
