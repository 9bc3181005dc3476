import { deepEqual, rejects } from "node:assert/strict";
import { pinEnvironment } from "../../../../src/azureml/service/assets/pin.ts";
import { workspaceOf } from "../history/odd_answers.ts";

const missing = () => Response.json({ error: { code: "UserError", message: "none" } }, { status: 404 });

for (const [asked, shown] of [["my-env:9", "my-env:9"], ["my-env@latest", "my-env"]] as const) {
  Deno.test(`pinEnvironment() rejects ${asked} if the workspace does not have it`, async () => {
    await rejects(pinEnvironment(workspaceOf(missing), asked), {
      code: "environment.not_found",
      message: `Environment "${shown}" not found in workspace "ws"`,
    });
  });
}

Deno.test("pinEnvironment() requests nothing for curated environments and resource IDs", async () => {
  const workspace = workspaceOf(() => Promise.reject(new TypeError("asked")));
  const referenceOf = async (asked: string) => (await pinEnvironment(workspace, asked)).reference;
  deepEqual(
    await Promise.all(
      ["AzureML-sklearn:5", "azureml:AzureML-sklearn@latest", "/subscriptions/s/x"].map(referenceOf),
    ),
    [
      "azureml:AzureML-sklearn:5",
      "azureml:AzureML-sklearn@latest",
      "azureml:/subscriptions/s/x",
    ],
  );
});

Deno.test("pinEnvironment() returns the newest version with its image and conda file", async () => {
  const workspace = workspaceOf(() =>
    Response.json({ value: [{ name: "12", properties: { image: "img:1", condaFile: "name: x" } }] })
  );
  const { shown, definition } = await pinEnvironment(workspace, "my-env@latest");
  deepEqual([shown, definition], ["my-env:12", { image: "img:1", condaFile: "name: x" }]);
});
