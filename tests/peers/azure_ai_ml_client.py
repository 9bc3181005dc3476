"""Connects the real azure-ai-ml to an emulator that the environment names."""

import os

import requests.adapters
from azure.ai.ml import MLClient
from azure.identity import ClientSecretCredential

ENV = os.environ
ORIGIN = ENV["AZURE_AUTHORITY_HOST"]
send = requests.adapters.HTTPAdapter.send


def send_here(self, request, **options):
    """Sends what is meant for an account's own host to the one address that the emulator has."""
    host, _, path = request.url.removeprefix("https://").partition("/")
    if ".blob." in host:
        request.url = f"{ORIGIN}/{host.split('.')[0]}/{path}"
    return send(self, request, **options)


requests.adapters.HTTPAdapter.send = send_here


def connect(*place):
    """A client of the workspace with this subscription, resource group and name."""
    credential = ClientSecretCredential(
        ENV["AZURE_TENANT_ID"],
        ENV["AZURE_CLIENT_ID"],
        ENV["AZURE_CLIENT_SECRET"],
        authority=ORIGIN,
        disable_instance_discovery=True,
    )
    return MLClient(credential, *place)
