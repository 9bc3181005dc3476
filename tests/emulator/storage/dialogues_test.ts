import { assertTranscript } from "../../fakes/assert_transcript.ts";
import { createClient, ID } from "../two_steps.ts";

const BLOB = { "x-ms-blob-type": "BlockBlob" };
const ONE = btoa("1");
const LIST = `<?xml version="1.0"?><BlockList><Latest>${ONE}</Latest></BlockList>`;

/** Headers that each answer has, or that differ each time. */
const NOISE = /^(?:date|x-ms-request-id|x-ms-client-request-id|server|vary|etag)$/;

Deno.test("emulator's answers for blobs match their transcript", async (t) => {
  const clock = { now: () => new Date("2026-01-02T03:04:05.678Z"), sleep: async () => {} };
  const client = createClient({ clock });
  const path = `${ID}/codes/code/versions/1/startPendingUpload`;
  const { body } = await client.ask("POST", path, { body: { pendingUploadType: "TemporaryBlobReference" } });
  const [base, sas] = body.blobReferenceForConsumption.credential.sasUri.split("?") as [string, string];
  const lines = [
    [...new URLSearchParams(sas)].map(([name, value]) =>
      /^(?:sig|skoid|sktid)$/.test(name) ? `${name} is set\n` : `${name}=${value}\n`
    ).join(""),
  ];
  for (
    const [method, name, headers = {}, content] of [
      ["PUT", "/a%20b.txt", {
        ...BLOB,
        "x-ms-meta-owner": "me & you",
        "x-ms-blob-content-type": "text/plain",
      }, "hello"],
      ["HEAD", "/a%20b.txt"],
      ["GET", "/a%20b.txt", { range: "bytes=1-3" }],
      ["GET", "/a%20b.txt", { range: "bytes=9-" }],
      ["PUT", `/c?comp=block&blockid=${ONE}`, {}, "block"],
      ["GET", "/c?comp=blocklist&blocklisttype=uncommitted"],
      ["PUT", "/c?comp=blocklist", {}, LIST],
      ["PUT", "/c?comp=metadata", { "x-ms-meta-a": "1" }],
      ["GET", "/c"],
      ["GET", "?restype=container&comp=list&include=metadata"],
      ["GET", "?restype=container&comp=list&prefix=a&maxresults=1"],
      ["DELETE", "/c"],
      ["GET", "/c"],
      ["PATCH", "/c"],
      ["PUT", "/d", {}, "no type"],
    ] as readonly (readonly [string, string, Record<string, string>?, string?])[]
  ) {
    const url = `${base}${name}${name.includes("?") ? "&" : "?"}${sas}`;
    const answer = await client.emulator.fetch(
      new Request(url, { method, headers, ...(content !== undefined && { body: content }) }),
    );
    const shown = [...answer.headers].filter(([name]) => !NOISE.test(name)).map(([name, value]) =>
      `${name}: ${value}\n`
    );
    const text = (await answer.text()).replace(/<Etag>[^<]*/g, "<Etag>E").replace(
      /RequestId:[^\n]*/,
      "RequestId:R",
    )
      .replaceAll(base.split("/").at(-1)!, "CONTAINER");
    lines.push(`${method} ${name}\n${answer.status}\n${shown.join("")}${text}\n`);
  }
  await assertTranscript(t, lines.join("\n"), import.meta.url);
});
