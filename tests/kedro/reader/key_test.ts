import { equal, notEqual } from "node:assert/strict";
import { keyOf, variablesKey } from "../../../src/kedro/reader/cached_reader.ts";
import type { EmbeddedInput } from "../../../src/kedro/reader/embedded_reader.ts";

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

Deno.test("keyOf() returns another key for each version of the program", async () => {
  const programs = [PROGRAM, { ...PROGRAM, version: "2" }, { ...PROGRAM, image: "b" }];
  const keys = await Promise.all(programs.map((program) => keyOf(inputWith(), program)));
  equal(new Set(keys).size, 3);
});

Deno.test("keyOf() returns another key for each option", async () => {
  const requests: readonly Request[] = [
    {},
    { packageName: "store" },
    { env: "prod" },
    { runtimeParams: { a: 1 } },
    { kedro: "0.19" },
    { root: "/q" },
    { outside: ["/libs"] },
    { allowEnvNames: ["A"] },
    { allowEnvNames: [] },
  ];
  const keys = await Promise.all(requests.map((request) => keyOf(inputWith(request), PROGRAM)));
  equal(new Set(keys).size, requests.length);
});

Deno.test("variablesKey() returns another key if a used variable changes", () => {
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
