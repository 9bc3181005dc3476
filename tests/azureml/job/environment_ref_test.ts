import { deepStrictEqual, equal, throws } from "node:assert/strict";
import { anonymousImageEnvironment, parseEnvironment } from "../../../src/azureml/job/names.ts";

const ARM =
  "/subscriptions/s/resourceGroups/r/providers/Microsoft.MachineLearningServices/workspaces/w/environments/e/versions/3";

const KINDS = { named: "a named environment", id: "an ID", image: "an image" } as const;

const cases: readonly (readonly [string, ReturnType<typeof parseEnvironment>])[] = [
  ["env@latest", { kind: "named", name: "env", label: "latest" }],
  ["env:12", { kind: "named", name: "env", version: "12" }],
  ["env", { kind: "named", name: "env" }],
  ["azureml:env:3", { kind: "named", name: "env", version: "3" }],
  [ARM, { kind: "id", id: ARM }],
  [ARM.slice(1), { kind: "id", id: ARM }],
  ["azureml://registries/azureml/environments/x/versions/1", {
    kind: "id",
    id: "azureml://registries/azureml/environments/x/versions/1",
  }],
  ["myacr.azurecr.io/team/kedro:1.2.3", { kind: "image", image: "myacr.azurecr.io/team/kedro:1.2.3" }],
];

for (const [text, expected] of cases) {
  Deno.test(`parseEnvironment() reads ${text.replace(ARM, "<resource ID>").replace(ARM.slice(1), "<resource ID without a slash>")} as ${KINDS[expected.kind]}`, () =>
    deepStrictEqual(parseEnvironment(text), expected));
}

for (
  const [what, text] of [["a name with a space", "my env"], [
    "an image after azureml:",
    "azureml:a.io/b:1",
  ]] as const
) {
  Deno.test(`parseEnvironment() rejects ${what}`, () => {
    throws(() => parseEnvironment(text), {
      code: "environment.unclear",
      message: `"${text}" is not a valid environment`,
      hint:
        "Use `name@latest`, `name:version`, an ID that starts with /subscriptions/ or azureml://, or an image with its registry",
    });
  });
}

Deno.test("anonymousImageEnvironment() returns the same version as azure-ai-ml", () => {
  const { version } = anonymousImageEnvironment("myacr.azurecr.io/team/kedro:1.2.3");
  equal(version, "1126ae12e8b1e8441bed120a80883b066de260d8b9dfdc108535914ccf3a851e");
});
