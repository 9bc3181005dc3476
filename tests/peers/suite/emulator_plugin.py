"""Runs azure-ai-ml's own tests against an emulator, as if it were Azure: a plugin for pytest.

Requests to any of Azure's hosts go to the server that EMULATOR names, with the host in the path. A test that sleeps moves
the emulator's clock instead.
"""

import os
import pathlib
import sys
import time
import types

import pytest
import requests
import requests.adapters
import yaml

EMULATOR = os.environ["EMULATOR"]
send = requests.adapters.HTTPAdapter.send
session = requests.Session()


def send_here(self, request, **options):
    """Sends a request to the emulator, and gives its answer the URL that was asked for."""
    if not request.url.startswith("https://"):
        return send(self, request, **options)
    asked = request.url
    request.url = f"{EMULATOR}/{asked.removeprefix('https://')}"
    answer = send(self, request, **options)
    request.url = answer.url = asked
    return answer


def sleep(seconds):
    """Moves the emulator's clock."""
    session.post(f"{EMULATOR}/advance/{int(seconds * 1000)}")


def write_configs():
    """Writes the files that the source distribution lacks."""
    configs = yaml.safe_load((pathlib.Path(__file__).parent / "configs.yml").read_text())
    for path, content in configs.items():
        if path.startswith("."):
            continue
        file = pathlib.Path("tests/test_configs") / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(yaml.safe_dump(content, sort_keys=False))


write_configs()
requests.adapters.HTTPAdapter.send = send_here
time.sleep = sleep


class Variables(dict):
    """Stands for the recorder of names that tests make up."""

    def get_or_record(self, name, value):
        return self.setdefault(name, value)


class Environment:
    """Stands for the variables that the recorder replaces."""

    def sanitize_batch(self, values):
        return {name: os.environ.get(name, value) for name, value in values.items()}

    def get(self, name, *_):
        return os.environ.get(name, "")


@pytest.fixture(scope="session")
def test_proxy():
    """No traffic is recorded."""


@pytest.fixture
def recorded_test():
    """No traffic is recorded."""


@pytest.fixture
def variable_recorder():
    return Variables()


@pytest.fixture
def environment_variables():
    return Environment()


def ignore(*_, **__):
    """Stands for a sanitizer of recordings."""


def stub(name, **members):
    """A module of the recorder, which is on no registry."""
    module = types.ModuleType(name)
    module.__dict__.update(members)
    sys.modules[name] = module
    return module


class AzureRecordedTestCase:
    """The base of all tests with a service."""


class FakeTokenCredential:
    """Unused: tests run as if live."""


recorder = stub("devtools_testutils", AzureRecordedTestCase=AzureRecordedTestCase, is_live=lambda: True)
recorder.__getattr__ = lambda name: ignore
stub("devtools_testutils.fake_credentials", FakeTokenCredential=FakeTokenCredential)
stub("devtools_testutils.helpers", is_live_and_not_recording=lambda: True)
stub("devtools_testutils.proxy_fixtures", VariableRecorder=Variables)
