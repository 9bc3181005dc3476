import assert from "node:assert/strict";
import { assertTranscript } from "../../fakes/assert_transcript.ts";
import {
  callbackName,
  displayNameOfJob,
  list,
  nameAndValue,
  nameOfJob,
  nodeNames,
  pathOfAsset,
  repeated,
  sha256,
  versions,
  workspaceName,
} from "../../../src/cli/parse/values.ts";

/** Results of Kedro 1.7.0's `split_node_names`, except for empty names. */
const CASES: Readonly<Record<string, readonly string[]>> = {
  "": [],
  "a": ["a"],
  "a, b ,c": ["a", "b", "c"],
  "f([a,b]) -> [c]": ["f([a,b]) -> [c]"],
  "f([a,b]) -> [c],g([c]) -> [d,e],last": ["f([a,b]) -> [c]", "g([c]) -> [d,e]", "last"],
  "ns.f([params:a,ns.b]) -> None, x": ["ns.f([params:a,ns.b]) -> None", "x"],
  "f([[a,b],c]),d": ["f([[a,b],c])", "d"],
  "a,,b,": ["a", "b"],
  "f([a,b": ["f([a,b"],
};

for (const [text, names] of Object.entries(CASES)) {
  Deno.test(`--nodes "${text}" selects ${names.length || "no"} node${names.length === 1 ? "" : "s"}`, () => {
    assert.deepEqual(nodeNames(text), names);
  });
}

const HASH = "0123456789abcdef".repeat(4);
const NAME_255 = "a".repeat(255);

/** What a parser makes of a text after `before`, and texts that it rejects with words. */
const PARSERS: readonly (readonly [
  option: string,
  parse: (text: string) => unknown,
  parsed: Readonly<Record<string, unknown>>,
  rejected: readonly string[],
  says?: RegExp,
])[] = [
  ["--job", (text) => repeated(text, ["a"]), { "b,c": ["a", "b,c"], "": ["a", ""] }, []],
  ["--tags", (text) => list(text, ["a"]), { " b , c,,": ["a", "b", "c"], "": ["a"] }, []],
  [
    "--env-var",
    (text) => nameAndValue(text, { a: "1" }),
    {
      "b=2": { a: "1", b: "2" },
      "a=x=y\nz": { a: "x=y\nz" },
      "_B9=": { a: "1", _B9: "" },
    },
    ["b", "=b", "9b=1", "b-c=1"],
    /^use NAME=VALUE;/,
  ],
  [
    "--load-versions",
    (text) => versions(text, { a: "1" }),
    {
      "b:2": { a: "1", b: "2" },
      " b:2024-01-01T10:00 , c:3 ": { a: "1", b: "2024-01-01T10:00", c: "3" },
    },
    ["b", ":2", "b:", "b:1,"],
    /is not DATASET:VERSION$/,
  ],
  [
    "--name",
    nameOfJob,
    { "a_b-9": "a_b-9", [NAME_255]: NAME_255, "9": "9" },
    ["", "-a", "_a", "a b", "a.b", `${NAME_255}a`],
    /^use at most 255 letters/,
  ],
  ["--sha256", sha256, { [HASH]: HASH, [HASH.toUpperCase()]: HASH }, [
    HASH.slice(1),
    `${HASH}0`,
    HASH.replace("f", "g"),
  ], /^use the 64/],
  [
    "--display-name",
    (text) => displayNameOfJob(text, { a: "A" }),
    { "b=B=C": { a: "A", b: "B=C" }, "b=": { a: "A", b: "" } },
    ["b"],
    /^use JOB=NAME/,
  ],
  [
    "--data",
    (text) => pathOfAsset(text, { a: "p" }),
    { "b=x=y": { a: "p", b: "x=y" }, "b:2=/x": { a: "p", "b:2": "/x" } },
    ["b", "b=", "=x", "b:=x", "b:1:2=x", "b c=x"],
    /^use NAME=PATH or NAME:VERSION=PATH$/,
  ],
  [
    "emulator --workspace",
    (text) => workspaceName(text, []),
    { "s/g/n": [{ subscription_id: "s", resource_group: "g", name: "n" }] },
    ["s/g", "s/g/", "/g/n", "s//n", "s/g/n/x"],
    /^use SUBSCRIPTION\/GROUP\/NAME$/,
  ],
  [
    "--on-job-scheduled",
    callbackName,
    { "a.b_1:f": { module: "a.b_1", function: "f" }, "é:_f": { module: "é", function: "_f" } },
    ["a", "a:", ":f", "a..b:f", "1a:f", "a:f.g", "a:b:f"],
    /^use MODULE:FUNCTION/,
  ],
];

/** A typed text for the name of a test. */
function shown(text: string): string {
  return text.length <= 40 ? JSON.stringify(text) : `"${text.slice(0, 20)}…", ${text.length} characters`;
}

for (const [option, parse, parsed, rejected, says] of PARSERS) {
  for (const [text, value] of Object.entries(parsed)) {
    Deno.test(`${option} accepts ${shown(text)}`, () => assert.deepEqual(parse(text), value));
  }
  for (const text of rejected) {
    Deno.test(`${option} rejects ${shown(text)}`, async (t) => {
      let said = "";
      assert.throws(() => parse(text), (error: Error) => {
        said = error.message;
        assert.equal(error.name, "InvalidArgumentError");
        return says!.test(said);
      });
      await assertTranscript(t, said, import.meta.url);
    });
  }
}
