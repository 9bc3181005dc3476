import { deepEqual, equal, throws } from "node:assert/strict";
import { behaviorRequest } from "../../../src/cli/commands/emulator.ts";

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
  deepEqual(behaviorRequest({ port: "65535" }).port, 65_535);
  for (const port of ["http", "65536", "70000", "-1"]) {
    throws(() => behaviorRequest({ port }), { code: "emulator.port" });
  }
  throws(() => behaviorRequest({ fault: ["jobs"] }), { code: "emulator.fault" });
  for (const option of ["latency", "provision"]) {
    throws(() => behaviorRequest({ [option]: "long" }), {
      code: "emulator.duration",
      exit: 2,
      message: `Invalid value "long" for \`--${option}\`: use a time such as 300ms, 5s or 2min`,
      hint: `Write \`--${option} 2s\``,
    });
  }
  throws(() => behaviorRequest({ role: "owner" }), {
    code: "emulator.role",
    exit: 2,
    message: 'Unknown role "owner"',
    hint: "Use one of none, reader, data-scientist",
  });
});
