import assert from "node:assert/strict";
import { azuremlKeys } from "../../src/config/schema.ts";
import { azuremlSchema } from "../../src/config/schema.ts";

Deno.test("azuremlKeys() returns no default for required keys", () => {
  const needed = azuremlKeys().filter((one) => one.default === undefined && !one.key.includes("."));
  const missing = azuremlSchema.safeParse({}).error!.issues.map(({ path }) => path.join("."));
  assert.deepEqual(needed.map(({ key }) => key), missing);
});

Deno.test("azuremlKeys() returns keys of mappings and schedules with their defaults", () => {
  const keys = new Map(azuremlKeys().map(({ key, ...rest }) => [key, rest]));
  assert.deepEqual(keys.get("compute.<name or tag>.cluster_name"), {
    takes: "string",
    doc: "Name of a compute cluster, or serverless",
    default: "from `__default__`",
  });
  assert.deepEqual(keys.get("jobs.<name>.schedule"), {
    takes: "string, mapping or list",
    doc: "A key of schedules, a schedule, or a list of them",
    default: "none",
  });
  assert.equal(keys.get("jobs.<name>.schedule.cron.expression")!.default, undefined);
  assert.equal(keys.get("notifications.<name>.wait_timeout")!.default, "1800");
  assert.equal(keys.get("execution")!.default, "empty");
  const takes = ["execution", "jobs", "jobs.<name>.pipeline.node_names", "notifications.<name>.wait_timeout"];
  assert.deepEqual(takes.map((key) => keys.get(key)?.takes), ["mapping", "mapping", "list", "number"]);
});
