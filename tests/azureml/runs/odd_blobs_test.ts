import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { download } from "../../../src/azureml/runs/download_files.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { openGrowing, readPart } from "../../../src/azureml/storage/read.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { PAGE, rangeOf, workspaceOf } from "./odd_answers.ts";
import { createFolder } from "../../fakes/folder.ts";

const BYTES = new TextEncoder().encode("0123456789");
const URL_ = "https://acc.blob.core.windows.net/c/b?sig=x";
const AZURES = { "x-ms-request-id": "1", etag: '"1"' };

/** Creates blob storage that answers reads with `get`, and other requests normally. */
function storage(get: (from: number, to: number) => Response) {
  return workspaceOf((request) => {
    const headers = { ...AZURES, "content-length": String(BYTES.length) };
    if (request.method === "HEAD") return new Response(null, { headers });
    const [from, to] = rangeOf(request) ?? [0, Infinity];
    return get(from, to);
  });
}

const part = (bytes: Uint8Array<ArrayBuffer>, from: number, more: Record<string, string> = {}) =>
  new Response(bytes, {
    status: 206,
    headers: {
      ...AZURES,
      "content-range": `bytes ${from}-${from + bytes.length - 1}/${BYTES.length}`,
      ...more,
    },
  });
const page = (status = 200) => new Response(PAGE, { status, headers: { "content-type": "text/html" } });

async function downloadText(workspace: ReturnType<typeof workspaceOf>) {
  await using folder = await createFolder();
  const file = { path: "outputs/a.txt", url: URL_ };
  const done = await download(workspace, systemFs, file, folder.root);
  return await Deno.readTextFile(done.path);
}

Deno.test("download() accepts ranges shorter than requested", async () => {
  strictEqual(await downloadText(storage((from) => part(BYTES.slice(from, from + 3), from))), "0123456789");
  const whole = storage(() => new Response(BYTES, { headers: AZURES }));
  strictEqual(await downloadText(whole), "0123456789");
  const plain = storage((from) => part(BYTES.slice(from), from, { "content-type": "application/x-unknown" }));
  strictEqual(await downloadText(plain), "0123456789");
});

const WRONG: Readonly<Record<string, () => Response>> = {
  "empty ranges": () => part(new Uint8Array(), 0),
  "a range that was not requested": () => part(BYTES.slice(5), 5),
  "more bytes than the file has": () => new Response(new Uint8Array(50), { headers: AZURES }),
  "an HTML page with status 200": () => page(),
  "an HTML page with status 206": () => page(206),
};

for (const [what, answer] of Object.entries(WRONG)) {
  Deno.test(`download() rejects ${what}`, async () => {
    await rejects(downloadText(storage(answer)), { code: "network.answer" });
  });
}

Deno.test("openGrowing() continues after an HTML page", async () => {
  const lines = new TextEncoder().encode("one\ntwo\n");
  let answer = (from: number) => part(lines.slice(from, 4), from);
  const reader = openGrowing(workspaceOf((request) => answer(rangeOf(request)![0])));
  strictEqual(await reader.next(URL_, false), "one\n");
  for (
    const odd of [
      () => part(lines.slice(0, 4), 0),
      () => part(new Uint8Array(), 4),
    ]
  ) {
    answer = odd;
    strictEqual(await reader.next(URL_, false), "");
  }
  for (const status of [200, 206]) {
    answer = () => page(status);
    await rejects(reader.next(URL_, false), { code: "network.answer" });
  }
  answer = (from) => part(lines.slice(from), from);
  strictEqual(await reader.next(URL_, true), "two\n");
});

/** The last 128 KiB of a log. */
async function readEnd(workspace: Workspace, url: string): Promise<string | undefined> {
  const part = await readPart(workspace, { action: "read a log", url }, -1, 131_072);
  return part && new TextDecoder().decode(part.bytes);
}

Deno.test("readPart() rejects an HTML page", async () => {
  await rejects(readEnd(workspaceOf(() => page()), URL_), { code: "network.answer" });
  deepStrictEqual(await readEnd(workspaceOf(() => page(403)), URL_), undefined);
});

Deno.test("readPart() returns the last 128 KiB of a log", async () => {
  for (const [bytes, more] of [[131_072, []], [131_073, ["bytes=1-131072"]]] as const) {
    const log = `${"x".repeat(bytes - 100)}\n${"1\n".repeat(49)}2`;
    strictEqual(log.length, bytes);
    const asked: (string | null)[] = [];
    const workspace = workspaceOf((request) => {
      asked.push(request.headers.get("range"));
      const [from, to] = rangeOf(request) ?? [0, Infinity];
      const headers = { ...AZURES, "content-range": `bytes ${from}-${to}/${bytes}` };
      return new Response(log.slice(from, to + 1), { status: 206, headers });
    });
    strictEqual(await readEnd(workspace, URL_), log.slice(-131_072));
    deepStrictEqual(asked, ["bytes=0-131071", ...more]);
  }
});
