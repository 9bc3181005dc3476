import { deepStrictEqual as assertEquals, match, ok, rejects, strictEqual } from "node:assert/strict";
import { CLOUDS } from "../../src/core/clouds/load.ts";
import type { Context } from "../../src/core/context.ts";
import { createTokenSource } from "../../src/credentials/chain/token_source.ts";
import { exec } from "../../src/system/exec.ts";
import { fakeContext } from "../fakes/context.ts";

const WINDOWS = Deno.build.os === "windows";
const cloud = CLOUDS.AzureCloud!;

/** Programs of a folder of their own, by what their scripts do. */
async function withTools(
  scripts: Readonly<Record<string, string>>,
  use: (ctx: Context, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, script] of Object.entries(scripts)) {
      await Deno.writeTextFile(`${folder}/${name}`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    }
    const clock = { now: () => new Date(), sleep: realSleep };
    const here: Context["exec"] = (program, args, options) => exec(`${folder}/${program}`, args, options);
    // A metadata service that swallows packets.
    const fetch = (request: Request) =>
      new Promise<Response>((_, reject) =>
        request.signal.addEventListener("abort", () => reject(request.signal.reason))
      );
    await use({ ...fakeContext({ fetch }), clock, exec: here }, folder);
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

async function running(mark: string): Promise<boolean> {
  return (await exec("ps", ["-e", "-o", "args"])).stdout.includes(mark);
}

const TOKEN = "eyJhbGciOiJub25lIn0.eyJ1cG4iOiJhZGEifQ.signature";

Deno.test({
  name: "az, pwsh and azd that hang and a metadata service that swallows packets cost some seconds in all",
  ignore: WINDOWS,
  async fn() {
    const hang = "sleep 3331 & sleep 3332";
    await withTools({ az: hang, pwsh: hang, azd: hang }, async (ctx) => {
      const source = createTokenSource(ctx, { cloud });
      const start = performance.now();
      const error = await source.getToken(cloud.mlScope).catch((thrown) => thrown);
      ok(performance.now() - start < 6000, `${performance.now() - start} ms`);
      strictEqual(error.code, "auth.no_credential");
      for (const name of ["azure-cli", "azure-powershell", "azd"]) {
        const { status, reason, hint } = source.report().find((one) => one.name === name)!;
        strictEqual(status, "failed");
        match(reason!, /hung and was stopped after \d\.\d s/);
        match(hint!, /--credential/);
      }
      ok(!await running("sleep 333"), "something that they started goes on");
    });
  },
});

Deno.test({
  name: "an az that works for long is waited for, and what is quicker after it is left, without a trace",
  ignore: WINDOWS,
  async fn() {
    const json = JSON.stringify({ accessToken: TOKEN, expires_on: 1_900_000_000 });
    const tools = {
      az: `i=0; while [ $i -lt 700000 ]; do i=$((i+1)); done; echo '${json}'`,
      pwsh: "sleep 3333",
      azd: `echo '{"token": "other", "expiresOn": "2030-01-01T00:00:00Z"}'`,
    };
    await withTools(tools, async (ctx) => {
      const source = createTokenSource(ctx, { cloud });
      strictEqual((await source.getToken(cloud.mlScope)).token, TOKEN);
      assertEquals(
        source.report().filter(({ status }) => status !== "not_configured").map((
          { name, status },
        ) => [name, status]),
        [
          ["azure-cli", "used"],
          ...["vscode", "azure-powershell", "azd", "browser", "device-code"].map((name) => [
            name,
            "not_tried",
          ]),
        ],
      );
      await realSleep(200);
      ok(!await running("sleep 3333"), "pwsh goes on");
    });
  },
});

Deno.test({
  name: "Ctrl+C ends az and what it started, at once",
  ignore: WINDOWS,
  async fn() {
    await withTools({ az: "sleep 3334 & sleep 3335" }, async (ctx) => {
      const stop = new AbortController();
      const token = createTokenSource({ ...ctx, signal: stop.signal }, { cloud }).getToken(cloud.mlScope);
      token.catch(() => {});
      while (!await running("sleep 3335")) await realSleep(50);
      stop.abort("SIGINT");
      await rejects(token);
      ok(!await running("sleep 333"), "az goes on");
    });
  },
});
