import { deepEqual, equal, match } from "node:assert/strict";
import { createClient, ID, WORKSPACE } from "../two_steps.ts";

const BLOB = { "x-ms-blob-type": "BlockBlob" };
/** A clock that stands still. */
const FIXED = { now: () => new Date("2026-01-02T03:04:05Z"), sleep: async () => {} };

/** Creates a container of code with a SAS, and one way to ask for it. */
async function container(clock?: typeof FIXED) {
  const client = createClient(clock && { clock });
  const path = `${ID}/codes/code/versions/1/startPendingUpload`;
  const { body } = await client.ask("POST", path, { body: { pendingUploadType: "TemporaryBlobReference" } });
  const [base, sas] = body.blobReferenceForConsumption.credential.sasUri.split("?") as [string, string];
  const send = async (
    method: string,
    name: string,
    { headers = {}, content, query = sas }: {
      readonly headers?: Record<string, string>;
      readonly content?: string;
      readonly query?: string;
    } = {},
  ) => {
    const [blob, more] = name.split("?");
    const url = `${base}${blob}?${[more, query].filter((part) => part).join("&")}`;
    const request = new Request(url, { method, headers, ...(content !== undefined && { body: content }) });
    const answer = await client.emulator.fetch(request);
    const text = await answer.text();
    return { status: answer.status, code: answer.headers.get("x-ms-error-code"), text, answer };
  };
  return { ...client, base, sas, send };
}

/** Status and error code. */
function refusal({ status, code }: { readonly status: number; readonly code: string | null }) {
  return [status, code];
}

Deno.test("emulator accepts only storage tokens for blobs", async () => {
  const { send, emulator, base } = await container();
  await send("PUT", "/a", { content: "x", headers: BLOB });
  const by = async (method: string, authorization: string) => {
    return await send(method, "/a", { headers: { authorization }, query: "" });
  };
  const bearer = (audience: string) => `Bearer ${emulator.issueToken(audience)}`;
  const account = new URL(base).origin;
  equal((await by("GET", bearer(account))).status, 200);
  equal((await by("GET", bearer(`${account}/`))).status, 200);
  equal((await by("GET", bearer("https://storage.azure.com/"))).status, 200);
  for (
    const wrong of [
      bearer("https://management.azure.com"),
      "Bearer other",
      bearer(account).slice(1),
      "Basic x",
    ]
  ) {
    deepEqual(refusal(await by("GET", wrong)), [401, "InvalidAuthenticationInfo"], wrong);
  }
  equal((await by("DELETE", bearer(account))).status, 202);
  equal((await by("GET", bearer(account))).status, 404);
});

Deno.test("emulator denies blobs without the data action", async () => {
  for (const [denied, method] of [["read", "GET"], ["write", "PUT"], ["delete", "DELETE"]] as const) {
    const action = `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${denied}`;
    const { emulator } = createClient({ deniedActions: [action] });
    const { account } = emulatorStorage(emulator);
    const authorization = `Bearer ${emulator.issueToken("https://storage.azure.com")}`;
    for (const tried of ["GET", "PUT", "DELETE"]) {
      const headers = { ...BLOB, authorization };
      const body = tried === "PUT" ? { body: "x" } : {};
      const answer = await emulator.fetch(
        new Request(`${account}/none/a`, { method: tried, headers, ...body }),
      );
      await answer.body?.cancel();
      const expected = tried === method ? "AuthorizationPermissionMismatch" : "ContainerNotFound";
      equal(answer.headers.get("x-ms-error-code"), expected, `${denied} ${tried}`);
    }
  }
});

/** The address of the workspace's storage account. */
function emulatorStorage(
  emulator: ReturnType<typeof createClient>["emulator"],
): { readonly account: string } {
  const [datastore] = emulator.resources("datastores");
  const { accountName } = datastore!.properties as { readonly accountName: string };
  return { account: `https://${accountName}.blob.core.windows.net` };
}

Deno.test("emulator rejects a SAS with changed parameters", async () => {
  const { send, sas } = await container();
  await send("PUT", "/a", { content: "x", headers: BLOB });
  for (const [name, value] of [["sp", "rcuwdl"], ["se", "2099-01-01T00:00:00Z"], ["sr", "b"], ["sig", "x"]]) {
    const changed = new URLSearchParams(sas);
    changed.set(name!, value!);
    const answer = await send("GET", "/a", { query: String(changed) });
    deepEqual(refusal(answer), [403, "AuthenticationFailed"], name);
    match(answer.text, /Signature did not match/);
  }
});

Deno.test("emulator rejects a SAS at the account of another workspace", async () => {
  const workspaces = ["one", "two"].map((name) => ({ ...WORKSPACE, name }));
  const client = createClient({ seed: { workspaces } });
  const accounts = new Set(
    client.emulator.resources("datastores").map(({ properties }) => properties.accountName),
  );
  const secrets = ID.replace(/[^/]+$/, "one/datastores/workspaceblobstore/listSecrets");
  const { body: { sasToken } } = await client.ask("POST", secrets, { body: { expirableSecret: true } });
  const { sv: _, se: _se, sig: _sig, ...granted } = Object.fromEntries(new URLSearchParams(sasToken));
  deepEqual(granted, { srt: "co", ss: "bf", sp: "rcuwdl" });
  const codes = await Array.fromAsync(accounts, async (account) => {
    const url = `https://${account}.blob.core.windows.net/none/a${sasToken}`;
    return (await client.ask("GET", url, { headers: { authorization: null } })).headers.get(
      "x-ms-error-code",
    );
  });
  deepEqual(codes, ["ContainerNotFound", "AuthenticationFailed"]);
});

Deno.test("emulator commits blocks from the lists named in the request", async () => {
  const { send } = await container();
  const stage = (id: string, content: string) =>
    send("PUT", `/x?comp=block&blockid=${encodeURIComponent(id)}`, { content });
  const commit = (list: string) =>
    send("PUT", "/x?comp=blocklist", { content: `<BlockList>${list}</BlockList>` });
  for (const [id, text] of [["AA==", "one "], ["BB==", "two"]] as const) await stage(id, text);
  equal((await commit("<Latest>AA==</Latest><Latest>BB==</Latest>")).status, 201);
  for (const [id, text] of [["BB==", "new"], ["CC==", "!"]] as const) await stage(id, text);
  const all = "<Committed>BB==</Committed><Latest>BB==</Latest><Uncommitted>CC==</Uncommitted>";
  equal((await commit(all)).status, 201);
  equal((await send("GET", "/x")).text, "twonew!");
  for (const unknown of ["<Uncommitted>CC==</Uncommitted>", "<Committed>DD==</Committed>"]) {
    deepEqual(refusal(await commit(unknown)), [400, "InvalidBlockList"], unknown);
  }
});
