import { deepEqual, equal, rejects } from "node:assert/strict";
import { openSessionStore } from "../../src/credentials/session.ts";
import { fakeContext } from "../fakes/context.ts";

const SESSION = {
  id: "1",
  authority: "https://login.example",
  clientId: "app",
  account: { id: "a", username: "ada", tenant: "t" },
  cache: "{}",
};

/** A store, and its files; `broken` are functions of the file system that fail. */
function open(...broken: readonly string[]) {
  const ctx = fakeContext();
  const fail = () => Promise.reject(new Deno.errors.PermissionDenied("no"));
  const fs = { ...ctx.fs, ...Object.fromEntries(broken.map((name) => [name, fail])) };
  return { ctx, store: openSessionStore({ ...ctx, fs })! };
}

Deno.test("openSessionStore() reads the session it wrote", async () => {
  const { store } = open();
  equal(await store.read(), undefined);
  await store.write(SESSION);
  deepEqual(await store.read(), SESSION);
  deepEqual([await store.remove(), await store.read(), await store.remove()], [true, undefined, false]);
});

Deno.test("openSessionStore() reports an invalid file", async () => {
  const damaged: unknown[] = [
    ...Object.keys(SESSION).map((key) => ({ ...SESSION, version: 1, [key]: undefined })),
    ...Object.keys(SESSION.account).map((key) => ({
      ...SESSION,
      version: 1,
      account: { ...SESSION.account, [key]: 7 },
    })),
    { ...SESSION, version: 2 },
    { ...SESSION, version: 1, cache: "{" },
    { ...SESSION, version: 1, cache: "7" },
  ];
  const { ctx, store } = open();
  for (const content of damaged) {
    await ctx.fs.writeText(store.path, JSON.stringify(content));
    equal(await store.read(), "cannot be read", JSON.stringify(content));
  }
  equal(await open("readText").store.read(), "cannot be read");
});

Deno.test("openSessionStore() uses no session of another user", async () => {
  const { ctx, store } = open();
  await store.write(SESSION);
  const stat = async (path: string) => ({ ...(await ctx.fs.stat(path))!, isForeign: true });
  equal(await openSessionStore({ ...ctx, fs: { ...ctx.fs, stat } })!.read(), "belongs to another user");
});

Deno.test("openSessionStore() reports a file that cannot be written", async () => {
  const { ctx, store } = open();
  await store.write(SESSION);
  const fail = () => Promise.reject(new Deno.errors.PermissionDenied("no"));
  const sealed = openSessionStore({ ...ctx, fs: { ...ctx.fs, writeText: fail, remove: fail } })!;
  await rejects(sealed.write(SESSION), { code: "auth.session_file", message: /^Cannot write the session/ });
  await rejects(sealed.remove(), { message: `Cannot remove the session file "${store.path}"` });
  await sealed.update("1", "[1]");
  deepEqual(await sealed.read(), SESSION);
});
