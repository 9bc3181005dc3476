import { deepStrictEqual, equal } from "node:assert/strict";
import { failedNode, nodeLines, openNodeFilter } from "../../../../src/azureml/job/compile/command.ts";

const LOG = [
  "kedro-azureml: node 1/3 load.data: started",
  "INFO kedro-azureml: node 9/9 not a line of its own: started",
  "kedro-azureml: node 1/3 load.data: completed in 12 s",
  "kedro-azureml: node 2/3 f([a]) -> [b]: started\r",
  "kedro-azureml: node 2/3 f([a]) -> [b]: failed in 3 s with exit code 137",
  "kedro-azureml: node 3/3 third: finished",
  "",
].join("\n");

Deno.test("nodeLines() reads the status of nodes from a log", () => {
  deepStrictEqual(nodeLines(LOG), [
    { name: "load.data", status: "Running" },
    { name: "load.data", status: "Completed", durationMs: 12_000 },
    { name: "f([a]) -> [b]", status: "Running" },
    { name: "f([a]) -> [b]", status: "Failed", durationMs: 3000, exitCode: 137 },
  ]);
});

Deno.test("failedNode() returns the first unfinished node", () => {
  equal(failedNode(LOG), "f([a]) -> [b]");
  equal(failedNode("Traceback"), undefined);
  equal(failedNode("kedro-azureml: node 1/2 slow: started\nsleeping"), "slow");
  equal(failedNode("kedro-azureml: node 1/2 quick: completed in 1 s\nCannot upload"), undefined);
  equal(failedNode(undefined), undefined);
});

Deno.test("openNodeFilter() returns the log lines of one node", () => {
  const log = [
    "before",
    "kedro-azureml: node 1/3 load: started",
    "loading",
    "kedro-azureml: node 1/3 load: completed in 12 s",
    "kedro-azureml: node 2/3 train: started",
    "training",
    "trained",
    "kedro-azureml: node 2/3 train: completed in 1 s",
    "kedro-azureml: node 3/3 report: started",
    "reporting",
    "",
  ].map((line) => `${line}\n`);
  const train = log.slice(4, 8).join("");
  equal(openNodeFilter("train")(log.join("")), train);
  const filter = openNodeFilter("train");
  equal(log.map((line) => filter(line)).join(""), train);
  equal(openNodeFilter("report")(log.join("")), log.slice(8).join(""));
  equal(openNodeFilter("never")(log.join("")), "");
  const [ended, after] = ["kedro-azureml: node 2/3 train: completed in 1 s\n", "of the step itself\n"];
  equal(openNodeFilter("train")(ended + after), ended, "what follows the end of a node is not its own");
});
