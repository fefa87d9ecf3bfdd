"""An Airflow-shaped workload: what Airflow's components do as seen from outside, and no more."""
