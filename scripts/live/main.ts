/**
 * Tries the program in a real workspace, and writes a report without secrets that can be sent to its authors. Run it by
 * hand, signed in (`az login`, or `auth login`):
 *
 * ```sh
 * deno run -A scripts/live/main.ts --subscription-id ID --resource-group NAME --workspace-name NAME
 * ```
 *
 * It reads, submits two jobs of two tiny steps in a curated environment, cancels one, gets the logs and outputs of the
 * other, makes two schedules that never fire, and deletes them. Some ten minutes, most of them for a machine to start.
 * What your identity or network may not do is noted, and what depends on it is skipped; `--read-only` writes nothing at
 * all. What it made is canceled or deleted at the end, also after Ctrl+C; the ended jobs, their code and components stay,
 * because Azure ML cannot delete them.
 *
 * `--compute NAME` uses a cluster in place of serverless compute, `--environment NAME` another environment, `--program
 * FILE` an executable in place of this checkout, `--timeout SECONDS` waits that long for a job (1,800), `--output FILE`
 * names the report (live-check.md). `--record FILE` also writes what Azure ML answered in the form of tests/recorded:
 * keys, and patterns in place of texts. Read both before you send them.
 */

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { VERSION } from "../../src/core/version.ts";
import { CURATED, writeProject } from "./project.ts";
import { recordingsText } from "./record.ts";
import { createScrubber, type LiveResult, renderReport, type Verdict, verdictOf } from "./report.ts";
import { type LiveStep, liveSteps } from "./steps.ts";
import { runProgram } from "../shared/run_program.ts";

const OPTIONS = {
  "subscription-id": { type: "string" },
  "resource-group": { type: "string" },
  "workspace-name": { type: "string" },
  compute: { type: "string", default: "serverless" },
  environment: { type: "string", default: CURATED },
  program: { type: "string" },
  timeout: { type: "string", default: "1800" },
  output: { type: "string", default: "live-check.md" },
  record: { type: "string" },
  "read-only": { type: "boolean", default: false },
} as const;

