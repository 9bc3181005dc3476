import { equal, throws } from "node:assert/strict";
import {
  type Cloud,
  CLOUDS,
  isCloudHost,
  requireCloudHost,
  type Service,
} from "../../../src/core/net/cloud_hosts.ts";
import { toCloud } from "../../../src/core/net/clouds.ts";

const CONTOSO = toCloud({
  name: "Contoso",
  portal: "https://portal.azure.contoso.example",
  resourceManager: "https://management.contoso.example",
  authentication: { loginEndpoint: "https://login.contoso.example" },
  suffixes: { storage: "core.contoso.example" },
}, "https://management.contoso.example");
const WITH_HOSTS = {
  ...CONTOSO,
  mlApiSuffix: "ml.contoso.example",
  hosts: ["blobs.contoso.example", "*.Lake.Example"],
};
const LOCAL: Cloud = { ...CLOUDS.AzureCloud!, resourceManager: "https://127.0.0.1:8443" };

const CASES: readonly (readonly [name: string, cloud: Cloud, service: Service, urls: readonly string[]])[] = [
  ["hosts of Resource Manager and Azure ML in the public cloud", CLOUDS.AzureCloud!, "azureml", [
    "https://management.azure.com/subscriptions/s",
    "https://westus.api.azureml.ms/history/v1.0",
    "https://0a1b.workspace.westus.api.azureml.ms/history",
    "https://0a1b.workspace.westus.cert.api.azureml.ms/",
    "https://centralus.experiments.azureml.net/discovery",
  ]],
  ["storage hosts of the public cloud", CLOUDS.AzureCloud!, "storage", [
    "https://acc.blob.core.windows.net:443/box",
    "https://acc.privatelink.blob.core.windows.net/box?sig=x",
    "https://acc.z12.blob.storage.azure.net/box",
  ]],
  ["hosts of the US Government cloud", CLOUDS.AzureUSGovernment!, "azureml", [
    "https://management.usgovcloudapi.net/",
    "https://usgovvirginia.api.ml.azure.us/discovery",
    "https://0a1b.workspace.usgovvirginia.api.ml.azure.us/",
  ]],
  ["storage hosts of the US Government cloud", CLOUDS.AzureUSGovernment!, "storage", [
    "https://acc.blob.core.usgovcloudapi.net/box",
  ]],
  ["hosts of the China cloud", CLOUDS.AzureChinaCloud!, "azureml", [
    "https://management.chinacloudapi.cn/",
    "https://chinaeast2.api.ml.azure.cn/discovery",
  ]],
  ["storage hosts of the China cloud", CLOUDS.AzureChinaCloud!, "storage", [
    "https://acc.blob.core.chinacloudapi.cn/box",
  ]],
  ["hosts of a cloud without a suffix for Azure ML", CONTOSO, "azureml", [
    "https://management.contoso.example/",
    "https://west.api.ml.azure.contoso.example/discovery",
  ]],
  ["hosts below the suffix in a cloud file", WITH_HOSTS, "azureml", [
    "https://west.ml.contoso.example/discovery",
  ]],
  ["storage hosts of a cloud file", WITH_HOSTS, "storage", [
    "https://acc.blob.core.contoso.example/box",
    "https://blobs.contoso.example/box",
    "https://acc.lake.example/box",
  ]],
  ["hosts of a local emulator and of its cloud's storage", LOCAL, "storage", [
    "https://127.0.0.1:8443/acc/box",
    "https://acc.blob.core.windows.net/box",
  ]],
  ["the local Azurite of a cloud file", { ...LOCAL, storageSuffix: "127.0.0.1:10000" }, "storage", [
    "https://127.0.0.1:10000/devstoreaccount1/box",
    "http://127.0.0.1:10000/devstoreaccount1/box",
  ]],
];

for (const [name, cloud, service, urls] of CASES) {
  Deno.test(`isCloudHost() accepts ${name}`, () => {
    for (const url of urls) equal(isCloudHost(cloud, url, [service]), true, url);
  });
}

const FOREIGN = [
  "http://management.azure.com/",
  "http://acc.blob.core.windows.net/box",
  "https://evil.example/x.blob.core.windows.net/box",
  "https://acc.blob.core.windows.net.evil.example/box",
  "https://acc.blob.core.windows.net@evil.example/box",
  "https://user:pw@acc.blob.core.windows.net/box",
  "https://user@acc.blob.core.windows.net/box",
  "https://:pw@acc.blob.core.windows.net/box",
  "https://evilblob.core.windows.net/box",
  "https://acc.blob.core.windows.net:8443/box",
  "https://blob.core.windows.net/box",
  "https://core.windows.net/box",
  "https://myinstance.westus.instances.azureml.ms/",
  "https://evilapi.azureml.ms/",
  "https://api.azureml.ms.evil.example/",
  "https://.blob.core.windows.net/box",
  "https://127.0.0.1:9/box",
  "http://localhost:9/box",
  "http://x127.0.0.1:8443/box",
  "http://169.254.169.254/metadata",
  "file:///etc/passwd",
  "data:text/plain,x",
  "not a URL",
  "",
];

Deno.test("isCloudHost() rejects hosts outside Azure", () => {
  for (const cloud of [...Object.values(CLOUDS), LOCAL]) {
    for (const url of FOREIGN) {
      const isPublic = url.includes("management.azure.com") && cloud === LOCAL;
      if (!isPublic) equal(isCloudHost(cloud, url, ["azureml", "storage"]), false, `${cloud.name}: ${url}`);
    }
  }
});

Deno.test("isCloudHost() distinguishes hosts of storage and of Azure ML", () => {
  const { AzureCloud } = CLOUDS;
  equal(isCloudHost(AzureCloud!, "https://acc.blob.core.windows.net/box", ["azureml"]), false);
  equal(isCloudHost(AzureCloud!, "https://westus.api.azureml.ms/history", ["storage"]), false);
});

Deno.test("requireCloudHost() hides the query in its error", () => {
  const foreign = { action: "read a log", url: "https://evil.example/box?sig=secret" };
  throws(
    () => requireCloudHost(CLOUDS.AzureCloud!, foreign),
    (thrown: Error & { code: string; hint: string }) => {
      equal(thrown.code, "network.foreign_host");
      equal(thrown.message, "Cannot read a log: https://evil.example is not a host of AzureCloud");
      return thrown.hint.includes("azureml.hosts") && !JSON.stringify(thrown).includes("secret");
    },
  );
});
