import { deepEqual, rejects } from "node:assert/strict";
import { followLogs, readLogs } from "../../../src/app/job/logs.ts";
import { failingRun } from "./failing_run.ts";

type LogsOptions = Parameters<typeof readLogs>[1];

/** What is shown of each log: its step, whether there may be others, and its lines about nodes. */
async function shown(
  read: typeof readLogs,
  options: LogsOptions,
  { wait = true, label = "Fit it", unlogged }: {
    readonly wait?: boolean;
    readonly label?: string;
    readonly unlogged?: RegExp;
  } = {},
) {
  const made = await failingRun(label, unlogged);
  if (wait) await made.clock.sleep(600_000);
  const results = await Array.fromAsync(read(made.target, options));
  return results.map((result) =>
    result.type === "failed"
      ? `${result.step} failed in ${result.node}`
      : `${result.step}${result.isOneOfMany ? " (one of many)" : ""}: ${
        [...result.text.matchAll(/^kedro-azureml: node \d\/\d (.+?)(?: in \d+ s.*)?$/gm)].map(([, line]) =>
          line
        )
      }`
  );
}

const ALL = "fit: started,fit: completed,plot: started,plot: failed";

Deno.test("readLogs() shows the logs of all steps, of failed ones, of a step, or of a node", async () => {
  const failed = ["Fit it failed in plot"];
  deepEqual(await shown(readLogs, {}), ["a (one of many): ", ...failed, `Fit it (one of many): ${ALL}`]);
  deepEqual(await shown(readLogs, { failed: true }), [...failed, `Fit it: ${ALL}`]);
  for (const step of ["b", "Fit it"]) {
    deepEqual(await shown(readLogs, { step }), [...failed, `Fit it: ${ALL}`]);
  }
  deepEqual(await shown(readLogs, { step: "plot" }), [...failed, "Fit it: plot: started,plot: failed"]);
  deepEqual(await shown(readLogs, { step: "fit" }), ["Fit it: fit: started,fit: completed"]);
});

Deno.test("readLogs() says so if a node has logged nothing", async () => {
  const unlogged = /^kedro-azureml: node 2.*$/gm;
  await rejects(shown(readLogs, { step: "plot" }, { unlogged }), {
    code: "job.no_logs",
    message: 'Job "j1" has no logs to show: step "plot" logged nothing (status: Failed)',
  });
});

Deno.test("followLogs() shows the logs of all steps, of a step, or of a node, as they are written", async () => {
  const whole = async (options: LogsOptions) => (await shown(followLogs, options, { wait: false })).join();
  const names = (text: string) => [...new Set(text.match(/(?:a|Fit it)(?: \(one of many\))?(?=:)/g))];
  deepEqual(names(await whole({})), ["a (one of many)", "Fit it (one of many)"]);
  deepEqual(names(await whole({ step: "a" })), ["a"]);
  const b = await whole({ step: "b" });
  deepEqual([names(b), ["fit: started", "plot: failed"].map((line) => b.includes(line))], [["Fit it"], [
    true,
    true,
  ]]);
  const plot = await whole({ step: "plot" });
  deepEqual([plot.includes("fit: "), plot.includes("plot: failed")], [false, true]);
});
