import { deepEqual } from "node:assert/strict";
import { isGuid } from "../../src/core/azure_limits.ts";

Deno.test("isGuid() accepts upper and lower case", () => {
  const guid = "0a1b2c3d-0000-4000-8000-00000000000f";
  deepEqual([guid, guid.toUpperCase()].map(isGuid), [true, true]);
  const others = [`${guid}0`, `0${guid}`, guid.slice(1), guid.replaceAll("-", ""), "contoso.example", ""];
  deepEqual(others.filter(isGuid), []);
});
