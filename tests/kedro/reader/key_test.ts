import { deepEqual, equal, notEqual } from "node:assert/strict";
import { fetchedKey, filesKey, keyOf, namesUsed, variablesKey } from "../../../src/kedro/reader/open.ts";
import type { EmbeddedInput } from "../../../src/kedro/reader/embedded_reader.ts";
import type { HandedOver } from "../../../src/kedro/reader/project_files.ts";

const PROGRAM = { version: "1", image: "a" };

interface Request {
  readonly packageName?: string;
  readonly env?: string;
  readonly runtimeParams?: Readonly<Record<string, number>>;
  readonly kedro?: string;
  readonly root?: string;
  readonly outside?: readonly string[];
  readonly allowEnvNames?: readonly string[];
}

/** Creates the input of a reading. */
function inputWith(
  { packageName = "shop", env = "local", kedro = "1", root = "/p", outside, ...others }: Request = {},
) {
  return {
    kedro,
    project: { root, packageName, outside },
    options: { env, ...others },
  } as unknown as EmbeddedInput;
}

const REQUESTS: Readonly<Record<string, Request>> = {
  "another package": { packageName: "store" },
  "another environment": { env: "prod" },
  "a runtime parameter": { runtimeParams: { a: 1 } },
  "another version of Kedro": { kedro: "0.19" },
  "another folder": { root: "/q" },
  "a folder outside the project": { outside: ["/libs"] },
  "variables that are allowed": { allowEnvNames: ["A"] },
  "variables of which none is allowed": { allowEnvNames: [] },
};
for (const [what, request] of Object.entries(REQUESTS)) {
  Deno.test(`keyOf() returns a different key for ${what}`, () => {
    notEqual(keyOf(inputWith(request), PROGRAM), keyOf(inputWith(), PROGRAM));
  });
}

Deno.test("keyOf() returns a different key for another version or image of the program", () => {
  const programs = [PROGRAM, { ...PROGRAM, version: "2" }, { ...PROGRAM, image: "b" }];
  equal(new Set(programs.map((program) => keyOf(inputWith(), program))).size, 3);
});

const FILE = { path: "/project/p/a.py", bytes: new Uint8Array([1]) };
const OTHER = { path: "/project/p/b.py", bytes: new Uint8Array([1]) };

interface Entries {
  readonly files?: HandedOver["files"];
  readonly folders?: readonly string[];
  readonly later?: Partial<HandedOver["later"]>;
}

/** Creates a project with one file, one folder, and one file and folder that are fetched later. */
function entriesWith({ later, ...changes }: Entries = {}): HandedOver {
  const files = [{ path: "/project/p/data/x.csv", sizeBytes: 5 }];
  return {
    files: [FILE],
    folders: ["/project/p"],
    ...changes,
    later: { files, folders: ["/project/p/data"], ...later },
    warnings: [],
  };
}

const DIFFERENT: Readonly<Record<string, Entries>> = {
  "another byte in a file": { files: [{ ...FILE, bytes: new Uint8Array([2]) }] },
  "a renamed file": { files: [OTHER] },
  "an additional file": { files: [FILE, OTHER] },
  "an additional folder": { folders: ["/project/p", "/project/p/src"] },
  "a data file of another size": { later: { files: [{ path: "/project/p/data/x.csv", sizeBytes: 6 }] } },
  "a renamed data file": { later: { files: [{ path: "/project/p/data/y.csv", sizeBytes: 5 }] } },
  "an additional data folder": { later: { folders: ["/project/p/data", "/project/p/data/new"] } },
};
for (const [what, changes] of Object.entries(DIFFERENT)) {
  Deno.test(`filesKey() of all files returns a different key for ${what}`, () => {
    notEqual(filesKey(entriesWith(changes), null), filesKey(entriesWith(), null));
  });
}

Deno.test("filesKey() tells a path from what is in its file", () => {
  const bytes = new TextEncoder().encode("x/project/p/b.pyfile");
  const keyOf = (files: HandedOver["files"]) => filesKey({ ...entriesWith(), files }, null);
  notEqual(
    keyOf([{ ...FILE, bytes }]),
    keyOf([{ ...FILE, bytes: bytes.slice(0, 1) }, { ...OTHER, bytes: new Uint8Array() }]),
  );
});

Deno.test("filesKey() does not depend on the order in which files are listed", () => {
  const orders = [[FILE, OTHER], [OTHER, FILE]].map((files) => filesKey(entriesWith({ files }), null));
  equal(orders[0], orders[1]);
});

