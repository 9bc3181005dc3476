import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { prepareCode } from "../azureml/job/code/prepare_code.ts";
import { uploadCode, type UploadGrant, type UploadMemory } from "../../src/azureml/submit/upload.ts";
import { openWorkspace } from "../../src/azureml/client/open_workspace.ts";
import { type Cloud, CLOUDS } from "../../src/core/net/clouds.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { WORKSPACE } from "../fakes/seed.ts";
import { type Azurite, skipped, startAzurite } from "./azurite.ts";
import { peerTest } from "./peer.ts";

const LARGE = new Uint8Array(20 * 1024 * 1024 + 7).map((_, at) => at * 31);

peerTest("submit uploads code to Azurite unchanged", skipped, async (t) => {
  await using azurite = await startAzurite();
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/src`);
  await Deno.writeFile(`${folder}/large.bin`, LARGE);
  await Deno.writeTextFile(`${folder}/src/é # %20&+.py`, "é");
  await Deno.writeTextFile(`${folder}/empty`, "");
  for (let at = 0; at < 60; at++) await Deno.writeTextFile(`${folder}/src/f${at}.py`, `print(${at})\n`);
  const code = await prepareCode(systemFs, folder);
  try {
    await t.step("upload to Azurite uses a SAS", async () => {
      const world = await createUpload(azurite, { container: "by-sas" });
      await uploadCode(world.workspace, code);
      await assertUploaded(azurite, world.sasUri, code);
      const first = code.files[0]!.name;
      const { headers } = await head(azurite, world.sasUri, `${code.folderName}/${first}`);
      equal(headers.get("x-ms-meta-upload_status"), "completed");
    });
    await t.step("upload to Azurite without a SAS uses the identity's token", async () => {
      const world = await createUpload(azurite, { container: "by-token", hasSas: false });
      await uploadCode(world.workspace, code);
      ok(world.asked.filter((line) => line.startsWith("PUT")).every((line) => !line.includes("sig=")));
      await assertUploaded(azurite, world.sasUri, code);
    });
    await t.step("resumed upload to Azurite sends no block twice", async () => {
      const memory = createMemory();
      const cut = await createUpload(azurite, { container: "cut", dieAfterPuts: 25 });
      await rejects(uploadCode(cut.workspace, code, { memory }), { code: /^network\./ });
      const again = await createUpload(azurite, { container: "cut", isThere: true });
      await uploadCode(again.workspace, code, { memory });
      await assertUploaded(azurite, cut.sasUri, code);
      const puts = (lines: readonly string[]) =>
        lines.filter((line) => line.startsWith("PUT") && !/comp=(metadata|blocklist)/.test(line));
      const all = [...puts(cut.asked), ...puts(again.asked)].map((line) => line.split("sv=")[0]!);
      equal(new Set(all).size, all.length, "a file or a block was sent twice");
    });
    await t.step("upload to Azurite with a rejected token exits 4", async () => {
      const world = await createUpload(azurite, {
        container: "wrong",
        hasSas: false,
        audience: "https://graph.microsoft.com",
      });
      await rejects(uploadCode(world.workspace, code), (thrown: Error & { code: string; exit: number }) => {
        match(thrown.message, /^Cannot upload/);
        equal(thrown.exit, 4);
        return true;
      });
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

interface PlaceOptions {
  readonly container: string;
  readonly isThere?: boolean;
  readonly hasSas?: boolean;
  readonly audience?: string;
  /** Number of uploads after which the network fails. */
  readonly dieAfterPuts?: number;
}

/** A cloud whose storage is Azurite, as a cloud file can describe it. */
function cloudOf({ url }: Azurite): Cloud {
  const { host } = new URL(url);
  return { ...CLOUDS.AzureCloud!, resourceManager: "https://127.0.0.1", storageSuffix: host };
}

/** Creates a workspace whose uploads go to Azurite. */
async function createUpload(azurite: Azurite, options: PlaceOptions) {
  const { container, hasSas = true, audience, dieAfterPuts = Infinity } = options;
  const sasUri = options.isThere ? "" : await azurite.container(container);
  const asked: string[] = [];
  let puts = 0;
  const { clock, random, signal } = fakeContext();
  const fetch = async (request: Request): Promise<Response> => {
    if (request.url.startsWith(azurite.url)) {
      if (request.method === "PUT" && ++puts > dieAfterPuts) throw new TypeError("connection closed");
      const answer = await azurite.fetch(request);
      if (answer.status < 300) asked.push(`${request.method} ${request.url}`);
      return answer;
    }
    if (request.method === "GET") return Response.json({ value: [] });
    if (request.method === "PUT") {
      return Response.json({ id: new URL(request.url).pathname }, { status: 201 });
    }
    ok(!options.isThere, "no other container is asked for");
    return Response.json({
      blobReferenceForConsumption: {
        blobUri: `${azurite.url}/${container}`,
        credential: hasSas ? { credentialType: "SAS", sasUri } : { credentialType: "NoCredentials" },
      },
    });
  };
  const tokens = { getToken: async () => ({ token: azurite.token(audience) }) };
  const workspace = openWorkspace({
    ...{ env: {}, fetch, random, signal, cloud: cloudOf(azurite), config: WORKSPACE, tokens },
    // SAS are checked against real time; nothing waits.
    clock: { now: () => new Date(), sleep: clock.sleep },
  });
  return { workspace, sasUri, asked };
}

function createMemory(): UploadMemory {
  const kept = new Map<string, UploadGrant>();
  return {
    recall: async (asset) => kept.get(asset),
    remember: async (asset, grant) => void kept.set(asset, grant),
    forget: async (asset) => void kept.delete(asset),
  };
}

type Code = Awaited<ReturnType<typeof prepareCode>>;

async function assertUploaded(azurite: Azurite, sasUri: string, code: Code): Promise<void> {
  for (const { name, path } of code.files) {
    const answer = await azurite.fetch(new Request(blobUrl(sasUri, `${code.folderName}/${name}`)));
    equal(answer.status, 200, name);
    deepEqual(new Uint8Array(await answer.arrayBuffer()), await Deno.readFile(path), name);
  }
}

async function head(azurite: Azurite, sasUri: string, name: string): Promise<Response> {
  return await azurite.fetch(new Request(blobUrl(sasUri, name), { method: "HEAD" }));
}

function blobUrl(sasUri: string, name: string): string {
  const [container, sas] = sasUri.split("?");
  return `${container}/${name.split("/").map(encodeURIComponent).join("/")}?${sas}`;
}
