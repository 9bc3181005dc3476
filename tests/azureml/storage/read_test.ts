import { deepEqual, equal, rejects } from "node:assert/strict";
import { readStorage } from "../../../src/azureml/storage/read.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import { createHttpHeaders } from "../../../src/core/net/azure_http.ts";

const BLOB = "https://account.blob.core.windows.net/box/a.txt";

interface Sent {
  readonly url: string;
  readonly scope?: string;
  readonly headers: object;
}

/** A storage that answers with these statuses in turn, and what was sent to it. */
function storage(...answers: readonly (readonly [status: number, code?: string])[]) {
  const sent: string[] = [];
  const answer = ({ url, scope, headers }: Sent) => {
    deepEqual(headers, { "x-ms-version": "2021-12-02", range: "bytes=0-9" });
    const [status, code] = answers[sent.length]!;
    sent.push(`${url.replace("https://", "")} ${scope ?? "no token"}`);
    return {
      status,
      headers: createHttpHeaders({
        "x-ms-version": "1",
        ...(code !== undefined && { "x-ms-error-code": code }),
      }),
    };
  };
  const workspace = {
    cloud: CLOUDS.AzureCloud,
    ask: async (request: Sent) => answer(request),
    read: async (request: Sent) => ({
      response: answer(request),
      bytes: new Uint8Array(),
    }),
  };
  const respond = async (url: string, method: "GET" | "HEAD" = "GET") => {
    const headers = { range: "bytes=0-9" };
    return (await readStorage(workspace as unknown as Workspace, { action: "read", url, method, headers }))
      .response;
  };
  const read = async (...request: Parameters<typeof respond>) => (await respond(...request)).status;
  return { respond, read, sent };
}

const SCOPE = "https://storage.azure.com/.default";
const NO_KEYS = [403, "KeyBasedAuthenticationNotPermitted"] as const;

for (const method of ["GET", "HEAD"] as const) {
  Deno.test(`readStorage() sends ${method} with the user's token if the SAS is refused`, async () => {
    const { read, sent } = storage(NO_KEYS, [200]);
    equal(await read(`${BLOB}?sig=x`, method), 200);
    deepEqual(sent, [
      "account.blob.core.windows.net/box/a.txt?sig=x no token",
      `account.blob.core.windows.net/box/a.txt ${SCOPE}`,
    ]);
  });
}

Deno.test("readStorage() does not try a refused SAS again", async () => {
  const { read, sent } = storage(NO_KEYS, [200], [200]);
  equal(await read(`${BLOB}?sig=x`), 200);
  equal(await read("https://account.blob.core.windows.net/box?comp=list&prefix=a%2Fb&sv=1&sig=x"), 200);
  deepEqual(sent.slice(1), [
    `account.blob.core.windows.net/box/a.txt ${SCOPE}`,
    `account.blob.core.windows.net/box?comp=list&prefix=a%2Fb ${SCOPE}`,
  ]);
});

Deno.test("readStorage() rejects an answer that is not from storage", async () => {
  const workspace = {
    cloud: CLOUDS.AzureCloud,
    read: async () => ({ response: { status: 200, headers: createHttpHeaders() }, bytes: new Uint8Array() }),
  } as unknown as Workspace;
  await rejects(readStorage(workspace, { action: "read", url: BLOB }), { code: "network.answer" });
});

Deno.test("readStorage() sends no token to other hosts", async () => {
  const elsewhere = storage(NO_KEYS);
  equal(await elsewhere.read("https://evil.example/a.txt?sig=x"), 403);
  const bare = storage([200]);
  equal(await bare.read("https://evil.example/a.txt"), 200);
  const odd = storage(NO_KEYS);
  equal(await odd.read("a.txt?sig=x"), 403);
  const firewall = storage([403, "AuthorizationFailure"]);
  equal(await firewall.read(`${BLOB}?sig=x`), 403);
  deepEqual(
    [...elsewhere.sent, ...bare.sent, ...odd.sent, ...firewall.sent].filter((one) =>
      !one.endsWith("no token")
    ),
    [],
  );
});