Deno.test("filesKey() depends only on the files that were looked at", () => {
  const used = { paths: [FILE.path], listed: [] };
  const before = filesKey(entriesWith(), used);
  equal(filesKey(entriesWith({ files: [FILE, OTHER] }), used), before);
  notEqual(filesKey(entriesWith({ files: [{ ...FILE, bytes: new Uint8Array([2]) }] }), used), before);
  notEqual(filesKey(entriesWith({ files: [] }), used), before);
});

Deno.test("filesKey() depends on the names in listed folders but not on the content of their files", () => {
  const used = { paths: [], listed: ["/project/p"] };
  const before = filesKey(entriesWith(), used);
  equal(filesKey(entriesWith({ files: [{ ...FILE, bytes: new Uint8Array([2]) }] }), used), before);
  equal(filesKey(entriesWith({ files: [FILE, { ...OTHER, path: "/project/p/src/b.py" }] }), used), before);
  notEqual(filesKey(entriesWith({ files: [FILE, OTHER] }), used), before);
  notEqual(
    filesKey(entriesWith({ files: [], folders: ["/project/p", FILE.path] }), used),
    before,
    "a file that became a folder",
  );
});

Deno.test("filesKey() returns a different key if a missing path is created or its folder becomes a file", () => {
  const used = { paths: ["/project/p/b.py", "/project/p/src/c.py"], listed: [] };
  const before = filesKey(entriesWith(), used);
  notEqual(filesKey(entriesWith({ files: [FILE, OTHER] }), used), before);
  notEqual(filesKey(entriesWith({ files: [FILE, { ...FILE, path: "/project/p/src" }] }), used), before);
});

Deno.test("variablesKey() depends on the variables that were looked up, and on those of Kedro", () => {
  const keyWith = (
    variables: Record<string, string>,
    names: readonly string[] | null = ["A"],
    withheld: Record<string, boolean> = {},
  ) =>
    variablesKey(
      { environ: { variables }, withheld } as unknown as Parameters<typeof variablesKey>[0],
      names,
    );
  equal(keyWith({ A: "1", B: "1" }), keyWith({ A: "1", B: "2" }));
  notEqual(keyWith({ A: "1" }), keyWith({ A: "2" }));
  notEqual(keyWith({ A: "1" }), keyWith({}));
  notEqual(keyWith({ A: "1", B: "1" }, null), keyWith({ A: "1", B: "2" }, null));
  for (const name of ["KEDRO_X", "kedro_x", "DYNACONF_X"]) {
    notEqual(keyWith({ [name]: "1" }), keyWith({ [name]: "2" }), name);
  }
  equal(keyWith({ MY_KEDRO: "1" }), keyWith({ MY_KEDRO: "2" }));
  equal(new Set([{}, { A: true }, { A: false }].map((hidden) => keyWith({}, ["A"], hidden))).size, 3);
  notEqual(keyWith({}, null, { B: true }), keyWith({}, null));
  notEqual(keyWith({}, ["A"], { KEDRO_X: true }), keyWith({}, ["A"]));
  notEqual(
    keyWith({ B: "1", ENVVAR_PREFIX_FOR_DYNACONF: "X" }),
    keyWith({ B: "2", ENVVAR_PREFIX_FOR_DYNACONF: "X" }),
  );
});

Deno.test("fetchedKey() depends on a refusal, on the bytes, and on the names looked up in a folder", () => {
  const encoded = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const folder = (...names: readonly string[]) =>
    encoded({ files: names.map((name) => ({ path: `/project/data/${name}`, sizeBytes: 1 })), folders: [] });
  const folders = (...names: readonly string[]) =>
    encoded({ files: [], folders: names.map((name) => `/project/data/${name}`) });
  equal(fetchedKey(folders("a"), ["a"]), fetchedKey(folders("a", "b"), ["a"]));
  notEqual(fetchedKey(folders("a"), ["a"]), fetchedKey(folder("a"), ["a"]));
  equal(fetchedKey(undefined, null), "refused");
  notEqual(fetchedKey(folder("a"), null), fetchedKey(folder("a", "b"), null));
  equal(fetchedKey(folder("a"), ["a"]), fetchedKey(folder("a", "b"), ["a"]));
  notEqual(fetchedKey(folder("a"), ["a", "b"]), fetchedKey(folder("a", "b"), ["a", "b"]));
});

Deno.test("namesUsed() returns the names that were looked up directly in a folder, and null for a listed one", () => {
  const used = { paths: ["/p/data/a", "/p/data/b/c", "/p/x"], listed: ["/p/logs"] };
  deepEqual([namesUsed(used, "/p/data"), namesUsed(used, "/p/none")], [["a"], []]);
  deepEqual([namesUsed(used, "/p/logs"), namesUsed(null, "/p/data")], [null, null]);
});
