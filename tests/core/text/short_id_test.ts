import { equal } from "node:assert/strict";
import { shortId } from "../../../src/core/text/short_id.ts";

const WORKSPACE =
  "/subscriptions/1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

Deno.test("shortId() shortens ids, and does not change other text", () => {
  equal(shortId(`${WORKSPACE}/environments/kedro-env/versions/12`), "kedro-env:12");
  equal(shortId(`azureml:${WORKSPACE}/environments/kedro-env/labels/latest`), "kedro-env:latest");
  equal(shortId(`${WORKSPACE}/computes/cpu`), "cpu");
  for (const text of ["azureml:kedro-env:12", "cpu", "a/b", ""]) equal(shortId(text), text);
});
