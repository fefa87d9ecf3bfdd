-- The tables of Airflow 3.3's metadata database that airflow-host-exporter reads, for tests and for
-- the sandbox. What `airflow db migrate` of Airflow 3.3.2 made in an empty database of PostgreSQL
-- 15, by `pg_dump --schema-only -t TABLE ...`: each column, default, index and constraint as it is
-- there, put together by table, the types by their short names. Foreign keys to tables that are not
-- here are left out.
--
--   psql -v ON_ERROR_STOP=1 -d airflow -f airflow-3.3.sql

CREATE TABLE alembic_version (
    version_num varchar(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version (version_num) VALUES ('d2f4e1b3c5a7');

CREATE TABLE dag (
    dag_id varchar(250) NOT NULL,
    is_paused boolean NOT NULL,
    is_stale boolean NOT NULL,
    exceeds_max_non_backfill boolean DEFAULT false NOT NULL,
    last_parsed_time timestamptz,
    last_parse_duration double precision,
    last_expired timestamptz,
    fileloc varchar(2000),
    relative_fileloc varchar(2000),
    bundle_name varchar(250) NOT NULL,
    bundle_version varchar(200),
    owners varchar(2000),
    dag_display_name varchar(2000),
    description text,
    timetable_type varchar(255) NOT NULL,
    timetable_summary text,
    timetable_description varchar(1000),
    timetable_partitioned boolean DEFAULT false NOT NULL,
    timetable_periodic boolean DEFAULT false NOT NULL,
    partition_mapper_info json NOT NULL,
    asset_expression json,
    deadline json,
    max_active_tasks integer NOT NULL,
    max_active_runs integer,
    max_consecutive_failed_dag_runs integer NOT NULL,
    has_task_concurrency_limits boolean NOT NULL,
    has_import_errors boolean DEFAULT false,
    fail_fast boolean DEFAULT false NOT NULL,
    allowed_run_types json,
    next_dagrun timestamptz,
    next_dagrun_data_interval_start timestamptz,
    next_dagrun_data_interval_end timestamptz,
    next_dagrun_partition_key varchar(255),
    next_dagrun_partition_date timestamptz,
    next_dagrun_create_after timestamptz,
    CONSTRAINT dag_pkey PRIMARY KEY (dag_id)
);
CREATE INDEX idx_next_dagrun_create_after ON dag (next_dagrun_create_after);

CREATE TABLE dag_version (
    id uuid NOT NULL,
    version_number integer NOT NULL,
    dag_id varchar(250) NOT NULL,
    bundle_name varchar(250),
    bundle_version varchar(250),
    version_data json,
    created_at timestamptz NOT NULL,
    last_updated timestamptz NOT NULL,
    CONSTRAINT dag_version_pkey PRIMARY KEY (id),
    CONSTRAINT dag_id_v_name_v_number_unique_constraint UNIQUE (dag_id, version_number),
    CONSTRAINT dag_version_dag_id_fkey FOREIGN KEY (dag_id)
        REFERENCES dag (dag_id) ON DELETE CASCADE
);

CREATE TABLE serialized_dag (
    id uuid NOT NULL,
    dag_id varchar(250) NOT NULL,
    data jsonb,
    data_compressed bytea,
    created_at timestamptz NOT NULL,
    last_updated timestamptz NOT NULL,
    dag_hash varchar(32) NOT NULL,
    dag_version_id uuid NOT NULL,
    CONSTRAINT serialized_dag_pkey PRIMARY KEY (id),
    CONSTRAINT serialized_dag_dag_version_id_uq UNIQUE (dag_version_id),
    CONSTRAINT serialized_dag_dag_version_id_fkey FOREIGN KEY (dag_version_id)
        REFERENCES dag_version (id) ON DELETE CASCADE
);

CREATE TABLE dag_run (
    id serial NOT NULL,
    dag_id varchar(250) NOT NULL,
    queued_at timestamptz,
    logical_date timestamptz,
    start_date timestamptz,
    end_date timestamptz,
    state varchar(50),
    run_id varchar(250) NOT NULL,
    creating_job_id integer,
    run_type varchar(50) NOT NULL,
    triggered_by varchar(50),
    triggering_user_name varchar(512),
    conf jsonb,
    data_interval_start timestamptz,
    data_interval_end timestamptz,
    run_after timestamptz NOT NULL,
    last_scheduling_decision timestamptz,
    log_template_id integer,
    created_at timestamptz,
    updated_at timestamptz,
    clear_number integer DEFAULT 0 NOT NULL,
    backfill_id integer,
    bundle_version varchar(250),
    scheduled_by_job_id integer,
    context_carrier jsonb,
    span_status varchar(250) DEFAULT 'not_started' NOT NULL,
    created_dag_version_id uuid,
    partition_key varchar(250),
    partition_date timestamptz,
    CONSTRAINT dag_run_pkey PRIMARY KEY (id),
    CONSTRAINT dag_run_dag_id_logical_date_key UNIQUE (dag_id, logical_date),
    CONSTRAINT dag_run_dag_id_run_id_key UNIQUE (dag_id, run_id),
    CONSTRAINT created_dag_version_id_fkey FOREIGN KEY (created_dag_version_id)
        REFERENCES dag_version (id) ON DELETE SET NULL
);
CREATE INDEX dag_id_state ON dag_run (dag_id, state);
CREATE INDEX idx_dag_run_created_dag_version_id ON dag_run (created_dag_version_id);
CREATE INDEX idx_dag_run_dag_id ON dag_run (dag_id);
CREATE INDEX idx_dag_run_queued_dags ON dag_run (state, dag_id) WHERE state = 'queued';
CREATE INDEX idx_dag_run_run_after ON dag_run (run_after);
CREATE INDEX idx_dag_run_running_dags ON dag_run (state, dag_id) WHERE state = 'running';

CREATE TABLE job (
    id serial NOT NULL,
    dag_id varchar(250),
    state varchar(20),
    job_type varchar(30),
    start_date timestamptz,
    end_date timestamptz,
    latest_heartbeat timestamptz,
    executor_class varchar(500),
    hostname varchar(500),
    unixname varchar(1000),
    CONSTRAINT job_pkey PRIMARY KEY (id)
);
CREATE INDEX idx_job_dag_id ON job (dag_id);
CREATE INDEX idx_job_state_heartbeat ON job (state, latest_heartbeat);
CREATE INDEX job_type_heart ON job (job_type, latest_heartbeat);

CREATE TABLE trigger (
    id serial NOT NULL,
    classpath varchar(1000) NOT NULL,
    kwargs text NOT NULL,
    created_date timestamptz NOT NULL,
    triggerer_id integer,
    queue varchar(256),
    team_name varchar(50),
    CONSTRAINT trigger_pkey PRIMARY KEY (id)
);
CREATE INDEX idx_trigger_team_name ON trigger (team_name);

CREATE TABLE slot_pool (
    id serial NOT NULL,
    pool varchar(256),
    slots integer NOT NULL,
    description text,
    include_deferred boolean NOT NULL,
    team_name varchar(50),
    CONSTRAINT slot_pool_pkey PRIMARY KEY (id),
    CONSTRAINT slot_pool_pool_uq UNIQUE (pool)
);
-- Airflow itself makes this row when it initialises a database.
INSERT INTO slot_pool (pool, slots, description, include_deferred)
VALUES ('default_pool', 128, 'Default pool', false);

CREATE TABLE import_error (
    id serial NOT NULL,
    "timestamp" timestamptz,
    filename varchar(1024),
    bundle_name varchar(250),
    stacktrace text,
    CONSTRAINT import_error_pkey PRIMARY KEY (id)
);

CREATE TABLE task_instance (
    id uuid NOT NULL,
    task_id varchar(250) NOT NULL,
    dag_id varchar(250) NOT NULL,
    run_id varchar(250) NOT NULL,
    map_index integer DEFAULT -1 NOT NULL,
    start_date timestamptz,
    end_date timestamptz,
    duration double precision,
    state varchar(20),
    try_number integer NOT NULL,
    max_tries integer DEFAULT -1 NOT NULL,
    hostname varchar(1000),
    unixname varchar(1000),
    pool varchar(256) NOT NULL,
    pool_slots integer NOT NULL,
    queue varchar(256),
    priority_weight integer,
    operator varchar(1000),
    custom_operator_name varchar(1000),
    queued_dttm timestamptz,
    scheduled_dttm timestamptz,
    queued_by_job_id integer,
    last_heartbeat_at timestamptz,
    pid integer,
    executor varchar(1000),
    executor_config bytea,
    updated_at timestamptz,
    rendered_map_index varchar(250),
    context_carrier jsonb,
    span_status varchar(250) DEFAULT 'not_started' NOT NULL,
    external_executor_id text,
    trigger_id integer,
    trigger_timeout timestamptz,
    next_method varchar(1000),
    next_kwargs jsonb,
    task_display_name varchar(2000),
    dag_version_id uuid,
    retry_delay_override double precision,
    retry_reason varchar(500),
    CONSTRAINT task_instance_pkey PRIMARY KEY (id),
    CONSTRAINT task_instance_composite_key UNIQUE (dag_id, task_id, run_id, map_index),
    CONSTRAINT task_instance_dag_run_fkey FOREIGN KEY (dag_id, run_id)
        REFERENCES dag_run (dag_id, run_id) ON DELETE CASCADE,
    CONSTRAINT task_instance_dag_version_id_fkey FOREIGN KEY (dag_version_id)
        REFERENCES dag_version (id) ON DELETE RESTRICT,
    CONSTRAINT task_instance_trigger_id_fkey FOREIGN KEY (trigger_id)
        REFERENCES trigger (id) ON DELETE CASCADE
);
CREATE INDEX ti_dag_run ON task_instance (dag_id, run_id);
CREATE INDEX ti_dag_state ON task_instance (dag_id, state);
CREATE INDEX ti_dag_version_id ON task_instance (dag_version_id);
CREATE INDEX ti_heartbeat ON task_instance (last_heartbeat_at);
CREATE INDEX ti_pool ON task_instance (pool, state, priority_weight);
CREATE INDEX ti_state ON task_instance (state);
CREATE INDEX ti_state_lkp ON task_instance (dag_id, task_id, run_id, state);
CREATE INDEX ti_trigger_id ON task_instance (trigger_id);

-- The tries before the current one, each under the id that task_instance had for it.
CREATE TABLE task_instance_history (
    task_instance_id uuid NOT NULL,
    task_id varchar(250) NOT NULL,
    dag_id varchar(250) NOT NULL,
    run_id varchar(250) NOT NULL,
    map_index integer DEFAULT -1 NOT NULL,
    try_number integer NOT NULL,
    start_date timestamptz,
    end_date timestamptz,
    duration double precision,
    state varchar(20),
    max_tries integer DEFAULT -1,
    hostname varchar(1000),
    unixname varchar(1000),
    pool varchar(256) NOT NULL,
    pool_slots integer NOT NULL,
    queue varchar(256),
    priority_weight integer,
    operator varchar(1000),
    custom_operator_name varchar(1000),
    queued_dttm timestamptz,
    scheduled_dttm timestamptz,
    queued_by_job_id integer,
    pid integer,
    executor varchar(1000),
    executor_config bytea,
    updated_at timestamptz,
    rendered_map_index varchar(250),
    context_carrier jsonb,
    span_status varchar(250) DEFAULT 'not_started' NOT NULL,
    external_executor_id text,
    trigger_id integer,
    trigger_timeout timestamp,
    next_method varchar(1000),
    next_kwargs jsonb,
    task_display_name varchar(2000),
    dag_version_id uuid,
    retry_delay_override double precision,
    retry_reason varchar(500),
    CONSTRAINT task_instance_history_pkey PRIMARY KEY (task_instance_id),
    CONSTRAINT task_instance_history_dtrt_uq
        UNIQUE (dag_id, task_id, run_id, map_index, try_number),
    CONSTRAINT task_instance_history_ti_fkey FOREIGN KEY (dag_id, task_id, run_id, map_index)
        REFERENCES task_instance (dag_id, task_id, run_id, map_index)
        ON UPDATE CASCADE ON DELETE CASCADE
);
CREATE INDEX idx_tih_dag_run ON task_instance_history (dag_id, run_id);
