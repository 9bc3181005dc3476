import { deepEqual, equal, match } from "node:assert/strict";
import type { RunView } from "../../../src/page/view.ts";
import { makeWorld, type World } from "../world.ts";

/** Runs a command line after a run has ended, when these requests are refused or cut; returns what it printed. */
async function afterRun(
  { submit = "submit -j main --name fox --wait", refused, cut }: {
    readonly submit?: string;
    readonly refused?: RegExp;
    readonly cut?: RegExp;
  },
  line: string,
) {
  let isLost = false;
  const world: World = makeWorld({
    fetch: async (request) => {
      if (isLost && cut?.test(request.url)) throw new TypeError("connection closed");
      if (isLost && refused?.test(request.url)) return new Response("", { status: 403 });
      return await world.azure.fetch(request);
    },
  });
  await world.kedroAzureml(submit);
  const before = world.ctx.stdout().length;
  isLost = true;
  const exit = await world.kedroAzureml(line);
  return { exit, world, out: world.ctx.stdout().slice(before), err: world.ctx.stderr() };
}

const GROUPED = "submit main --group-by chain --name fox --wait";

const nodesIn = (out: string) =>
  JSON.parse(out).steps[0].nodes?.map(({ node, status }: Record<string, string>) => [node, status]);

for (
  const [what, lost, nodes] of [
    ["with its nodes", {}, [["clean", "Completed"], ["count", "Completed"]]],
    ["with its nodes if its log is refused", { refused: /std_log/ }, [["clean", "Completed"], [
      "count",
      "Completed",
    ]]],
    ["without nodes if its log cannot be reached", { cut: /std_log/ }, undefined],
  ] as const
) {
  Deno.test(`job show shows a grouped step ${what}`, async () => {
    const { exit, out, err } = await afterRun({ submit: GROUPED, ...lost }, "job show fox --json");
    equal(exit, 0, err);
    deepEqual(nodesIn(out), nodes);
  });
}

for (
  const [what, lost, expected] of [
    ["has no notices if the logs are refused", { refused: /std_log/ }, []],
    ["says that logs are missing if they cannot be reached", { cut: /std_log/ }, [
      /^Logs and outputs of 2 of 2 steps are missing: Cannot read/,
    ]],
    ["has no notices if the logs can be read", {}, []],
    ["says that the commands are missing if components are refused", { refused: /\/components\// }, [
      /^The commands of the steps are not available: /,
    ]],
    ["says that the difference is missing if jobs cannot be listed", { refused: /\/jobs\?/ }, [
      /^The difference to the run before is missing: /,
    ]],
    ["says that the metrics are missing if they cannot be reached", { cut: /\/mlflow\// }, [
      /^The metrics are missing: /,
    ]],
  ] as const
) {
  Deno.test(`job report ${what}`, async () => {
    const { exit, world, err } = await afterRun(lost, "job report fox");
    equal(exit, 0, err);
    const html = new TextDecoder().decode(world.ctx.files.get(`${world.ctx.cwd}/report.html`));
    const { steps, notices } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!).view as RunView;
    deepEqual(steps.map(({ status }) => status), ["Completed", "Completed"]);
    equal(notices?.length ?? 0, expected.length, notices?.join());
    for (const [at, line] of expected.entries()) match(notices![at]!, line);
  });
}

Deno.test("job report --previews reports unreachable outputs", async () => {
  const { exit, world, err } = await afterRun({ cut: /comp=list/ }, "job report fox --previews");
  equal(exit, 0, err);
  const html = new TextDecoder().decode(world.ctx.files.get(`${world.ctx.cwd}/report.html`));
  const { steps, notices } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!).view as RunView;
  deepEqual(steps.map(({ logs }) => logs?.length), [1, 1]);
  match(
    notices!.join("\n"),
    /^Some values of metrics, or files of runs, are missing: Cannot list the files of output/,
  );
});

Deno.test("job report shows steps as unknown if run history is refused", async () => {
  const { exit, world, err } = await afterRun({ refused: /\/history\// }, "job report fox");
  equal(exit, 0, err);
  const html = new TextDecoder().decode(world.ctx.files.get(`${world.ctx.cwd}/report.html`));
  const { status, steps, notices } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!).view as RunView;
  deepEqual(status, "Completed");
  deepEqual(steps.map(({ label, compute, status }) => [label, compute, status]), [
    ["clean", "cpu-cluster", "Unknown"],
    ["count", "cpu-cluster", "Unknown"],
  ]);
  match(notices!.join("\n"), /^The status of the steps is not available: /);
});
