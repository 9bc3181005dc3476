import { equal } from "node:assert/strict";
import { mainMetricsText, rerunStepsText } from "../../../src/cli/text/run_results.ts";

const stepOf = (label: string) => ({ key: label.replace(".", "_"), label, compute: undefined, needs: [] });
Deno.test("rerun names ten skipped steps and counts the others", () => {
  const names = (count: number) => Array.from({ length: count }, (_, at) => `s.${at}`);
  const leftOut = (count: number) => names(count).map((name) => stepOf(name));
  equal(rerunStepsText({ steps: [stepOf("a")], leftOut: [] }), "1 step");
  equal(
    rerunStepsText({ steps: [stepOf("a")], leftOut: leftOut(10) }),
    `1 step; skipping ${names(10).join(", ")} (completed)`,
  );
  equal(
    rerunStepsText({ steps: [stepOf("a")], leftOut: leftOut(12) }),
    `1 step; skipping ${names(10).join(", ")}, 2 more (completed)`,
  );
});

Deno.test("job show prints eight metrics and counts the others", () => {
  const metrics = (count: number) =>
    Array.from(
      { length: count },
      (_, at) => ({ step: at === 0 ? undefined : "train", name: `m${at}`, value: at / 4 }),
    );
  equal(mainMetricsText([]), "");
  equal(mainMetricsText(metrics(2)), "  m0  0\n  m1  0.25  train\n");
  equal(mainMetricsText(metrics(8)).split("\n").length, 9);
  equal(
    mainMetricsText(metrics(9), "fox").split("\n").at(-2),
    "  and 1 more metric: `kedro-azureml job metrics fox`",
  );
  equal(mainMetricsText(metrics(10)).split("\n").at(-2), "  and 2 more metrics");
});
