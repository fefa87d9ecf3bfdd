"""An airflow dag file that cannot be imported: the tests want an import error."""

raise ImportError("as the test wants it")
