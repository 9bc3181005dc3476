import { deepStrictEqual, strictEqual } from "node:assert/strict";

import { patienceMs } from "../../src/system/signals.ts";
import { within } from "./within.ts";

const MODULE = new URL("../../src/system/signals.ts", import.meta.url).href;

/** Starts a program that listens to signals; `next` returns its next line. */
function start(script: string) {
  const code = `const { signal, watch } = (await import(${JSON.stringify(MODULE)})).listenToSignals();
    signal.addEventListener("abort", () => console.log(signal.reason));\n${script}`;
  const child = new Deno.Command(Deno.execPath(), { args: ["eval", code], stdout: "piped" }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => (await within(lines.read(), "it prints nothing")).value?.trim();
  return { child, next };
}

const unix = { ignore: Deno.build.os === "windows" };

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.test(`A second ${signal} exits ${code}`, unix, async () => {
    for (const when of ["", "await watch();"]) {
      const { child, next } = start(`${when} console.log("ready"); setTimeout(() => {}, 60_000);`);
      strictEqual(await next(), "ready");
      child.kill(signal);
      strictEqual(await next(), signal);
      child.kill(signal);
      deepStrictEqual([(await within(child.status, "it goes on")).code, await next()], [code, undefined]);
    }
  });
}

Deno.test(
  "listenToSignals() counts a signal once",
  unix,
  async () => {
    const { child, next } = start(`globalThis.Worker = class extends Worker {
      set onmessage(handle) {
        super.onmessage = (event) => {
          if (event.data === "listening") console.log("both listen");
          setTimeout(() => handle(event), 400);
        };
      }
    };
    await watch();
    setTimeout(() => {
      console.log("goes on");
      Deno.exit();
    }, 600);`);
    strictEqual(await next(), "both listen");
    child.kill("SIGTERM");
    deepStrictEqual([await next(), await next()], ["SIGTERM", "goes on"]);
    strictEqual((await within(child.status, "it goes on")).code, 0);
  },
);

Deno.test("patienceMs() allows a slow machine more time", () => {
  deepStrictEqual([0, 46, 1000].map(patienceMs), [700, 700, 15_000]);
});
