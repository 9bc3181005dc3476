import { deepEqual, rejects } from "node:assert/strict";
import { pinDataAsset, pinEnvironment } from "../../../src/azureml/resources/pin.ts";
import { workspaceOf } from "../runs/odd_answers.ts";

const missing = () => Response.json({ error: { code: "UserError", message: "none" } }, { status: 404 });

for (const [asked, shown] of [["my-env:9", "my-env:9"], ["my-env@latest", "my-env"]] as const) {
  Deno.test(`pinEnvironment() reports that ${asked} is not in the workspace`, async () => {
    await rejects(pinEnvironment(workspaceOf(missing), asked), {
      code: "environment.not_found",
      exit: 5,
      message: `Environment "${shown}" not found in workspace "ws"`,
      hint: "Change `execution.environment` in azureml.yml, or write its files with " +
        "`kedro-azureml init --environment` and create it with `kedro-azureml setup`",
    });
  });
}

Deno.test("pinEnvironment() sends no request for curated environments", async () => {
  const workspace = workspaceOf(() => Promise.reject(new TypeError("asked")));
  const pinned = async (asked: string) => {
    const { reference, shown } = await pinEnvironment(workspace, asked);
    return [reference, shown];
  };
  deepEqual(
    await Promise.all(
      ["AzureML-sklearn:5", "azureml:AzureML-sklearn@latest", "/subscriptions/s/x"].map(pinned),
    ),
    [
      ["azureml:AzureML-sklearn:5", "AzureML-sklearn:5"],
      ["azureml:AzureML-sklearn@latest", "AzureML-sklearn@latest"],
      ["azureml:/subscriptions/s/x", "/subscriptions/s/x"],
    ],
  );
});

for (
  const [asked, what] of [["my-env", "has no version"], ["my-env@stable", 'has the unknown label "stable"']]
) {
  Deno.test(`pinEnvironment() rejects ${asked}, which names no version`, async () => {
    const workspace = workspaceOf(() => Promise.reject(new TypeError("asked")));
    await rejects(pinEnvironment(workspace, asked!), {
      code: "environment.no_version",
      message: `Environment "${asked}" ${what}`,
      hint: "Set `execution.environment` to `my-env@latest` or `my-env:<version>`",
    });
  });
}

Deno.test("pinEnvironment() registers an image as an anonymous environment", async () => {
  const sent: { readonly method: string; readonly path: string; readonly body: unknown }[] = [];
  const workspace = workspaceOf(async (request) => {
    const { pathname } = new URL(request.url);
    sent.push({ method: request.method, path: pathname, body: await request.json() });
    return Response.json({ id: pathname, name: "1", properties: {} });
  });
  const pinned = await pinEnvironment(workspace, "ghcr.io/me/x:1");
  const [{ method, path, body } = { method: "", path: "", body: {} }] = sent;
  deepEqual([sent.length, method, pinned.shown, pinned.reference], [
    1,
    "PUT",
    "ghcr.io/me/x:1",
    `azureml:${path}`,
  ]);
  deepEqual(body, { properties: { image: "ghcr.io/me/x:1", isAnonymous: true, isArchived: false } });
});

Deno.test("pinDataAsset() rejects a missing data asset", async () => {
  for (const [path, key] of [["azureml:raw:2", "version"], ["azureml:raw@latest", "dataset"]] as const) {
    await rejects(pinDataAsset(workspaceOf(missing), { path, type: "uri_folder" }), {
      code: "data.not_found",
      message: `Data asset "${path.slice("azureml:".length)}" not found in workspace "ws"`,
      exit: 5,
      hint:
        `Change \`azureml_${key}\` in the catalog, or create the data asset with \`kedro-azureml setup\` or ` +
        "`data push raw PATH`",
    });
  }
});
