import assert from "node:assert/strict";
import { ask, prepare, putJob, readRecording, tinyEmulator, WORKSPACE_ID } from "./client.ts";

const ORIGIN = "https://127.0.0.1:4711";

/** URLs that name an audience and are never requested. */
const NAMES_ONLY = /^https:\/\/(portal\.azure\.com|ml\.azure\.com)\/?$/;

Deno.test("emulator with one origin returns only its own URLs", async () => {
  const { emulator, advance } = tinyEmulator({ origin: ORIGIN });
  const seen: string[] = [];
  const send = async (request: Request) => {
    const moved = new URL(request.url);
    const target = new Request(`${ORIGIN}${moved.pathname}${moved.search}`, request);
    const answer = await emulator.fetch(target);
    seen.push(...await addressesIn(answer.clone()));
    return answer;
  };
  const toOrigin = (audience: string) =>
    emulator.issueToken(audience === "https://management.azure.com" ? ORIGIN : audience);
  const recorded = { ...emulator, fetch: send, issueToken: toOrigin };
  const recording = await readRecording();
  await prepare(recorded, recording);
  assert.equal((await putJob(recorded, "j1", recording.job)).status, 201);
  const { tenant } = emulator.identity;
  for (const version of ["2019-05-01", "2022-09-01"]) {
    await send(new Request(`${ORIGIN}/metadata/endpoints?api-version=${version}`));
  }
  await send(new Request(`${ORIGIN}/${tenant}/v2.0/.well-known/openid-configuration`));
  await send(new Request(`${ORIGIN}/common/discovery/instance?api-version=1.1&authorization_endpoint=x`));
  const { discoveryUrl } = (await ask(recorded, "GET", "")).body.properties;
  const { api } = await (await send(new Request(discoveryUrl))).json();
  advance(4000);
  const headers = { authorization: `Bearer ${emulator.issueToken(ORIGIN)}` };
  const details = await send(new Request(`${api}/history/v1.0${WORKSPACE_ID}/runs/j1/details`, { headers }));
  const logs = Object.values((await details.json()).logFiles) as string[];
  assert.equal((await send(new Request(logs[0]!))).status, 200);
  const resolving = `${api}/data/v1.0${WORKSPACE_ID}/dataversion/batchGetResolvedUris`;
  const asked = { method: "POST", headers, body: JSON.stringify({ values: [] }) };
  assert.equal((await send(new Request(resolving, asked))).status, 200);
  await ask(recorded, "GET", "jobs/j1");
  await ask(recorded, "POST", "jobs/j1/cancel");
  assert.ok(seen.length > 20, seen.join("\n"));
  const elsewhere = seen.filter((url) => !url.startsWith(ORIGIN) && !NAMES_ONLY.test(url));
  assert.deepEqual(elsewhere, []);
});

async function addressesIn(answer: Response): Promise<readonly string[]> {
  const headers = [...answer.headers].map(([, value]) => value).join("\n");
  const text = (answer.headers.get("content-type") ?? "").includes("json") ? await answer.text() : "";
  return [...`${headers}\n${text}`.matchAll(/https:\/\/[^"'\s\\]+/g)].map(([url]) => url);
}
