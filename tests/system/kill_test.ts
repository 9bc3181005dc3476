import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { createCertificate } from "../../src/emulator/certificate.ts";
import { createEmulator, type Emulator } from "../../src/emulator/emulator.ts";
import { environmentOf } from "../../src/emulator/environment.ts";
import { serve } from "../../src/system/serve.ts";
import { TINY_SEED } from "../fakes/seed.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** Jobs that take an hour, so that only a cancelling ends them. */
const PACE = { prepareMs: 500, stepMs: 3_600_000, parallelSteps: 2, cancelMs: 100 };

/** When a signal is sent: at a request, before or after it has done its work; `slowMs` is how long it then takes. */
interface Moment {
  readonly name: string;
  readonly at: RegExp;
  readonly slowMs?: number;
  readonly signal: Deno.Signal;
  readonly options: readonly string[];
}

/** A command that was ended, and what is left of it. */
interface Ended {
  readonly azure: Emulator;
  readonly exit: number;
  readonly stderr: string;
  /** Whether the request that cancels came before the one was answered at which the signal was sent. */
  readonly isCancelledFirst: boolean;
  /** Runs another command line beside what the first one left. */
  after(...line: string[]): Promise<{ exit: number; stdout: string; stderr: string }>;
}

/** Submits for real, and sends a signal at a moment; ten seconds later it is killed, as a CI system does. */
async function killed(moment: Moment, check: (ended: Ended) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  const control = new AbortController();
  try {
    const { authority, certificate, key } = await createCertificate(new Date());
    await Deno.writeTextFile(`${folder}/ca.pem`, authority);
    let signalledAt = 0;
    let [isAnswered, isCancelledFirst] = [false, false];
    const { port } = await serve(async (request) => {
      const line = `${request.method} ${new URL(request.url).pathname}`;
      if (/^POST .*\/jobs\/[^/]+\/cancel$/.test(line) && signalledAt > 0) {
        isCancelledFirst ||= !isAnswered;
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
    const child = start(["submit", "-j", "main", "--output-file", file, ...moment.options]);
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
      isCancelledFirst,
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

/** Whatever happened, nothing runs any more once the clean-up step has run. */
async function nothingIsLeft({ azure, after }: Ended): Promise<void> {
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
      signal: "SIGTERM",
      options: cancelling,
      jobs: 0,
      says: /Interrupted by SIGTERM\n/,
      exit: 143,
    },
    {
      name: "SIGTERM while the job is on its way, and takes 3 s",
      at: /^PUT .*\/jobs\//,
      slowMs: 3000,
      signal: "SIGTERM",
      options: cancelling,
      jobs: 1,
      says: /Interrupted by SIGTERM; job "\w+" is being cancelled/,
      exit: 143,
    },
    {
      name: "SIGINT while the job is on its way, and the job is to go on",
      at: /^PUT .*\/jobs\//,
      slowMs: 1000,
      signal: "SIGINT",
      options: ["--wait-for-completion"],
      jobs: 1,
      says: /Interrupted by SIGINT; job "\w+" keeps running\nhint: .*job cancel --from /,
      exit: 130,
    },
    {
      name: "SIGINT while the steps are read",
      at: /^GET \/history\//,
      slowMs: 5000,
      signal: "SIGINT",
      options: cancelling,
      jobs: 1,
      says: /Interrupted by SIGINT; job "\w+" is being cancelled/,
      exit: 130,
    },
    {
      name: "SIGKILL while the job is on its way",
      at: /^PUT .*\/jobs\//,
      signal: "SIGKILL",
      options: cancelling,
      jobs: 1,
      says: /Submitting job main/,
      exit: 137,
    },
  ];

for (const moment of moments) {
  Deno.test(`a command is killed: ${moment.name}`, keepsConnections, async () => {
    await killed(moment, async (ended) => {
      assert.match(ended.stderr, moment.says);
      assert.equal(ended.exit, moment.exit, ended.stderr);
      assert.equal(ended.azure.resources("jobs").length, moment.jobs);
      if (/being cancelled/.test(ended.stderr)) assert.ok(ended.isCancelledFirst);
      await nothingIsLeft(ended);
    });
  });
}