const ROOT = resolve(import.meta.dirname!, "../..");

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** The program and the words before its own. */
function programOf(file: string | undefined, isRecorded: boolean): readonly [string, ...string[]] {
  if (file !== undefined) return [resolve(file)];
  const of = ["--config", join(ROOT, "deno.json"), `--lock=${join(ROOT, "deno.lock")}`, "--frozen"];
  return [
    Deno.execPath(),
    "run",
    ...of,
    "--no-check",
    "-A",
    join(ROOT, isRecorded ? "scripts/live/recorder.ts" : "main.ts"),
  ];
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  const required = ["subscription-id", "resource-group", "workspace-name"] as const;
  const missing = required.find((name) => values[name] === undefined);
  if (missing !== undefined) {
    say(`error: missing required option --${missing}`);
    return 2;
  }
  if (values.record !== undefined && values.program !== undefined) {
    say("error: --record needs the program of this checkout; omit --program");
    return 2;
  }
  const folder = await Deno.makeTempDir({ prefix: "live-check-" });
  try {
    return await check(values as Required<typeof values>, folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The options, all of which but `program` and `record` have a value. */
type Values = Readonly<Record<Exclude<keyof typeof OPTIONS, "program" | "record" | "read-only">, string>> & {
  readonly program?: string;
  readonly record?: string;
  readonly "read-only": boolean;
};

async function check(values: Values, folder: string): Promise<number> {
  const prefix = `live-check-${crypto.randomUUID().slice(0, 8)}`;
  const place = {
    subscriptionId: values["subscription-id"],
    resourceGroup: values["resource-group"],
    workspace: values["workspace-name"],
    compute: values.compute,
    environment: values.environment,
    prefix,
    startsAt: `${new Date().getFullYear() + 2}-01-01T00:00:00`,
  };
  await writeProject(join(folder, "project"), place);
  const all = liveSteps(prefix, Number(values.timeout));
  const steps = values["read-only"] ? all.filter((step) => !writes(step)) : all;
  const exchanges = join(folder, "exchanges");
  const { results, skipped } = await runSteps(steps, programOf(values.program, values.record !== undefined), {
    folder,
    env: values.record === undefined ? {} : { LIVE_RECORDING: exchanges, LIVE_PREFIX: prefix },
  });
  const scrub = createScrubber({
    subscription: place.subscriptionId,
    "resource group": place.resourceGroup,
    workspace: place.workspace,
    ...place.compute === "serverless" ? {} : { compute: place.compute },
    ...place.environment === CURATED ? {} : { environment: place.environment },
    folder,
    home: Deno.env.get("HOME") ?? Deno.env.get("USERPROFILE") ?? "",
    user: Deno.env.get("USER") ?? Deno.env.get("USERNAME") ?? "",
    host: Deno.hostname(),
    "account name": accountName(results),
  });
  const date = new Date().toISOString().slice(0, 10);
  const about = {
    version: VERSION,
    date,
    system: `${Deno.build.target}, ${Deno.osRelease()}`,
    program: values.program === undefined ? "from source" : "executable",
    compute: place.compute,
    environment: place.environment,
  };
  await Deno.writeTextFile(values.output, renderReport(results, about, scrub, skipped));
  if (values.record !== undefined) {
    const lines = (await Deno.readTextFile(exchanges).catch(() => "")).trim().split("\n").filter(Boolean);
    const text = recordingsText(lines, { commit: VERSION, recorded: date.slice(0, 7) });
    await Deno.writeTextFile(values.record, scrub(text));
  }
  const count = (verdict: Verdict) => results.filter((result) => verdictOf(result) === verdict).length;
  say(
    `${count("ok")} as expected, ${count("not allowed")} not allowed, ${skipped.length} skipped, ${
      count("look")
    } to look at. ` +
      `Read ${[values.output, values.record].filter(Boolean).join(" and ")}, then send it.`,
  );
  return count("look") === 0 ? 0 : 1;
}

/** Whether a step changes the workspace, or depends on one that does. */
function writes({ makes, needs, cleansUp }: LiveStep): boolean {
  return (makes ?? needs ?? cleansUp) !== undefined;
}

/** Runs one after the other; those whose need was not made are skipped, and after Ctrl+C all but those that clean up. */
async function runSteps(
  steps: readonly LiveStep[],
  [first, ...words]: readonly [string, ...string[]],
  { folder, env }: { readonly folder: string; readonly env: Record<string, string> },
): Promise<{ readonly results: readonly LiveResult[]; readonly skipped: readonly LiveStep[] }> {
  let isInterrupted = false;
  const interrupt = () => void (isInterrupted = true);
  const signals: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM"];
  for (const signal of signals) Deno.addSignalListener(signal, interrupt);
  const results: LiveResult[] = [];
  const skipped: LiveStep[] = [];
  const [tried, made] = [new Set<string>(), new Set<string>()];
  for (const step of steps) {
    const isOpen = step.cleansUp === undefined
      ? !isInterrupted && (step.needs === undefined || made.has(step.needs))
      : tried.has(step.cleansUp);
    if (!isOpen) {
      if (step.cleansUp === undefined) skipped.push(step);
      continue;
    }
    const line = step.line.split(" ").map((word) => word.replace("FILES", join(folder, "files")));
    const startedAt = performance.now();
    const project = ["-C", join(folder, "project"), "--no-input", "--no-color", "--verbose"];
    if (step.makes !== undefined) tried.add(step.makes);
    const ended = await runProgram(first, [...words, ...project, ...line], { env });
    const result = { step, ...ended, seconds: Math.round((performance.now() - startedAt) / 1000) };
    if (step.makes !== undefined && ended.code === 0) made.add(step.makes);
    results.push(result);
    const verdict = { ok: "ok  ", "not allowed": "no  ", look: "LOOK" }[verdictOf(result)];
    say(`  ${verdict} ${step.line} (exit ${ended.code}, ${result.seconds} s)`);
  }
  for (const signal of signals) Deno.removeSignalListener(signal, interrupt);
  return { results, skipped };
}

/** The name of the account, as the first command says it. */
function accountName([first]: readonly LiveResult[]): string {
  try {
    return JSON.parse(first!.stdout).identity?.name ?? "";
  } catch {
    return "";
  }
}

if (import.meta.main) Deno.exit(await main());
