import { ok } from "node:assert/strict";
import { makeWorld, type WorldOptions } from "./world.ts";

/** Command lines before the last one, which prints the code, and the options of their world. */
interface Case {
  readonly lines: readonly string[];
  readonly world?: WorldOptions;
}

const one = (...lines: readonly string[]): Case => ({ lines });
const CRON: WorldOptions = { project: "cronflow" };

const NO_HISTORY: WorldOptions = {
  emulator: { faults: [{ url: /\/history\//, times: Infinity, happens: { kind: "status", status: 403 } }] },
};
const answers = (status: number, method: string, url: RegExp): WorldOptions => ({
  emulator: { faults: [{ method, url, times: Infinity, happens: { kind: "status", status } }] },
});

/** A command that reports each code. */
const CASES: Readonly<Record<string, Case>> = {
  "usage.status": one("job list --status runing"),
  "usage.display_name": one("submit main --display-name one=x"),
  "usage.name_of_several": one("submit main one --name fox"),
  "usage.needs_wait": one("submit main --timeout 5"),
  "usage.against_several": one("diff main one --against fox"),
  "usage.not_confirmed": one("submit main --name fox", "job cancel"),
  "usage.no_help": one("help nothing"),
  "usage.output_without_html": one("inspect -o x.html"),
  "usage.allow_unused": one("validate main --allow no.such"),
  "usage.claims_challenge": one("auth login --claims-challenge x"),
  "usage.params_file": one("compile main --params-file none.yml"),
  "usage.from_and_name": one(
    "submit main --name fox --output-file jobs.json",
    "job cancel fox --from jobs.json",
  ),
  "usage.delete_and_environment": { lines: ["schedule --delete --aml-env x -j multi"], world: CRON },
  "jobs_file.not_found": one("job cancel --from none.json"),
  "jobs_file.unknown": one("job cancel --from pyproject.toml"),
  "job.none_submitted": one("job show"),
  "job.not_found": one("job show none"),
  "job.no_step": one("submit main --name fox --wait", "job logs --step nothing"),
  "job.timed_out": {
    lines: ["submit main --wait --timeout 1"],
    world: { emulator: { pace: { stepMs: 60_000 } } },
  },
  "job_list.empty": one("job list"),
  "diff.no_run": one("diff main"),
  "compare.runs": one("submit main --name fox", "job compare fox fox"),
  "kept.none": one("job report --from conf"),
  "emulator.not_running": one("emulator env"),
  "rehearse.windows": { lines: ["rehearse main"], world: { platform: "windows" } },
  "rehearse.python": one("rehearse main --python python9"),
  "rehearse.fail": one("rehearse main --venv /venv --fail nothing"),
  "download.nothing": one("submit main --name fox", "job download fox --outputs"),
  "rerun.not_ended": one("submit main --name fox", "rerun fox --from-failed"),
  "callback.not_found": one("submit main --on-job-scheduled tiny.notify:none"),
  "usage.no_name": one("job show "),
  "schedule.not_found": { lines: ["schedule pause none"], world: CRON },
  "compare.no_run": one("submit main --name fox", "job compare main~7 fox"),
  "follow.no_steps": { lines: ["submit main --wait"], world: NO_HISTORY },
  "report.incomplete": { lines: ["submit main --name fox", "job report fox"], world: NO_HISTORY },
  "job.no_steps": { lines: ["submit main --name fox", "job show fox"], world: NO_HISTORY },
  "job.no_logs": one("submit main --name fox", "job logs fox"),
  "azure.conflict": { lines: ["submit main"], world: answers(409, "PUT", /\/jobs\//) },
  "azure.unauthorized": { lines: ["job list"], world: answers(401, "GET", /\/jobs\?/) },
  "run_history.not_found": {
    lines: ["submit main --name fox", "job logs fox"],
    world: answers(404, "GET", /\/discovery/),
  },
  "auth.nobody": { lines: ["auth login"], world: { env: { CI: "true" } } },
};

for (const [code, { lines, world }] of Object.entries(CASES)) {
  Deno.test(`${lines.at(-1)} reports ${code}`, async () => {
    const { ctx, kedroAzureml } = makeWorld(world);
    for (const line of lines.slice(0, -1)) await kedroAzureml(line);
    const before = ctx.stderr().length;

    await kedroAzureml(`${lines.at(-1)} --json`);

    const messages = ctx.stderr().slice(before).trim().split("\n").map((line) => JSON.parse(line));
    const codes = messages.flatMap(({ error, warning }) => error?.code ?? warning?.code ?? []);
    ok(codes.includes(code), codes.join(", "));
  });
}
