import { deepEqual, equal, rejects } from "node:assert/strict";
import { type DoctorCheck, FAILED, openChecker } from "../../../src/app/check/host.ts";
import { UserError } from "../../../src/core/errors.ts";
import { fakeContext } from "../../fakes/context.ts";

/** The checks that a function yields which takes 1.5 s, and what it returns. */
async function checked(act: () => Promise<number>) {
  const ctx = fakeContext();
  const run = openChecker(ctx)("a", "A", async () => {
    await ctx.clock.sleep(1500);
    return await act();
  }, (number) => `found ${number}`);
  const checks: DoctorCheck[] = [];
  for (;;) {
    const { value, done } = await run.next();
    if (done) return { checks, value };
    checks.push(value);
  }
}

const NO = new UserError("No", { code: "a.b", exit: 6 });

Deno.test("openChecker() yields each check with its result or error, and its duration", async () => {
  const common = { id: "a", title: "A", milliseconds: 1500 };
  deepEqual(await checked(async () => 5), {
    checks: [{ ...common, status: "ok", summary: "found 5" }],
    value: 5,
  });
  const { checks: [failed], value } = await checked(() => Promise.reject(NO));
  deepEqual({ ...failed }, { ...common, status: "failed", error: NO });
  equal(value, FAILED);
});

Deno.test("openChecker() rethrows interruptions and unexpected errors", async () => {
  const interrupted = new UserError("Interrupted", { code: "interrupted", exit: 130 });
  await rejects(checked(() => Promise.reject(interrupted)), { code: "interrupted" });
  await rejects(checked(() => Promise.reject(new TypeError("defect"))), { message: "defect" });
});
