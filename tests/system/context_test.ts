import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { systemClock, windowsVariables } from "../../src/system/context.ts";

Deno.test("windowsVariables() adds each variable under its upper-case name", () => {
  deepStrictEqual(windowsVariables({ Kedro_Env: "prod", Path: "C:\\a", HOME: "C:\\b" }), {
    KEDRO_ENV: "prod",
    Kedro_Env: "prod",
    PATH: "C:\\a",
    Path: "C:\\a",
    HOME: "C:\\b",
  });
});

Deno.test("windowsVariables() omits hidden variables of cmd", () => {
  deepStrictEqual(windowsVariables({ "=C:": "C:\\work", "=ExitCode": "00000000", A: "=" }), { A: "=" });
});

Deno.test("systemClock.sleep() rejects with the signal's reason if aborted before or during the sleep", async () => {
  await rejects(systemClock.sleep(3_600_000, AbortSignal.abort(new Error("before"))), /before/);
  const stop = new AbortController();
  const slept = systemClock.sleep(3_600_000, stop.signal);
  stop.abort(new Error("meanwhile"));
  await rejects(slept, /meanwhile/);
});

Deno.test("systemClock.sleep() removes its listener from the signal when it ends", async () => {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => listeners.delete(listener);
  const slept = systemClock.sleep(1, signal);
  strictEqual(listeners.size, 1);
  await slept;
  strictEqual(listeners.size, 0);
});
