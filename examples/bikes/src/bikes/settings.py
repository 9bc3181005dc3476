"""Settings of the project; the defaults of Kedro will do."""
