-- A role that can read what airflow-host-exporter reads of Airflow's metadata database, and nothing
-- else: no other table (connections, variables and logs stay closed), no writing.
--
--   psql -v ON_ERROR_STOP=1 -d airflow -f grants.sql
--   \password airflow_host_exporter
--
-- As the owner of Airflow's tables or as a superuser. Set search_path first if Airflow's tables are
-- in another schema than public ([database] sql_alchemy_schema), and grant USAGE on that schema.
-- A table that this version of Airflow does not have is passed over; without a grant the exporter
-- leaves the metrics of that table out and says so on its page. Run it again after the migrations of
-- Airflow 2.10 and 3.0, which bring task_instance_history and dag_version.
DO $$
DECLARE
    role_name CONSTANT text := 'airflow_host_exporter';
    table_name text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I LOGIN CONNECTION LIMIT 3', role_name);
    END IF;
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), role_name);
    FOREACH table_name IN ARRAY ARRAY[
        'alembic_version', 'task_instance', 'task_instance_history', 'dag_run', 'dag', 'job',
        'slot_pool', 'import_error', 'dag_version', 'trigger']
    LOOP
        IF to_regclass(table_name) IS NOT NULL THEN
            EXECUTE format('GRANT SELECT ON TABLE %s TO %I', to_regclass(table_name), role_name);
        END IF;
    END LOOP;
END
$$;

-- Optional: lets airflow_metadata_connections tell the states of other roles' sessions (they are
-- counted without it, as unknown) and leave out their parallel workers, and lets
-- airflow_metadata_longest_transaction_timestamp_seconds see their transactions. It also lets the
-- role read the text of their running statements, which the exporter never asks for.
--   GRANT pg_read_all_stats TO airflow_host_exporter;
