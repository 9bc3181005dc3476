import type { AskModules } from "../../src/kedro/modules.ts";
import { moduleFacts } from "../../src/kedro/reader/module_facts.ts";
import { encodeFrame, type Frame, type FromReader, type ToReader } from "../../src/kedro/sandbox/protocol.ts";
import { startReaderProcess } from "../../src/system/reader_process.ts";
import { messageReader } from "./message_reader.ts";

const IMAGE = new URL("../../.cache/kedro/", import.meta.url);

/** Starts with the module, outside of any test, and has no project: it runs no code of what it parses. */
const reader = startReaderProcess(new URL("sandbox.js", IMAGE), IMAGE);
const output = reader.output.getReader();
const decode = messageReader<FromReader>();
const waiting: Frame<FromReader>[] = [];
await next("started");
await send({ kind: "files", files: [], folders: ["/project"], later: { files: [], folders: [] } });

let last: Promise<unknown> = Promise.resolve();

/** Asks the embedded Python about texts of modules. */
export const askModules: AskModules = (texts) => {
  const answer = last.then(() => ask(texts));
  last = answer.catch(() => {});
  return answer;
};

const ask: AskModules = async (texts) => {
  await send({ kind: "call" }, new TextEncoder().encode(JSON.stringify({ action: "modules", texts })));
  const answer = JSON.parse(new TextDecoder().decode((await next("answer")).body));
  return moduleFacts(answer.ok, "modules");
};

async function send(header: ToReader, body?: Uint8Array<ArrayBuffer>): Promise<void> {
  for (const bytes of encodeFrame(header, ...body === undefined ? [] : [body])) await reader.write(bytes);
}

/** Returns the next message of a kind. */
async function next(kind: FromReader["kind"]): Promise<Frame<FromReader>> {
  for (;;) {
    const found = waiting.shift();
    if (found?.header.kind === kind) return found;
    if (found !== undefined) continue;
    const { value, done } = await output.read();
    if (done) throw new Error(`The reader ended: ${await reader.ended}`);
    waiting.push(...decode(value));
  }
}
