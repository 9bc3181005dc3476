import { deepEqual, equal, match } from "node:assert/strict";
import { createClient, ID, register } from "../two_steps.ts";

const JOB = `${ID}/jobs/j1`;

for (
  const [what, body, headers, status, code] of [
    ["no body", undefined, {}, 400, "InvalidRequestContent"],
    ["text other than JSON", "{", {}, 400, "InvalidRequestContent"],
    ["another content type", "{}", { "content-type": "text/plain" }, 415, "UnsupportedMediaType"],
    ["no content type", "{}", { "content-type": null }, 415, "UnsupportedMediaType"],
  ] as const
) {
  Deno.test(`emulator rejects a PUT with ${what}`, async () => {
    const client = createClient();
    await register(client);
    const answer = await client.ask("PUT", JOB, { ...(body && { body }), headers });
    deepEqual([answer.status, answer.body.error.code], [status, code]);
    equal(client.emulator.jobStatus("j1"), undefined);
  });
}

Deno.test("emulator records requests with secrets masked", async () => {
  const { ask, emulator } = createClient();
  await ask("PUT", `${ID}/jobs/j`, { body: { a: 1 } });
  await ask("PUT", `${ID}/jobs/j`, { body: "{" });
  await ask("PUT", `${ID}/jobs/j`, { body: "12345", headers: { "content-type": "text/plain" } });
  await ask("GET", ID);
  const url = "https://login.microsoftonline.com/common/oauth2/v2.0/token?sig=secret&x=1";
  const body = new URLSearchParams({ grant_type: "x", client_secret: "secret" });
  await emulator.fetch(new Request(url, { method: "POST", body }));
  deepEqual(emulator.requests.map(({ body }) => body), [
    { a: 1 },
    "{",
    { sizeBytes: 5 },
    undefined,
    { grant_type: "x", client_secret: "***" },
  ]);
  deepEqual(emulator.requests.map(({ status }) => status), [400, 400, 415, 200, 400]);
  match(emulator.requests.at(-1)!.url, /\?sig=\*\*\*&x=1$/);
  deepEqual([...new Set(emulator.requests.slice(0, 4).map(({ headers }) => headers.authorization))], ["***"]);
});
