// The colours, each with one meaning on all dashboards. They are told apart by people who do not see
// red and green apart, and stand out on Grafana's light and on its dark background; a verdict never
// speaks by its colour alone, it has a word too.
{
  // Verdicts.
  good: '#0072B2',
  warning: '#E69F00',
  critical: '#CC3311',
  unknown: '#808080',

  // What is measured.
  available: '#009E73',
  anon: '#D55E00',
  file: '#3E97CC',
  slab: '#B0609A',
  swap: '#B88000',
  pressure: '#CC3311',
  work: '#808080',
  limit: '#808080',

  // Whose it is: the same component has the same colour everywhere.
  components: {
    scheduler: '#0072B2',
    dag_processor: '#3E97CC',
    triggerer: '#7A6FC0',
    api_server: '#B0609A',
    webserver: '#B0609A',
    celery_worker: '#D55E00',
    task: '#B88000',
    postgres: '#009E73',
    redis: '#A0522D',
  },
}
