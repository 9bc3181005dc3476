import { deepEqual, equal, throws } from "node:assert/strict";
import { behaviorRequest } from "../../../src/cli/emulator/request.ts";

Deno.test("behaviorRequest() converts --demand-mfa, --accept-any and the other options", () => {
  const { faults, ...rest } = behaviorRequest({
    port: "4711",
    caFile: "ca.pem",
    state: "kept",
    fail: ["train"],
    demandMfa: true,
    acceptAny: true,
    role: "none",
    fault: ["PUT jobs/*:429:2"],
    latency: "1.5s",
    limits: "azure",
    provision: "20ms",
  });
  equal(faults?.length, 1);
  deepEqual(rest, {
    port: 4711,
    caFile: "ca.pem",
    state: "kept",
    fail: ["train"],
    demandsMfa: true,
    acceptAny: true,
    deniedActions: ["*"],
    latencyMs: 1500,
    limits: true,
    prepareMs: 20,
  });
});

Deno.test("behaviorRequest() converts --latency azure to Azure's response times", () => {
  deepEqual(behaviorRequest({ latency: "azure" }), { faults: [], serviceTimes: true });
});

Deno.test("behaviorRequest() returns only faults without options", () => {
  deepEqual(behaviorRequest({}), { faults: [] });
});

Deno.test("behaviorRequest() rejects invalid ports, faults, durations and roles", () => {
  for (const port of ["http", "70000", "-1"]) {
    throws(() => behaviorRequest({ port }), { code: "emulator.port" });
  }
  throws(() => behaviorRequest({ fault: ["jobs"] }), { code: "emulator.fault" });
  throws(() => behaviorRequest({ latency: "long" }), { message: /"long" for `--latency`/ });
  throws(() => behaviorRequest({ provision: "long" }), { code: "emulator.duration", hint: /--provision/ });
  throws(() => behaviorRequest({ role: "owner" }), { code: "emulator.role" });
});
