import { equal, notEqual } from "node:assert/strict";
import { keyOf } from "../../../src/kedro/cache/key.ts";
import type { EmbeddedInput } from "../../../src/kedro/reader/embedded_reader.ts";

const PROGRAM = { version: "1", image: "a" };
const FILE = { path: "/project/p/a.py", bytes: new Uint8Array([1]) };

interface Changes {
  readonly packageName?: string;
  readonly env?: string;
  readonly runtimeParams?: Readonly<Record<string, number>>;
  readonly files?: readonly unknown[];
  readonly folders?: readonly string[];
  readonly later?: { readonly files?: readonly unknown[]; readonly folders?: readonly string[] };
}

/** Creates the input of a reading with one file, one folder and one file that is fetched later. */
function inputWith({ packageName = "shop", env = "local", runtimeParams, ...changes }: Changes = {}) {
  const later = {
    files: [{ path: "/project/p/data/x.csv", sizeBytes: 5 }],
    folders: ["/project/p/data"],
    ...changes.later,
  };
  const input = {
    kedro: "1",
    project: { root: "/p", packageName },
    options: { env, ...(runtimeParams && { runtimeParams }) },
    files: Promise.resolve({ files: [FILE], folders: ["/project/p"], ...changes, later }),
  };
  return input as unknown as EmbeddedInput;
}

const DIFFERENT: Readonly<Record<string, Changes>> = {
  "another package": { packageName: "store" },
  "another environment": { env: "prod" },
  "a runtime parameter": { runtimeParams: { a: 1 } },
  "another byte": { files: [{ ...FILE, bytes: new Uint8Array([2]) }] },
  "another path": { files: [{ ...FILE, path: "/project/p/b.py" }] },
  "another file": { files: [FILE, { ...FILE, path: "/project/p/b.py" }] },
  "another folder": { folders: ["/project/p", "/project/p/src"] },
  "a data file of another size": { later: { files: [{ path: "/project/p/data/x.csv", sizeBytes: 6 }] } },
  "another data file": { later: { files: [{ path: "/project/p/data/y.csv", sizeBytes: 5 }] } },
  "another data folder": { later: { folders: ["/project/p/data", "/project/p/data/new"] } },
};
for (const [what, changes] of Object.entries(DIFFERENT)) {
  Deno.test(`keyOf() changes with ${what}`, async () => {
    notEqual(await keyOf(inputWith(changes), PROGRAM), await keyOf(inputWith(), PROGRAM));
  });
}

Deno.test("keyOf() changes with the program's version and image", async () => {
  const keys = [PROGRAM, { ...PROGRAM, version: "2" }, { ...PROGRAM, image: "b" }].map((program) =>
    keyOf(inputWith(), program)
  );
  equal(new Set(await Promise.all(keys)).size, 3);
});

Deno.test("keyOf() does not depend on the order in which files are listed", async () => {
  const other = { ...FILE, path: "/project/p/b.py" };
  const [one, two] = [inputWith({ files: [FILE, other] }), inputWith({ files: [other, FILE] })];
  equal(await keyOf(one, PROGRAM), await keyOf(two, PROGRAM));
});
