"""What small modules hold that projects use at import and whose answer is known here as well as there."""

import datetime
import zoneinfo

_YES = ("y", "yes", "t", "true", "on", "1")
_NO = ("n", "no", "f", "false", "off", "0")


def _strtobool(text):
    """As `distutils.util` had it until Python 3.12."""
    if text.lower() in _YES:
        return 1
    if text.lower() in _NO:
        return 0
    raise ValueError(f"invalid truth value {text.lower()!r}")


def _get_ipython():
    """What IPython answers where code does not run in a notebook."""
    return None


class _Progress:
    """What is iterated over with a progress bar is the same without one."""

    def __init__(self, iterable=(), *args, **settings):
        self.iterable = iterable

    def __iter__(self):
        return iter(self.iterable)

    def __len__(self):
        return len(self.iterable)

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        return False

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **settings: None


def _progress_range(*args, **settings):
    return _Progress(range(*args))


class _Zone(zoneinfo.ZoneInfo):
    """A time zone as pytz has it."""

    zone = property(lambda self: self.key)

    def localize(self, when, is_dst=False):
        return when.replace(tzinfo=self)

    def normalize(self, when):
        return when.astimezone(self)


_BARS = {"tqdm": _Progress, "trange": _progress_range, "tqdm_notebook": _Progress}
_KNOWN = {
    "distutils.util": {"strtobool": _strtobool},
    "IPython": {"get_ipython": _get_ipython},
    "IPython.core.getipython": {"get_ipython": _get_ipython},
    "pytz": {"timezone": _Zone, "utc": datetime.UTC, "UTC": datetime.UTC},
    **dict.fromkeys(("tqdm", "tqdm.auto", "tqdm.autonotebook", "tqdm.notebook", "tqdm.std"), _BARS),
}


def contents(module):
    """The names that are known of a module; none where none are."""
    return _KNOWN.get(module, {})
