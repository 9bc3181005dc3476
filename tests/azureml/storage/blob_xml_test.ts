import { deepStrictEqual as assertEquals, rejects } from "node:assert/strict";
import { listBlobs, parseBlobPage, parseBlockList } from "../../../src/azureml/storage/blobs.ts";
import type { PipelineResponse } from "../../../src/core/net/azure_http.ts";

const HEAD = '<?xml version="1.0" encoding="utf-8"?>';

function listed(blobs: string, marker = "<NextMarker />"): string {
  return `${HEAD}<EnumerationResults ContainerName="c"><Prefix>p/</Prefix><Blobs>${blobs}</Blobs>${marker}</EnumerationResults>`;
}

function blob(name: string, md5 = "<Content-MD5>1B2M2Y8AsgTpgAmY7PhCfg==</Content-MD5>"): string {
  return `<Blob><Name>${name}</Name><Properties><Content-Length>5</Content-Length>${md5}</Properties></Blob>`;
}

Deno.test("parseBlobPage() reads blobs and the next marker", async () => {
  const md5 = "1B2M2Y8AsgTpgAmY7PhCfg==";
  assertEquals(await parseBlobPage(listed("")), { blobs: [], nextMarker: undefined });
  assertEquals(await parseBlobPage(listed(blob("p/a"))), {
    blobs: [{ name: "p/a", sizeBytes: 5, md5 }],
    nextMarker: undefined,
  });
  assertEquals(
    await parseBlobPage(
      listed(blob("p/a &amp; b") + blob("p/c ", "<Content-MD5 />"), "<NextMarker>m 1</NextMarker>"),
    ),
    {
      blobs: [{ name: "p/a & b", sizeBytes: 5, md5 }, { name: "p/c ", sizeBytes: 5, md5: undefined }],
      nextMarker: "m 1",
    },
  );
});

Deno.test("parseBlobPage() returns undefined for invalid XML", async () => {
  for (const text of ["", "{}", listed(blob("p/a")).slice(0, -20)]) {
    assertEquals(await parseBlobPage(text), undefined, text);
    assertEquals(await parseBlockList(text), undefined, text);
  }
});

Deno.test("parseBlockList() reads uncommitted blocks", async () => {
  const block = (name: string, size: number) => `<Block><Name>${name}</Name><Size>${size}</Size></Block>`;
  const list = (inside: string) =>
    `${HEAD}<BlockList><UncommittedBlocks>${inside}</UncommittedBlocks></BlockList>`;
  assertEquals(await parseBlockList(list("")), new Map());
  assertEquals(await parseBlockList(list(block("MA==", 8))), new Map([["MA==", 8]]));
  assertEquals(
    await parseBlockList(list(block("MA==", 8) + block("MQ==", 3))),
    new Map([["MA==", 8], ["MQ==", 3]]),
  );
});

/** Creates an answer of the storage service. */
const answer = (bodyAsText: string) =>
  ({ status: 200, bodyAsText, request: { url: "https://a.blob" } }) as PipelineResponse;

Deno.test("listBlobs() decodes names with control characters", async () => {
  const queries: string[] = [];
  const pages = [
    listed(blob("p/a"), "<NextMarker>x&amp;y</NextMarker>"),
    listed(blob("p/two%0Alines").replace("<Name>", '<Name Encoded="true">')),
  ];
  const found = await Array.fromAsync(listBlobs({ action: "list", prefix: "p q/" }, async (query) => {
    queries.push(query);
    return answer(pages[queries.length - 1]!);
  }));
  assertEquals(found.map(({ name }) => name), ["p/a", "p/two\nlines"]);
  assertEquals(queries, [
    "restype=container&comp=list&prefix=p%20q%2F",
    "restype=container&comp=list&prefix=p%20q%2F&marker=x%26y",
  ]);
});

for (
  const [what, body] of [
    ["an XHTML page", '<?xml version="1.0"?><html xmlns="x"><body><p>Sign in</p></body></html>'],
    ["truncated XML", '<?xml version="1.0"?><EnumerationResults><Blobs><Blob><Name>a'],
    ["an error in XML", '<?xml version="1.0"?><Error><Code>ServerBusy</Code></Error>'],
    ["a name with invalid encoding", listed(blob("%zz").replace("<Name>", '<Name Encoded="true">'))],
  ] as const
) {
  Deno.test(`listBlobs() rejects ${what}`, async () => {
    const list = listBlobs({ action: "list", prefix: "" }, async () => answer(body));
    await rejects(Array.fromAsync(list), { code: "network.answer" });
  });
}
