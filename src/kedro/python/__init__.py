"""The Kedro project reader."""
