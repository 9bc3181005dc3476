import assert from "node:assert/strict";
import { ask, tinyEmulator } from "./client.ts";

/** Creates a container with a SAS; expected answers are those of Azurite 3.37. */
async function container() {
  const { emulator } = tinyEmulator();
  const body = { pendingUploadType: "TemporaryBlobReference" };
  const answer = await ask(emulator, "POST", "codes/c/versions/1/startPendingUpload", { body });
  const [address, sas] = answer.body.blobReferenceForConsumption.credential.sasUri.split("?");
  return async (method: string, name: string, headers: Record<string, string> = {}, content?: string) => {
    const [path, query] = name.split("?");
    const url = `${address}/${path}?${query === undefined ? "" : `${query}&`}${sas}`;
    const request = new Request(url, { method, headers, ...(content !== undefined && { body: content }) });
    return await emulator.fetch(request);
  };
}

const BLOCK_BLOB = { "x-ms-blob-type": "BlockBlob" };

for (
  const [headers, there, missing] of [
    [{}, 201, 201],
    [{ "if-none-match": "*" }, 409, 201],
    [{ "if-match": "*" }, 201, 412],
    [{ "if-match": "ETAG", "if-none-match": "ETAG" }, 412, 412],
  ] as readonly (readonly [Record<string, string>, number, number])[]
) {
  const shown = Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join(" and ") ||
    "no conditions";
  Deno.test(`emulator answers ${there} to a replaced and ${missing} to a new blob with ${shown}`, async () => {
    const send = await container();
    const etag = (await send("PUT", "a.txt", BLOCK_BLOB, "hello")).headers.get("etag")!;
    const conditions = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace("ETAG", etag)]),
    );
    const put = async (name: string) =>
      (await send("PUT", name, { ...BLOCK_BLOB, ...conditions }, "x")).status;
    assert.deepEqual([await put("a.txt"), await put("b.txt")], [there, missing]);
  });
}

Deno.test("emulator rejects a block list with unknown blocks", async () => {
  const send = await container();
  const block = (id: string) => `big?comp=block&blockid=${encodeURIComponent(btoa(id))}`;
  const list = (...ids: string[]) =>
    `<BlockList>${ids.map((id) => `<Latest>${btoa(id)}</Latest>`)}</BlockList>`;
  assert.equal((await send("PUT", block("0001"), {}, "one")).status, 201);
  assert.equal((await send("PUT", block("0002"), {}, "two")).status, 201);
  const other = await send("PUT", block("00003"), {}, "three");
  assert.deepEqual([other.status, other.headers.get("x-ms-error-code")], [400, "InvalidBlobOrBlock"]);
  assert.equal((await send("HEAD", "big")).status, 404);
  const unknown = await send("PUT", "big?comp=blocklist", {}, list("0009"));
  assert.deepEqual([unknown.status, unknown.headers.get("x-ms-error-code")], [400, "InvalidBlockList"]);
  assert.equal((await send("PUT", "big?comp=blocklist", {}, list("0002", "0001"))).status, 201);
  assert.equal(await (await send("GET", "big")).text(), "twoone");
});

Deno.test("emulator rejects blob names with ../", async () => {
  const send = await container();
  for (
    const name of ["%2e%2e%2fa", "a/%2e%2e%2f%2e%2e%2fb", "a%2f..%2fb", "%2fetc%2fpasswd", "a%5cb", "a%00b"]
  ) {
    const answer = await send("PUT", name, BLOCK_BLOB, "hello");
    assert.equal(answer.status, 400, name);
    assert.equal(answer.headers.get("x-ms-error-code"), "InvalidResourceName");
  }
  assert.equal((await send("PUT", "a/..b/c..txt", BLOCK_BLOB, "hello")).status, 201);
});
