import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { createEmulator, type Emulator } from "../fakes/emulator.ts";
import { WORKSPACE } from "../fakes/seed.ts";
import { differences, fill, fillAll, type Names } from "./pattern.ts";
import type { Exchange, Given, Recording } from "./recording.ts";
import { allRecordings, sourceOf } from "./recordings/all.ts";
import { CURATED } from "./recordings/parts.ts";

const { subscription_id: SUBSCRIPTION, resource_group: GROUP, name: NAME } = WORKSPACE;
const ID = `/subscriptions/${SUBSCRIPTION}/resourceGroups/${GROUP}` +
  `/providers/Microsoft.MachineLearningServices/workspaces/${NAME}`;

/** An emulator with the resources of the recorded workspace, and a clock that recordings move. */
function recordedWorld({ outcome }: Recording) {
  let now = Date.parse("2026-03-27T04:22:09.184Z");
  const emulator = createEmulator({
    clock: { now: () => new Date(now), sleep: async (ms) => void (now += ms) },
    ...(outcome && { outcome }),
    seed: {
      workspaces: [WORKSPACE],
      computes: ["cpu-cluster"],
      environments: [{ name: CURATED, versions: ["1", "33"] }],
    },
  });
  const names: Names = new Map([
    ["ws", ID],
    ["subscription", SUBSCRIPTION],
    ["group", GROUP],
    ["workspace", NAME],
    ["location", "eastus"],
    ["api", "eastus.api.azureml.ms"],
    ["account", String(emulator.resources("datastores")[0]!.properties.accountName)],
    ["ml_token", emulator.issueToken("https://ml.azure.com")],
    ["storage", `Bearer ${emulator.issueToken("https://storage.azure.com")}`],
  ]);
  return { emulator, names, wait: (ms: number) => void (now += ms) };
}

/** Sends a request with the token that its service wants. */
async function send(emulator: Emulator, { send, body, headers = {} }: Given, names: Names) {
  const [method, path] = split(fill(send, names));
  const url = path.startsWith("https://") ? path : `https://management.azure.com${ID}/${path}`;
  const { host } = new URL(url);
  const token = emulator.issueToken("https://management.azure.com");
  const answer = await emulator.fetch(
    new Request(url, {
      method,
      headers: {
        ...(!host.includes(".blob.") && { authorization: `Bearer ${token}` }),
        ...(typeof body === "object" && { "content-type": "application/json" }),
        ...fillAll(headers, names) as Record<string, string>,
      },
      ...(body !== undefined &&
        { body: typeof body === "string" ? body : JSON.stringify(fillAll(body, names)) }),
    }),
  );
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await answer.bytes());
  return { status: answer.status, headers: answer.headers, body: parse(text) };
}

/** Splits the method from the path. */
function split(line: string): readonly [method: string, path: string] {
  const at = line.indexOf(" ");
  return [line.slice(0, at), line.slice(at + 1)];
}

/** JSON, or another text; `undefined` if it is empty. */
function parse(text: string): unknown {
  if (text === "") return undefined;
  return /^[[{"n]/.test(text) && text !== "name: made\n" ? JSON.parse(text) : text;
}

function differencesOf(
  { answer, answerHeaders = {} }: Given,
  found: { readonly headers: Headers; readonly body: unknown },
  names: Names,
): readonly string[] {
  const headers = Object.entries(answerHeaders).flatMap(([name, value]) =>
    differences(value, found.headers.get(name), names, `header ${name}`)
  );
  return [...headers, ...differences(answer, found.body, names)];
}

/** Sends an exchange, and says how the emulator's answer differs from Azure's. */
async function replay(emulator: Emulator, exchange: Exchange, names: Names): Promise<readonly string[]> {
  const found = await send(emulator, exchange, names);
  const status = found.status === exchange.status
    ? []
    : [`status: ${exchange.status}, not ${found.status} ${JSON.stringify(found.body)?.slice(0, 300)}`];
  return [...status, ...(status.length > 0 ? [] : differencesOf(exchange, found, names))].map((one) =>
    `${exchange.send.split("?")[0]} ${one}`
  );
}

/** Replays all of a recording to a new emulator. */
async function replayAll(recording: Recording): Promise<void> {
  const { emulator, names, wait } = recordedWorld(recording);
  for (const given of recording.given ?? []) {
    wait(given.afterMs ?? 0);
    const found = await send(emulator, given, names);
    assertEquals(found.status < 400, true, `${given.send}: ${JSON.stringify(found)}`);
    if (given.answer === undefined && given.answerHeaders === undefined) continue;
    const checked = { ...given, answer: given.answer ?? found.body };
    const different = given.answer === undefined
      ? differencesOf({ ...checked, answer: undefined }, { ...found, body: undefined }, names)
      : differencesOf(checked, found, names);
    assertEquals(different, []);
  }
  const different: string[] = [];
  for (const exchange of recording.exchanges) {
    wait(exchange.afterMs ?? 0);
    different.push(...await replay(emulator, exchange, names));
    // What comes later may need a name that a different answer did not give.
    if (different.length > 0) break;
  }
  ok(different.length === 0, different.join("\n"));
}

for (const recording of allRecordings().filter(({ isEmulated = true }) => isEmulated)) {
  const name = `emulator answers as Azure did in ${sourceOf(recording)}`;
  Deno.test(name, () => replayAll(recording));
}
