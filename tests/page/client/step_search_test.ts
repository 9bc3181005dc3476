import { ok } from "node:assert/strict";
import { searchText } from "../../../src/page/client/workbench.tsx";
import type { StepView } from "../../../src/page/view.ts";

Deno.test("filter of steps ignores environment variables", () => {
  const step: StepView = {
    key: "fit",
    label: "Fit",
    compute: "GPU",
    source: "nodes.py:7",
    nodes: ["clean"],
    tags: ["nightly"],
    needs: [],
    inputs: [{ name: "cleaned", type: "uri_folder", value: "azureml:raw:1" }],
    outputs: [{ name: "model", type: "uri_folder" }],
    facts: [["Environment", "kedro-env:12"]],
    variables: [["SECRET", "hidden"]],
    tracked: [{ metrics: [{ name: "mae", value: 1.5 }], params: [] }],
    logs: [{ name: "std_log.txt", text: "Loading data" }],
    failure: { message: "No column", exception: "KeyError" },
  } as StepView;
  const text = searchText(step);
  const words =
    "fit gpu nodes.py:7 clean nightly cleaned azureml:raw:1 model kedro-env:12 mae loading keyerror column";
  for (const word of words.split(" ")) ok(text.includes(word), word);
  ok(!text.includes("hidden"));
});
