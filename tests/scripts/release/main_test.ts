import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { billOfMaterials, checksums, licensesText } from "../../../scripts/release/main.ts";
import { createFolder } from "../../fakes/folder.ts";

const ALL = [
  { name: "one", version: "1.0", purl: "pkg:npm/one@1.0", license: "MIT", texts: ["Copyright One\n"] },
  {
    name: "two",
    version: "2.0",
    purl: "pkg:pypi/two@2.0",
    license: "BSD",
    texts: ["Shared", "Notice of two"],
  },
  { name: "three", version: "3.0", purl: "pkg:pypi/three@3.0", license: "BSD", texts: ["Shared\n"] },
];

Deno.test("licenses list every component", () => {
  const text = licensesText(ALL);
  for (const { name, version, license } of ALL) {
    match(text, new RegExp(`^${name} ${version}: ${license}$`, "m"));
  }
  strictEqual(text.match(/Shared/g)?.length, 1);
  match(text, /two 2\.0\nthree 3\.0\n\nShared/);
  match(text, /Notice of two/);
});

Deno.test("bill of materials lists every component once", () => {
  const { components, dependencies } = billOfMaterials(ALL) as {
    components: { purl: string }[];
    dependencies: { dependsOn: string[] }[];
  };
  deepStrictEqual(components.map(({ purl }) => purl), ALL.map(({ purl }) => purl));
  deepStrictEqual(dependencies[0]!.dependsOn, ALL.map(({ purl }) => purl));
});

Deno.test("SHA256SUMS lists all files of a release", async () => {
  await using folder = await createFolder({ "b.txt": "hello\n", SHA256SUMS: "old" });
  strictEqual(
    await checksums(folder.root),
    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  b.txt\n",
  );
});
