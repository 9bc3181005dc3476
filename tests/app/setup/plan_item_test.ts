import { equal, rejects } from "node:assert/strict";
import { exists } from "../../../src/app/setup/plan.ts";
import { UserError } from "../../../src/core/errors.ts";

Deno.test("exists() takes only the error that something is missing for an answer", async () => {
  const failing = (code: string) =>
    exists(() => Promise.reject(new UserError("No", { code })), "data.not_found");
  equal(await exists(() => Promise.resolve({}), "data.not_found"), true);
  equal(await failing("data.not_found"), false);
  await rejects(failing("azure.forbidden"), { code: "azure.forbidden" });
});
