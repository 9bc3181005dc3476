import { rejects } from "node:assert/strict";
import type { ReaderProcess } from "../../../src/core/context.ts";
import { startSandbox } from "../../../src/kedro/reader/sandbox_client.ts";
import { encodeFrame } from "../../../src/kedro/sandbox/protocol.ts";
import { fakeContext } from "../../fakes/context.ts";

const PROJECT = {
  name: "Shop",
  packageName: "shop",
  kedroInitVersion: "1.0.0",
  root: "/p",
  sourceDir: "/p/src",
};

/** A process that says the same whatever it is asked. */
function processSaying(bytes: Iterable<Uint8Array<ArrayBuffer>>): ReaderProcess {
  const { promise: ended, resolve } = Promise.withResolvers<string | undefined>();
  const end = async () => resolve(undefined);
  return { write: async () => {}, output: ReadableStream.from(bytes), ended, end };
}

Deno.test("startSandbox() rejects an answer before any request", async () => {
  const ctx = fakeContext();
  const process = processSaying(encodeFrame({ kind: "answer" }, new TextEncoder().encode("{}")));
  const resources = { ...ctx.resources, startReader: async () => process };
  const files = Promise.resolve({ files: [], folders: [], later: { files: [], folders: [] }, warnings: [] });
  const options = { timeoutMs: 10_000, onPrint() {} };
  const sandbox = await startSandbox({ ...ctx, resources }, PROJECT, files, options);
  await new Promise((resolve) => setTimeout(resolve));
  await rejects(sandbox.call({}), {
    code: "kedro.answer_unreadable",
    message: "Cannot use the answer of the project's reader: an answer to nothing",
  });
  await sandbox.close();
});
