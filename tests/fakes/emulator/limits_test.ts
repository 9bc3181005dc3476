import { deepStrictEqual as assertEquals, equal } from "node:assert/strict";
import { ask, tinyEmulator } from "../../emulator/client.ts";

Deno.test("fake emulator with limits rejects the 201st write in a second", async () => {
  const { emulator, advance } = tinyEmulator({ limits: true });
  const cancel = () => ask(emulator, "POST", "jobs/none/cancel");
  const first = await cancel();
  equal(first.headers.get("x-ms-ratelimit-remaining-subscription-writes"), "199");
  equal(first.headers.get("x-ms-ratelimit-remaining-subscription-global-writes"), "2999");
  for (let index = 1; index < 200; index++) equal((await cancel()).status, 404);
  const { status, headers, body } = await cancel();
  assertEquals([status, headers.get("retry-after"), body.error.code], [
    429,
    "1",
    "SubscriptionRequestsThrottled",
  ]);
  equal(
    (await ask(emulator, "GET", "jobs")).headers.get("x-ms-ratelimit-remaining-subscription-reads"),
    "249",
  );
  equal(
    (await ask(emulator, "HEAD", "jobs")).headers.get("x-ms-ratelimit-remaining-subscription-reads"),
    "248",
  );
  advance(1050);
  equal((await cancel()).headers.get("x-ms-ratelimit-remaining-subscription-writes"), "9");
});
