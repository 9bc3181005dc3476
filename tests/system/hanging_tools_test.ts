import { deepStrictEqual as assertEquals, match, ok, strictEqual } from "node:assert/strict";
import { CLOUDS } from "../../src/core/net/clouds.ts";
import type { Context } from "../../src/core/context.ts";
import { createTokenSource } from "../../src/credentials/token_source.ts";
import { exec } from "../../src/system/exec.ts";
import { fakeContext } from "../fakes/context.ts";
import { within } from "./within.ts";
import { onUnix } from "./on_unix.ts";

const cloud = CLOUDS.AzureCloud!;

/** Scripts in their own folder, and their events. */
interface Tools {
  readonly ctx: Context;
  readonly folder: string;
  /** "az starts" or "az ends", in order. */
  readonly events: readonly string[];
  /** Resolves when all started processes have ended, as exec() waits for their output. */
  allEnded(): Promise<void>;
}

/** Writes programs with these scripts into a folder. @param timeoutMs Replaces the time limits of programs. */
async function withTools(
  scripts: Readonly<Record<string, string>>,
  use: (tools: Tools) => Promise<void>,
  timeoutMs?: number,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const [events, runs]: [string[], Promise<unknown>[]] = [[], []];
  try {
    for (const [name, script] of Object.entries(scripts)) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const clock = { now: () => new Date(), sleep: realSleep };
    const here: Context["exec"] = async (program, args, options) => {
      events.push(`${program} starts`);
      const run = exec(`${folder}/${program}`, args, {
        ...options,
        ...(timeoutMs && { timeoutMs }),
        cwd: folder,
      });
      runs.push(run);
      const exit = await run;
      events.push(`${program} ends`);
      return exit;
    };
    const allEnded = async () => void await within(Promise.all(runs), `${events}: something goes on`);
    // A metadata service that does not answer.
    const fetch = (request: Request) =>
      new Promise<Response>((_, reject) =>
        request.signal.addEventListener("abort", () => reject(request.signal.reason))
      );
    await use({ ctx: { ...fakeContext({ fetch }), clock, exec: here }, folder, events, allEnded });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function realSleep(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(signal.reason);
  });
  return promise;
}

const TOKEN = "eyJhbGciOiJub25lIn0.eyJ1cG4iOiJhZGEifQ.signature";

onUnix("createTokenSource() kills az, pwsh and azd if they hang", async () => {
  const hang = "sleep 3331 & sleep 3332";
  await withTools({ az: hang, pwsh: hang, azd: hang }, async ({ ctx, events, allEnded }) => {
    const source = createTokenSource(ctx, { cloud });
    const error = await source.getToken(cloud.mlScope).catch((thrown) => thrown);
    assertEquals(events.slice(0, 3).toSorted(), ["az starts", "azd starts", "pwsh starts"]);
    strictEqual(error.code, "auth.no_credential");
    for (const name of ["azure-cli", "azure-powershell", "azd"]) {
      const { status, reason, hint } = source.report().find((one) => one.name === name)!;
      strictEqual(status, "failed");
      match(reason!, /hung and was stopped after \d\.\d s/);
      match(hint!, /--credential/);
    }
    await allEnded();
  }, 3000);
});

onUnix("createTokenSource() waits for a slow az", async () => {
  const json = JSON.stringify({ accessToken: TOKEN, expires_on: 1_900_000_000 });
  const tools = {
    // Runs until pwsh has started, on any machine.
    az: `i=0; while [ ! -e started ] && [ $i -lt 30000000 ]; do i=$((i+1)); done; echo '${json}'`,
    pwsh: ": > started; sleep 3333",
    azd: `echo '{"token": "other", "expiresOn": "2030-01-01T00:00:00Z"}'`,
  };
  await withTools(tools, async ({ ctx, events, allEnded }) => {
    const source = createTokenSource(ctx, { cloud });
    strictEqual((await source.getToken(cloud.mlScope)).token, TOKEN);
    assertEquals(
      source.report().filter(({ status }) => status !== "not_configured").map((
        { name, status },
      ) => [name, status]),
      [
        ["azure-cli", "used"],
        ...["azure-powershell", "azd", "browser", "device-code"].map((name) => [
          name,
          "not_tried",
        ]),
      ],
    );
    await allEnded();
    ok(events.includes("pwsh ends"));
  });
});

onUnix("createTokenSource() kills az on Ctrl+C", async () => {
  await withTools({ az: "sleep 3334 & : > started; sleep 3335" }, async ({ ctx, folder, allEnded }) => {
    const stop = new AbortController();
    const token = createTokenSource({ ...ctx, signal: stop.signal }, { cloud }).getToken(cloud.mlScope);
    token.catch(() => {});
    while (await Deno.stat(`${folder}/started`).catch(() => undefined) === undefined) await realSleep(50);
    stop.abort("SIGINT");
    strictEqual(await token.catch((thrown) => thrown), "SIGINT");
    await allEnded();
  });
});
