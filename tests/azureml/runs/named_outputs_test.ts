import { deepEqual, equal, rejects } from "node:assert/strict";
import { downloadAll, openNamedOutputs } from "../../../src/azureml/runs/download_files.ts";
import { fakeContext } from "../../fakes/context.ts";
import { workspaceOf } from "./odd_answers.ts";

const STORE = { datastoreType: "AzureBlob", accountName: "acc", containerName: "box" };
const HEADERS = { "x-ms-request-id": "1", "content-type": "application/xml" };

/** A workspace whose datastores hold these blobs; a SAS is refused unless `takesSas`. */
function storage(blobs: readonly string[], { takesSas = true, sas = "?sig=x", status = 200 } = {}) {
  const asked: string[] = [];
  const workspace = workspaceOf((request) => {
    const { pathname, host, searchParams } = new URL(request.url);
    if (pathname.endsWith("/listSecrets")) return Response.json({ sasToken: sas });
    if (host.startsWith("management.")) {
      asked.push(`open ${pathname.split("/").at(-1)}`);
      return Response.json({ name: pathname.split("/").at(-1), properties: STORE });
    }
    const isSigned = searchParams.get("sig") === "x";
    asked.push(`list ${searchParams.get("prefix")} ${isSigned ? "with a SAS" : "as oneself"}`);
    if (isSigned && !takesSas) {
      const headers = { ...HEADERS, "x-ms-error-code": "KeyBasedAuthenticationNotPermitted" };
      return new Response("<Error><Code>KeyBasedAuthenticationNotPermitted</Code></Error>", {
        status: 403,
        headers,
      });
    }
    const listed = blobs.filter((name) => name.startsWith(searchParams.get("prefix")!)).map((name) =>
      `<Blob><Name>${name}</Name><Properties><Content-Length>1</Content-Length></Properties></Blob>`
    );
    const xml = `<EnumerationResults><Blobs>${listed.join("")}</Blobs><NextMarker /></EnumerationResults>`;
    return new Response(xml, { status, headers: HEADERS });
  });
  const files = async (uri?: string) =>
    (await openNamedOutputs(workspace).files(
      { name: "model", uri } as Parameters<
        ReturnType<typeof openNamedOutputs>["files"]
      >[0],
    )).map(({ path, url }) => `${path} ${url.replace("https://acc.blob.core.windows.net/", "")}`);
  return { workspace, files, asked };
}

const BLOBS = ["out/a b.csv", "out/dir", "out/dir/c.csv", "out/dir2/", "outer", "file.pkl"];

Deno.test("openNamedOutputs() uses the user's token if the storage rejects the SAS", async () => {
  const uri = "azureml://datastores/d/paths/file.pkl";
  const strict = storage(BLOBS, { takesSas: false });
  deepEqual(await strict.files(uri), ["named-outputs/model/file.pkl box/file.pkl?sig=x"]);
  deepEqual(strict.asked, ["open d", "list file.pkl with a SAS", "list file.pkl as oneself"]);
  const without = storage(BLOBS, { sas: "" });
  deepEqual(await without.files(uri), ["named-outputs/model/file.pkl box/file.pkl"]);
  deepEqual(without.asked, ["open d", "list file.pkl as oneself"]);
});

for (const [refused, downloaded] of [[undefined, 20], ["2", 7]] as const) {
  Deno.test(`downloadAll() ${refused ? "stops after a failure" : "reads eight files at once"}`, async () => {
    let [open, most] = [0, 0];
    const workspace = workspaceOf(async ({ method, url }) => {
      most = Math.max(most, ++open);
      for (let turn = 0; turn < 100; turn++) await undefined;
      open--;
      const headers = {
        "x-ms-request-id": "1",
        "content-length": "1",
        etag: "e",
        "content-range": "bytes 0-0/1",
      };
      if (url.endsWith(`/${refused}`)) return new Response(null, { status: 403, headers });
      return method === "HEAD"
        ? new Response(null, { headers })
        : new Response("x", { status: 206, headers });
    });
    const files = Array.from({ length: 20 }, (_, at) => ({
      path: `${at}`,
      url: `https://acc.blob.core.windows.net/box/${at}`,
    }));
    const done: string[] = [];
    const { fs } = fakeContext();
    const downloading = downloadAll(workspace, fs, {
      files,
      folderOf: ({ path }) => `/out/${Number(path) % 2}`,
      onFile: ({ path }, file) => void done.push(`${path} ${file.path} ${file.sizeBytes}`),
    });
    if (refused === undefined) await downloading;
    else {await rejects(downloading, {
        code: "download.refused",
        message: `Cannot download "${refused}": the storage answered 403`,
      });}
    equal(most, 8);
    equal(done.length, downloaded, done.join());
    equal(done[0], "0 /out/0/0 1");
  });
}
