"""The reader of Kedro projects."""
