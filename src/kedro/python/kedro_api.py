"""The parts of Kedro's API that differ between versions 0.18 and 1."""

import os
import re

# The container of an Azure storage URL, in the position where other URLs have a user.
_CONTAINER = re.compile(r"((?:abfss?|wasbs?)://)([^\s/@:]+@)", re.IGNORECASE)

# User and password of a URL, and its query and fragment, which may hold signatures and tokens.
_URL_SECRETS = re.compile(r"(?<=://)[^\s/@]+@|[?#]\S*")

_PATTERNS = {
    "catalog": ("catalog*", "catalog*/**", "**/catalog*"),
    "parameters": ("parameters*", "parameters*/**", "**/parameters*"),
}


def version():
    """The version of the Kedro in use, such as `(0, 18)`."""
    import kedro

    major, minor = kedro.__version__.split(".")[:2]
    return int(major), int(minor)


def conf_source(reading):
    """The configuration folder set in settings.py; relative to the project's folder unless it is somewhere else."""
    from kedro.framework.project import settings

    folder = str(settings.CONF_SOURCE)
    known = {**reading.outside, reading.root: reading.root, os.path.realpath(reading.root): reading.root}
    if reading.is_embedded:
        # What is beside the project on this machine is beside it here, too.
        top = f"/{reading.root.split('/')[1]}"
        known[top] = top
    for path, inside in known.items():
        if is_below(folder, path):
            place = os.path.join(inside, os.path.relpath(folder, path))
            return os.path.relpath(place, reading.root).replace(os.sep, "/")
    return folder


def is_below(path, folder):
    """Whether an absolute path is a folder, or below it."""
    return f"{path}{os.sep}".startswith(folder.rstrip(os.sep) + os.sep)


def init_version(metadata):
    """The Kedro version in pyproject.toml."""
    return getattr(metadata, "kedro_init_version", None) or metadata.project_version


def config(loader, kind):
    """One kind of configuration (`catalog` or `parameters`), read with the project's loader."""
    if hasattr(loader, "__getitem__"):
        return loader[kind]
    return loader.get(*_PATTERNS[kind])


def datasets(pipe):
    """Names of a pipeline's datasets."""
    return pipe.datasets() if hasattr(pipe, "datasets") else pipe.data_sets()


def typed_fields(value):
    """The fields of a typed parameter; `None` for other values, and if Kedro has no typed parameters."""
    try:
        from kedro.validation.utils import get_typed_fields
    except ImportError:
        return None
    return get_typed_fields(value)


def without_url_secrets(text):
    """Text with credentials, signatures and tokens removed from its URLs."""
    containers = []

    def put_aside(found):
        containers.append(found[2])
        return f"{found[1]}\ue000{len(containers) - 1}\ue000"

    bare = _redacted(_CONTAINER.sub(put_aside, text))
    return re.sub("\ue000(\\d+)\ue000", lambda found: containers[int(found[1])], bare)


def _redacted(text):
    try:
        from kedro.io.core import _redact_url_credentials
    except ImportError:
        return _URL_SECRETS.sub(lambda found: {"?": "?<redacted>", "#": "#<redacted>"}.get(found[0][0], "<redacted>@"), text)
    return _redact_url_credentials(text)


def make_loader(reading):
    """The configuration loader from settings.py, as a session creates it."""
    from kedro.framework.project import settings

    return settings.CONFIG_LOADER_CLASS(
        conf_source=str(reading.metadata.project_path / conf_source(reading)),
        env=reading.env,
        runtime_params=dict(reading.runtime_params) or None,
        **settings.CONFIG_LOADER_ARGS,
    )


def make_context(reading, loader, manager):
    """The context class from settings.py, instantiated as a session does."""
    from kedro.framework.project import settings

    params = "runtime_params" if version() >= (1, 0) else "extra_params"
    return settings.CONTEXT_CLASS(
        package_name=reading.metadata.package_name,
        project_path=reading.metadata.project_path,
        config_loader=loader,
        env=reading.env,
        hook_manager=manager,
        **{params: dict(reading.runtime_params) or None},
    )


def environments(loader):
    """The base environment and the default run environment; `None` for each that the loader does not have."""
    return getattr(loader, "base_env", None) or None, getattr(loader, "default_run_env", None) or None


def do_without_credentials():
    """Lets Kedro build the catalog without credentials, which are never handed over; hooks may ask for it."""
    from kedro.io import data_catalog

    data_catalog._get_credentials = lambda name, credentials: credentials.get(name, {})
    if version() < (0, 19):
        return
    from kedro.io import catalog_config_resolver

    resolver = catalog_config_resolver if version() >= (1, 0) else catalog_config_resolver.CatalogConfigResolver
    resolver._fetch_credentials = staticmethod(lambda name, credentials: credentials.get(name, {}))


def pattern_resolver(conf):
    """A function that returns the catalog entry from a dataset factory for a name, or nothing."""
    try:
        from kedro.io.catalog_config_resolver import CatalogConfigResolver
    except ImportError:
        return _resolver_of_catalog(conf)
    if version() < (1, 0):
        return CatalogConfigResolver(config=conf).resolve_pattern
    return CatalogConfigResolver(config=conf, default_runtime_patterns={"{default}": {}}).resolve_pattern


def is_pattern(name):
    """Whether a catalog entry's name is a dataset factory pattern; Kedro has them since 0.18.12."""
    from kedro.io import DataCatalog

    return "{" in name and (version() >= (0, 19) or hasattr(DataCatalog, "_match_pattern"))


def _resolver_of_catalog(conf):
    """`pattern_resolver` for Kedro versions in which DataCatalog resolves patterns: 0.18 and early 0.19."""
    import copy

    from kedro.io import DataCatalog

    patterns = {name: entry for name, entry in conf.items() if is_pattern(name)}
    if not patterns:
        return lambda name: None
    patterns = DataCatalog._sort_patterns(patterns)
    # Some versions return catch-all patterns separately.
    patterns = {**patterns[0], **patterns[1]} if isinstance(patterns, tuple) else patterns

    def resolve(name):
        pattern = DataCatalog._match_pattern(patterns, name)
        return pattern and DataCatalog._resolve_config(name, pattern, copy.deepcopy(patterns[pattern]))

    return resolve
