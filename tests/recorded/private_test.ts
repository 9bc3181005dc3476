import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { allRecordings } from "./recordings/all.ts";

const FOLDER = new URL("recordings/", import.meta.url);

/** IDs that do not identify anyone: invented, or hashes that azure-ai-ml computes from a component. */
const NEUTRAL = new Set([
  "779f9d31-d7a0-598a-0776-cdeb24ebc6ec",
  "a89943ce-4b1b-12f5-3310-0ad96c1d5b84",
  "beb59b45-6bbd-57dc-9330-3b4dd8b55c7b",
  "a4e91c07-0000-4000-8000-000000000001",
]);

/** Patterns of private data, by kind. */
const PRIVATE = {
  "a signature": /\bsig=(?!\{)/,
  "a token": /eyJ/,
  "a mail address": /[\w.+-]+@[\w-]+\.\w+/,
  "a certificate": /MII[A-Za-z0-9_-]{20}/,
  "a key": /[A-Za-z0-9+/]{43}=/,
  "an account": /\b(?!test\.|someaccount\.)[a-z0-9]{3,24}\.(?:blob|dfs|file)\.core/,
};

async function* texts(): AsyncIterable<readonly [name: string, text: string]> {
  for await (const { name } of Deno.readDir(FOLDER)) {
    yield [name, await Deno.readTextFile(new URL(name, FOLDER))];
  }
}

Deno.test("recordings contain no secrets", async () => {
  for await (const [name, text] of texts()) {
    const ids = text.match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi) ?? [];
    assertEquals(ids.filter((id) => !NEUTRAL.has(id)), [], name);
    for (const [what, pattern] of Object.entries(PRIVATE)) {
      assertEquals(pattern.exec(text)?.[0], undefined, `${name} has ${what}`);
    }
  }
});

Deno.test("patterns of private data match their examples", () => {
  const examples = {
    "a signature": "?sv=1&sig=abc",
    "a token": "Bearer eyJ0eXAi",
    "a mail address": "ada@example.com",
    "a certificate": "c=MIIHhzCCBm-gAwIBAgITHgVso",
    "a key": `${"A".repeat(43)}=`,
    "an account": "https://sah7zcv6.blob.core.windows.net",
  };
  for (const [what, text] of Object.entries(examples)) {
    ok(PRIVATE[what as keyof typeof PRIVATE].test(text), what);
  }
});

Deno.test("recordings include at least 60 exchanges", () => {
  const all = allRecordings();
  const files = new Set(all.map(({ file }) => file));
  const exchanges = all.flatMap(({ exchanges }) => exchanges);
  ok(files.size >= 40, `${files.size} recordings`);
  ok(exchanges.length >= 60, `${exchanges.length} exchanges`);
  assertEquals(
    all.filter(({ file, commit }) =>
      commit === undefined
        ? !/^[\w.-]+\/[\w.-]+\/(issues|pull)\/\d+$|^a public file /.test(file)
        : !/^[0-9a-f]{40}$/.test(commit)
    ),
    [],
  );
});
