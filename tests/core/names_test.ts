import { deepEqual, equal } from "node:assert/strict";
import { isGuid, shortId } from "../../src/core/names.ts";

const WORKSPACE =
  "/subscriptions/1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

Deno.test("shortId() shortens ids, and does not change other text", () => {
  equal(shortId(`${WORKSPACE}/environments/kedro-env/versions/12`), "kedro-env:12");
  equal(shortId(`azureml:${WORKSPACE}/environments/kedro-env/labels/latest`), "kedro-env:latest");
  for (const kind of ["codes", "data", "components"]) {
    equal(shortId(`${WORKSPACE}/${kind}/rides/versions/3`), "rides:3");
  }
  equal(shortId(`${WORKSPACE}/computes/cpu`), "cpu");
  equal(shortId(`azureml:${WORKSPACE}/computes/cpu`), "cpu");
  equal(shortId(`${WORKSPACE.replace("subscriptions", "Subscriptions")}/computes/cpu`), "cpu");
  for (const text of ["azureml:kedro-env:12", "cpu", "a/b", ""]) equal(shortId(text), text);
});

Deno.test("isGuid() recognizes ids of tenants in any case, and nothing longer or shorter", () => {
  const guid = "0a1b2c3d-0000-4000-8000-00000000000f";
  deepEqual([guid, guid.toUpperCase()].map(isGuid), [true, true]);
  const others = [`${guid}0`, `0${guid}`, guid.slice(1), guid.replaceAll("-", ""), "contoso.example", ""];
  deepEqual(others.filter(isGuid), []);
});
