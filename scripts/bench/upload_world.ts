import { type Azurite, startAzurite } from "../../tests/peers/azurite.ts";
import { type LocalAzure, startAzure } from "./azure.ts";

/** Code that a program uploaded to Azurite. */
export interface Upload {
  /** With a SAS. */
  readonly containerUrl: string;
  /** Milliseconds from the container being given to the code being registered. */
  readonly tookMs: number;
  /** URL of the folder that was registered. */
  readonly folderUrl: string;
}

/** A local Azure ML that gives out containers of a real blob storage. */
export interface UploadWorld extends AsyncDisposable {
  readonly azure: LocalAzure;
  readonly azurite: Azurite;
  /** Takes the upload that was registered last. @throws {Error} if there was none. */
  take(): Upload;
}

/** What the emulator gives for an upload. */
interface Granted {
  readonly blobReferenceForConsumption: { blobUri: string; credential: { sasUri: string } };
}

/** One container that was given out, in both storages. */
interface Given {
  readonly own: { readonly url: string; readonly sasUri: string };
  readonly azurite: { readonly url: string; readonly sasUri: string };
  readonly givenAt: number;
}

/** Starts both. @param folder Where the certificate is written. */
export async function startUploadWorld(folder: string): Promise<UploadWorld> {
  let [given, last, count]: [Given | undefined, Upload | undefined, number] = [undefined, undefined, 0];
  const azure = await startAzure(folder, async (request, emulator) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/metadata/endpoints") {
      // Uploads go to hosts of the cloud only, and Azurite is none of the emulator's.
      const clouds: readonly object[] = await (await emulator(request)).json();
      return Response.json(clouds.map((cloud) => ({ ...cloud, hosts: [new URL(azurite.url).host] })));
    }
    if (pathname.endsWith("/startPendingUpload")) {
      const answer = await emulator(request);
      const granted: Granted = await answer.json();
      const { blobReferenceForConsumption: reference } = granted;
      const sasUri = await azurite.container(`upload-${++count}`);
      const own = { url: reference.blobUri, sasUri: reference.credential.sasUri };
      reference.blobUri = sasUri.split("?")[0]!;
      reference.credential.sasUri = sasUri;
      given = { own, azurite: { url: reference.blobUri, sasUri }, givenAt: performance.now() };
      return Response.json(granted, { status: answer.status });
    }
    if (request.method !== "PUT" || !/\/codes\/[^/]+\/versions\/[^/]+$/.test(pathname) || !given) {
      return await emulator(request);
    }
    const tookMs = performance.now() - given.givenAt;
    const body = await request.json();
    const folderUrl: string = body.properties.codeUri;
    last = { containerUrl: given.azurite.sasUri, tookMs, folderUrl };
    body.properties.codeUri = folderUrl.replace(given.azurite.url, given.own.url);
    await mark(given, body.properties.codeUri, emulator);
    return await emulator(new Request(request, { body: JSON.stringify(body) }));
  });
  const azurite = await startAzurite(azure.certificate);
  return {
    azure,
    azurite,
    take() {
      if (last === undefined) throw new Error("No code was uploaded");
      const upload = last;
      [given, last] = [undefined, undefined];
      return upload;
    },
    async [Symbol.asyncDispose]() {
      await azurite[Symbol.asyncDispose]();
      await azure[Symbol.asyncDispose]();
    },
  };
}

/** The emulator registers only code that it finds in its own storage: writes a blob there. */
async function mark({ own }: Given, codeUri: string, emulator: (request: Request) => Promise<Response>) {
  const url = `${codeUri.replace(/\/$/, "")}/mark?${own.sasUri.split("?")[1]}`;
  const headers = { "x-ms-blob-type": "BlockBlob", "x-ms-version": "2021-12-02" };
  const answer = await emulator(new Request(url, { method: "PUT", headers, body: "x" }));
  if (answer.status !== 201) throw new Error(`The emulator answered ${answer.status} to a blob`);
}
