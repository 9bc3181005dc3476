"""Stand-ins for small modules that projects use at import and that can be answered exactly here."""

import datetime
import threading
import zoneinfo

_YES = ("y", "yes", "t", "true", "on", "1")
_NO = ("n", "no", "f", "false", "off", "0")


def _strtobool(text):
    """`distutils.util.strtobool`, which was removed in Python 3.12."""
    if text.lower() in _YES:
        return 1
    if text.lower() in _NO:
        return 0
    raise ValueError(f"invalid truth value {text.lower()!r}")


def _get_ipython():
    """IPython's answer outside a notebook."""
    return None


class _Progress:
    """A tqdm progress bar that shows nothing and yields the items."""

    pandas = write = set_lock = staticmethod(lambda *args, **settings: None)
    get_lock = staticmethod(threading.RLock)

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
    """A time zone with the interface of pytz."""

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
    """The known names of a module; empty if there are none."""
    return _KNOWN.get(module, {})
