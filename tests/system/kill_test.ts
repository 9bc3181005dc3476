import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { createEmulator, type Emulator } from "../fakes/emulator.ts";
import { environmentOf } from "../../src/app/emulator/use.ts";
import { serve } from "../../src/system/serve.ts";
import { TINY_SEED } from "../fakes/seed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Jobs take an hour, so only canceling ends them. */
const PACE = { prepareMs: 500, stepMs: 3_600_000, parallelSteps: 2, cancelMs: 100 };

/** The request at which a signal is sent; `slowMs` is how long that request then takes. */
interface Moment {
  readonly name: string;
  readonly at: RegExp;
  readonly slowMs?: number;
  readonly signal: Deno.Signal;
  readonly options: readonly string[];
}

/** A killed command. */
interface Ended {
  readonly azure: Emulator;
  readonly exit: number;
  readonly stderr: string;
  /** Whether the cancel request was sent before the pending request was answered. */
  readonly isCanceledFirst: boolean;
  /** Runs another command line in the same folder. */
  after(...line: string[]): Promise<{ exit: number; stdout: string; stderr: string }>;
}

/** Submits in a process and sends a signal; kills it ten seconds later, as CI systems do. */
async function submitAndKill(moment: Moment, check: (ended: Ended) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const control = new AbortController();
  try {
    const { authority, certificate, key } = await createCertificate(new Date());
    await Deno.writeTextFile(`${folder}/ca.pem`, authority);
    let signalledAt = 0;
    let [isAnswered, isCanceledFirst] = [false, false];
    const { port } = await serve(async (request) => {
      const line = `${request.method} ${new URL(request.url).pathname}`;
      if (/^POST .*\/jobs\/[^/]+\/cancel$/.test(line) && signalledAt > 0) {
        isCanceledFirst ||= !isAnswered;
      }
      if (signalledAt > 0 || !moment.at.test(line)) return await azure.fetch(request);
      signalledAt = performance.now();
      child.kill(moment.signal);
      await new Promise((resolve) => setTimeout(resolve, moment.slowMs ?? 0));
      isAnswered = true;
      return await azure.fetch(request);
    }, { port: 0, tls: { certificate, key }, signal: control.signal });
    const origin = `https://127.0.0.1:${port}`;
    const clock = {
      now: () => new Date(),
      sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    };
    const random = { uuid: () => crypto.randomUUID(), number: () => Math.random() };
    const azure = createEmulator({ origin, clock, random, seed: TINY_SEED, pace: PACE });
    const env = {
      ...environmentOf({ origin, caFile: `${folder}/ca.pem`, identity: azure.identity }),
      HOME: folder,
    };
    const start = (line: readonly string[]) =>
      new Deno.Command(Deno.execPath(), {
        args: [
          "run",
          "-A",
          `--lock=${ROOT}deno.lock`,
          `--config=${ROOT}deno.json`,
          `${ROOT}main.ts`,
          ...line,
        ],
        cwd: `${ROOT}tests/golden/projects/tiny`,
        env: { ...env, DENO_DIR: Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno` },
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    const file = `${folder}/jobs.json`;
    const child = start([
      "submit",
      "-j",
      "main",
      "--allow",
      "dataset.not_uploaded",
      "--output-file",
      file,
      ...moment.options,
    ]);
    const output = child.output();
    const wait = setInterval(() => {
      if (signalledAt > 0 && performance.now() - signalledAt > 10_000) child.kill("SIGKILL");
    }, 100);
    const ended = await output;
    clearInterval(wait);
    await check({
      azure,
      exit: ended.code,
      stderr: text(ended.stderr),
      isCanceledFirst,
      async after(...line) {
        const { code, stdout, stderr } = await start(line.map((word) => word.replace("FILE", file))).output();
        return { exit: code, stdout: text(stdout), stderr: text(stderr) };
      },
    });
  } finally {
    control.abort();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs the cleanup command and asserts that every job is canceled. */
async function assertNothingRuns({ azure, after }: Ended): Promise<void> {
  const { exit, stderr } = await after("job", "cancel", "--from", "FILE");
  assert.equal(exit, 0, stderr);
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const { name } of azure.resources("jobs")) assert.equal(azure.jobStatus(name), "Canceled", name);
}

const cancelling = ["--wait-for-completion", "--cancel-on-interrupt"];
const keepsConnections = { sanitizeResources: false, sanitizeOps: false };

const moments: readonly (Moment & { readonly jobs: number; readonly says: RegExp; readonly exit: number })[] =
  [
    {
      name: "SIGTERM before the job is sent",
      at: /^PUT .*\/components\//,
      slowMs: 1000,
      signal: "SIGTERM",
      options: cancelling,
      jobs: 0,
      says: /Interrupted by SIGTERM; nothing was submitted\n/,
      exit: 143,
    },
    {
      name: "SIGTERM while a slow job is sent",
      at: /^PUT .*\/jobs\//,
      slowMs: 3000,
      signal: "SIGTERM",
      options: cancelling,
      jobs: 1,
      says: /Interrupted by SIGTERM; job "\w+" is being canceled/,
      exit: 143,
    },
    {
      name: "SIGINT without --cancel-on-interrupt",
      at: /^PUT .*\/jobs\//,
      slowMs: 1000,
      signal: "SIGINT",
      options: ["--wait-for-completion"],
      jobs: 1,
      says: /Interrupted \(Ctrl\+C\); job "\w+" keeps running\nhint: .*job cancel --from /,
      exit: 130,
    },
    {
      name: "SIGINT while steps are read",
      at: /^GET \/history\//,
      slowMs: 5000,
      signal: "SIGINT",
      options: cancelling,
      jobs: 1,
      says: /Interrupted \(Ctrl\+C\); job "\w+" is being canceled/,
      exit: 130,
    },
    {
      name: "SIGKILL while the job is sent",
      at: /^PUT .*\/jobs\//,
      signal: "SIGKILL",
      options: cancelling,
      jobs: 1,
      says: /Submitting job main/,
      exit: 137,
    },
  ];

for (const moment of moments) {
  Deno.test(
    `job cancel --from cancels every job after ${moment.name}`,
    keepsConnections,
    async () => {
      await submitAndKill(moment, async (ended) => {
        assert.match(ended.stderr, moment.says);
        assert.equal(ended.exit, moment.exit, ended.stderr);
        assert.equal(ended.azure.resources("jobs").length, moment.jobs);
        if (/being canceled/.test(ended.stderr)) assert.ok(ended.isCanceledFirst);
        await assertNothingRuns(ended);
      });
    },
  );
}
