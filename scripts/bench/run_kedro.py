"""`kedro …` for the benchmark: requests to other machines go to the local Azure.

Nothing of the plugin or of Azure's libraries is replaced but the address that `requests` connects to.
"""

import os
import sys
import urllib.parse

import requests.adapters

ORIGIN = os.environ["AZURE_AUTHORITY_HOST"]
LOCAL = urllib.parse.urlsplit(ORIGIN).netloc
_send = requests.adapters.HTTPAdapter.send


def send(self, request, **options):
    """Sends to the local Azure; the account of a blob host becomes the first part of the path, as Azurite has it."""
    url = urllib.parse.urlsplit(request.url)
    if url.hostname != "127.0.0.1":
        account = f"/{url.hostname.split('.')[0]}" if ".blob." in url.hostname else ""
        request.url = urllib.parse.urlunsplit(("https", LOCAL, f"{account}{url.path}", url.query, ""))
        request.headers.pop("Host", None)
    return _send(self, request, **options)


requests.adapters.HTTPAdapter.send = send

from kedro.framework.cli import main  # noqa: E402

sys.argv[0] = "kedro"
main()
