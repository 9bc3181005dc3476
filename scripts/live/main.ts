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
 *
 * `--compute NAME` uses a cluster in place of serverless compute, `--environment NAME` another environment, `--program
 * FILE` an executable in place of this checkout, `--timeout SECONDS` waits that long for a job (1,800), `--output FILE`
 * names the report (live-check.md).
 */

import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { VERSION } from "../../src/core/version.ts";
import { CURATED, writeProject } from "./project.ts";
import { createScrubber, isGood, type LiveResult, renderReport } from "./report.ts";
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
} as const;

const ROOT = resolve(import.meta.dirname!, "../..");

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** The program and the words before its own. */
function programOf(file: string | undefined): readonly [string, ...string[]] {
  if (file !== undefined) return [resolve(file)];
  const of = ["--config", join(ROOT, "deno.json"), `--lock=${join(ROOT, "deno.lock")}`, "--frozen"];
  return [Deno.execPath(), "run", ...of, "--no-check", "-A", join(ROOT, "main.ts")];
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: OPTIONS });
  const required = ["subscription-id", "resource-group", "workspace-name"] as const;
  const missing = required.find((name) => values[name] === undefined);
  if (missing !== undefined) {
    say(`error: missing required option --${missing}`);
    return 2;
  }
  const folder = await Deno.makeTempDir({ prefix: "live-check-" });
  const prefix = `live-check-${crypto.randomUUID().slice(0, 8)}`;
  const place = {
    subscriptionId: values["subscription-id"]!,
    resourceGroup: values["resource-group"]!,
    workspace: values["workspace-name"]!,
    compute: values.compute,
    environment: values.environment,
    prefix,
    startsAt: `${new Date().getFullYear() + 2}-01-01T00:00:00`,
  };
  await writeProject(join(folder, "project"), place);
  const program = programOf(values.program);
  const results = await runSteps(liveSteps(prefix, Number(values.timeout)), program, folder);
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
  const about = {
    version: VERSION,
    date: new Date().toISOString().slice(0, 10),
    system: `${Deno.build.target}, ${Deno.osRelease()}`,
    program: values.program === undefined ? "from source" : "executable",
    compute: place.compute,
    environment: place.environment,
  };
  await Deno.writeTextFile(values.output, renderReport(results, about, scrub));
  await Deno.remove(folder, { recursive: true });
  const bad = results.filter((result) => !isGood(result)).length;
  say(`${results.length - bad} as expected, ${bad} to look at. Read ${values.output}, then send it.`);
  return bad === 0 ? 0 : 1;
}

/** Runs one after the other; after Ctrl+C only those that clean up. */
async function runSteps(
  steps: readonly LiveStep[],
  [first, ...words]: readonly [string, ...string[]],
  folder: string,
): Promise<readonly LiveResult[]> {
  let isInterrupted = false;
  const interrupt = () => void (isInterrupted = true);
  Deno.addSignalListener("SIGINT", interrupt);
  const results: LiveResult[] = [];
  for (const step of steps) {
    if (isInterrupted && !step.cleansUp) continue;
    const line = step.line.split(" ").map((word) => word.replace("FILES", join(folder, "files")));
    const startedAt = performance.now();
    const project = ["-C", join(folder, "project"), "--no-input", "--no-color", "--verbose"];
    const ended = await runProgram(first, [...words, ...project, ...line]);
    const result = { step, ...ended, seconds: Math.round((performance.now() - startedAt) / 1000) };
    results.push(result);
    say(`  ${isGood(result) ? "ok  " : "LOOK"} ${step.line} (exit ${ended.code}, ${result.seconds} s)`);
  }
  Deno.removeSignalListener("SIGINT", interrupt);
  return results;
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
