import { deepStrictEqual as assertEquals, ok, strictEqual } from "node:assert/strict";
import { dirname } from "node:path";
import { openSessionStore } from "../../src/credentials/session.ts";
import { systemFs } from "../../src/system/fs.ts";
import { onUnix } from "./on_unix.ts";

const SESSION = {
  id: "first",
  authority: "https://login.microsoftonline.com",
  clientId: "client",
  account: { id: "account", username: "ada@example.org", tenant: "tenant" },
  cache: "{}",
};

async function inHome(use: (home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir();
  try {
    await use(home);
  } finally {
    await Deno.chmod(home, 0o700);
    await Deno.remove(home, { recursive: true });
  }
}

function storeIn(home: string) {
  return openSessionStore({ env: {}, home, platform: "linux", fs: systemFs })!;
}

onUnix("openSessionStore() writes a file that only its owner can read", async () => {
  await inHome(async (home) => {
    const before = Deno.umask(0);
    try {
      const store = storeIn(home);
      await store.write(SESSION);
      await store.write({ ...SESSION, id: "second" });
      const mode = (path: string) => Deno.statSync(path).mode! & 0o777;
      assertEquals([mode(store.path), mode(dirname(store.path))], [0o600, 0o700]);
      assertEquals([...Deno.readDirSync(dirname(store.path))].map(({ name }) => name), ["session.json"]);
      assertEquals(await store.read(), { ...SESSION, id: "second" });
    } finally {
      Deno.umask(before);
    }
  });
});

Deno.test("openSessionStore() does not update another session", async () => {
  await inHome(async (home) => {
    const store = storeIn(home);
    await store.update("first", '{"a":1}');
    strictEqual(await store.read(), undefined);
    await store.write({ ...SESSION, id: "second" });
    await store.update("first", '{"a":1}');
    assertEquals(await store.read(), { ...SESSION, id: "second" });
    await store.update("second", '{"a":1}');
    assertEquals(await store.read(), { ...SESSION, id: "second", cache: '{"a":1}' });
    assertEquals([await store.remove(), await store.remove()], [true, false]);
  });
});

Deno.test("openSessionStore() keeps a whole session with concurrent writers", async () => {
  await inHome(async (home) => {
    const store = storeIn(home);
    await store.write(SESSION);
    const big = "x".repeat(200_000);
    const writers = Array.from({ length: 40 }, async (_, i) => {
      await storeIn(home).update("first", JSON.stringify({ i, big }));
      const read = await storeIn(home).read();
      ok(read !== undefined && read !== "damaged", "half of a session was read");
    });
    await Promise.all(writers);
    assertEquals([...Deno.readDirSync(dirname(store.path))].map(({ name }) => name), ["session.json"]);
  });
});
