import { deepEqual, equal } from "node:assert/strict";
import { matchPath } from "../../../src/emulator/http/routes.ts";
import { locate } from "../../../src/emulator/state/world.ts";

for (
  const [url, service, path] of [
    ["https://any.host/metadata/endpoints?x", "metadata", "/metadata/endpoints"],
    ["https://login.microsoftonline.com/t/oauth2", "entra", "/t/oauth2"],
    ["https://management.azure.com/x", "resourceManager", "/x"],
    ["https://eastus.api.azureml.ms/history/v1.0", "api", "/history/v1.0"],
    ["https://id.workspace.eastus.api.azureml.ms/x", "api", "/x"],
    ["https://store1.blob.core.windows.net/c/b", "blob store1", "/c/b"],
    ["https://127.0.0.1:1/store1/c/b", "blob store1", "/c/b"],
    ["https://127.0.0.1:1/Subscriptions/s", "resourceManager", "/Subscriptions/s"],
    ...["data", "discovery", "environment", "history"].map((name) =>
      [`https://127.0.0.1:1/${name}/v1.0`, "api", `/${name}/v1.0`] as const
    ),
    ["https://127.0.0.1:1/mlflow/v2.0", "api", "/mlflow/v2.0"],
    ["https://127.0.0.1:1/t/oauth2/token", "entra", "/t/oauth2/token"],
    ["https://127.0.0.1:1/t/v2.0/.well-known/openid-configuration", "entra", undefined],
    ["https://127.0.0.1:1/other/c/b", undefined, undefined],
    ["https://api.azureml.ms.example/x", undefined, undefined],
  ] as const
) {
  Deno.test(`locate() finds ${service ?? "nothing"} at ${url}`, () => {
    const found = locate(new URL(url), ["store1"]);
    const name = found?.service === "blob" ? `blob ${found.account}` : found?.service;
    deepEqual([name, found?.path], [service, path ?? found?.path]);
  });
}

Deno.test("matchPath() returns the values of placeholders, and ignores the case of other segments", () => {
  deepEqual(matchPath("codes/{name}/versions/{version}", "Codes/a%20b/VERSIONS/1"), {
    name: "a b",
    version: "1",
  });
  deepEqual(matchPath("codes", "codes"), {});
  for (const path of ["codes/a", "codes/a/versions/1/x", "other/a/versions/1", "codes/a/other/1"]) {
    equal(matchPath("codes/{name}/versions/{version}", path), undefined, path);
  }
});
