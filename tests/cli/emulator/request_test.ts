import { deepEqual, throws } from "node:assert/strict";
import { behaviorRequest } from "../../../src/cli/commands/emulator.ts";

Deno.test("behaviorRequest() converts --accept-any and the other options", () => {
  deepEqual(
    behaviorRequest({ port: "4711", caFile: "ca.pem", state: "kept", fail: ["train"], acceptAny: true }),
    { port: 4711, caFile: "ca.pem", state: "kept", fail: ["train"], acceptAny: true },
  );
  deepEqual(behaviorRequest({}), {});
});

Deno.test("behaviorRequest() rejects invalid ports", () => {
  deepEqual(behaviorRequest({ port: "65535" }).port, 65_535);
  for (const port of ["http", "65536", "70000", "-1"]) {
    throws(() => behaviorRequest({ port }), { code: "emulator.port" });
  }
});
