import { equal } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { findCheckout, readGitConfig } from "../../../src/app/git/checkout.ts";
import { parseIndex } from "../../../src/app/git/index_file.ts";
import { gitProperties } from "../../../src/app/git/properties.ts";
import { fakeContext } from "../../fakes/context.ts";

const COMMIT = "a".repeat(40);
const CHECKOUT = {
  "/p/.git/HEAD": `${COMMIT}\n`,
  "/p/.git/config": '[remote "origin"]\n\turl = https://example.com/x.git\n',
  "/p/a.py": "1",
};

/** An index of version 4 in which each path is the one before and ten characters more. */
function growingIndex(count: number): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(12);
  header.write("DIRC");
  header.writeUInt32BE(4, 4);
  header.writeUInt32BE(count, 8);
  const entry = Buffer.alloc(62 + 1 + 10 + 1);
  entry.write("abcdefghij", 63, "latin1");
  const parts = Array.from({ length: count }, () => entry);
  return new Uint8Array(Buffer.concat([header, ...parts, Buffer.alloc(20)]));
}

Deno.test("An index whose paths grow without end is taken for damaged, and costs no memory", () => {
  equal(parseIndex(growingIndex(20_000)), undefined);
  equal(parseIndex(growingIndex(400))?.at(-1)?.path.length, 4000);
});

Deno.test("An index that is cut in a name is taken for damaged", () => {
  equal(parseIndex(growingIndex(3).subarray(0, 12 + 70)), undefined);
});

Deno.test("A pipe in the place of the index is not read", async () => {
  const { fs } = fakeContext({ files: { ...CHECKOUT, "/p/.git/index": "" } });
  const stat = async (path: string) => {
    const found = await fs.stat(path);
    return found && path.endsWith("/index") ? { ...found, kind: "other" as const } : found;
  };
  const readBytes = (path: string) =>
    path.endsWith("/index") ? new Promise<never>(() => {}) : fs.readBytes(path);
  const found = await gitProperties({ ...fs, stat, readBytes }, "/p");
  equal(found["mlflow.source.git.commit"], COMMIT);
  equal(found["azureml.git.dirty"], undefined);
});

Deno.test("A value of 300,000 spaces in git's configuration is read at once", async () => {
  const spaces = " ".repeat(300_000);
  const config = `[core]\n\ta = x${spaces}y\n\tb =${spaces}z${spaces}\n\tc = x${spaces}# more\n\td = v # w\n`;
  const { fs } = fakeContext({ files: { ...CHECKOUT, "/p/.git/config": config } });
  const core = (await readGitConfig(fs, (await findCheckout(fs, "/p"))!)).get("core")!;
  equal(core.get("a"), `x${spaces}y`);
  equal(core.get("b"), "z");
  equal(core.get("c"), "x");
  equal(core.get("d"), "v");
});

Deno.test("A file .git of 300,000 spaces is read at once", async () => {
  const { fs } = fakeContext({
    files: {
      "/q/.git": `gitdir: ${" ".repeat(300_000)}x${" ".repeat(300_000)}y\n`,
      "/q/a.py": "1",
    },
  });
  equal(await findCheckout(fs, "/q"), undefined);
});

Deno.test("An ignore file that would take hours to match leaves only unsaid whether something changed", async () => {
  const { fs } = fakeContext({
    files: {
      ...CHECKOUT,
      "/p/.gitignore": `# * a * b * c * d\n${"*a".repeat(14)}b\n`,
      [`/p/${"a".repeat(240)}`]: "",
    },
  });
  const found = await gitProperties(fs, "/p");
  equal(found["mlflow.source.git.commit"], COMMIT);
  equal(found["azureml.git.dirty"], undefined);
});
