import assert from "node:assert/strict";
import { listBlobs, readBlockList } from "../../../src/azureml/client/blob_list.ts";

const page = (blobs: string, next = "") =>
  `\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ContainerName="c"><Prefix>p/</Prefix>` +
  `<Blobs>${blobs}</Blobs><NextMarker>${next}</NextMarker></EnumerationResults>`;
const blob = (name: string, md5 = "<Content-MD5/>") =>
  `<Blob>${name}<Properties><Content-Length>7</Content-Length>${md5}</Properties></Blob>`;

Deno.test("listBlobs() reads names as XML writes them, page after page", async () => {
  const queries: string[] = [];
  const answers = [
    page(blob("<Name>p/a &amp; b&lt;1&gt;.txt</Name>", "<Content-MD5>x==</Content-MD5>"), "m 1"),
    page(blob("<Name>p/one</Name>") + blob('<Name Encoded="true">p/two%0Alines</Name>')),
  ];
  const found = await Array.fromAsync(listBlobs("p q/", async (query) => {
    queries.push(query);
    return answers[queries.length - 1];
  }));
  assert.deepEqual(found, [
    { name: "p/a & b<1>.txt", sizeBytes: 7, md5: "x==" },
    { name: "p/one", sizeBytes: 7, md5: "" },
    { name: "p/two\nlines", sizeBytes: 7, md5: "" },
  ]);
  assert.deepEqual(queries, [
    "restype=container&comp=list&prefix=p%20q%2F",
    "restype=container&comp=list&prefix=p%20q%2F&marker=m%201",
  ]);
});

for (const answer of [page(""), undefined, ""]) {
  Deno.test(`listBlobs() finds nothing in ${JSON.stringify(answer)?.slice(0, 20) ?? "no answer"}`, async () => {
    assert.deepEqual(await Array.fromAsync(listBlobs("p/", async () => answer)), []);
  });
}

Deno.test("readBlockList() reads one block, several and none", async () => {
  const block = (id: string) => `<Block><Name>${id}</Name><Size>3</Size></Block>`;
  const list = (blocks: string) => `<BlockList><UncommittedBlocks>${blocks}</UncommittedBlocks></BlockList>`;
  assert.deepEqual([...await readBlockList(list(block("a")))], [["a", 3]]);
  assert.deepEqual([...await readBlockList(list(block("a") + block("b")))], [["a", 3], ["b", 3]]);
  assert.deepEqual([...await readBlockList(list(""))], []);
});
