import { deepEqual, equal, rejects } from "node:assert/strict";
import { isForeignFile, requireWritable, shownPath, withWriteErrors } from "../../src/app/output_files.ts";
import { AUTHORITY_HEADER } from "../../src/azureml/job/code/own_outputs.ts";
import { pageData } from "../../src/app/report/page_file.ts";
import { writePage } from "../../src/page/html.ts";
import type { PageView } from "../../src/page/view.ts";
import { fakeContext } from "../fakes/context.ts";

for (
  const [thrown, why, hint] of [
    [
      new Deno.errors.PermissionDenied("no"),
      "permission denied",
      "Make its folder writable, or use another one",
    ],
    [
      new Error("No space left on device (os error 28)"),
      "the disk is full",
      "Free up disk space, or choose another file",
    ],
    [new Deno.errors.NotFound("no"), "its folder cannot be created", "Choose another file"],
    [new Error("in use. (os error 32)"), "another program has it open", "Choose another file"],
  ] as const
) {
  Deno.test(`a file that cannot be written is an error with "${why}"`, async () => {
    await rejects(
      withWriteErrors({ cwd: "/project" }, "/project/out.yaml", () => Promise.reject(thrown)),
      { code: "file.not_written", message: `Cannot write "out.yaml": ${why}`, hint },
    );
  });
}

Deno.test("the check of an output file leaves it unchanged", async () => {
  const ctx = fakeContext({ cwd: "/p", files: { "/p/old.html": "old" } });
  await requireWritable(ctx, "/p/old.html");
  await requireWritable(ctx, "/p/new.html");
  deepEqual([...ctx.files.keys()], ["/p/old.html"]);
  equal(await ctx.fs.readText("/p/old.html"), "old");
});

Deno.test("a read-only output file is an error", async () => {
  const ctx = fakeContext({ cwd: "/p", files: { "/p/old.html": "old" } });
  const append = () => Promise.reject(new Deno.errors.PermissionDenied());
  const denied = { ...ctx, fs: { ...ctx.fs, append } };
  await rejects(requireWritable(denied, "/p/old.html"), { code: "file.not_written" });
  const stat = async () => ({ kind: "other" as const, sizeBytes: 0, modifiedAt: undefined });
  await requireWritable({ ...denied, fs: { ...denied.fs, stat } }, "/p/pipe");
});

Deno.test("paths inside the current folder are printed relative to it", () => {
  const paths = ["/p", "/p/a/b", "/p2/a", "/", "/p/..a"];
  deepEqual(paths.map((path) => shownPath({ cwd: "/p" }, path)), [".", "a/b", "/p2/a", "/", "..a"]);
});

const COMPILED = "type: pipeline\njobs:\n  a:\n    command: kedro azureml -e local execute\n";
const page = (kind: string) => writePage(pageData("p", { kind } as PageView, new Date(0))).html;

const CONTENTS: readonly (readonly [what: string, content: string, isForeign: boolean])[] = [
  ["a package", `PK\x03\x04${"\xff".repeat(26)}manifest.json and more`, false],
  ["jobs of --output-file", '{\n  "version": 1,\n  "jobs": [\n    {\n      "job": "main"', false],
  ["jobs of another program", '{"version": 1, "jobs": [{"name": "x"}]}', true],
  ["a Mermaid diagram of compile", 'flowchart LR\n  s0["a', false],
  ["requests of compile", '{\n  "job": "main",\n  "dryRun": true,\n', false],
  ["a page of inspect", page("project"), false],
  ["the certificate of the emulator", `${AUTHORITY_HEADER}\nx`, false],
  ["a compiled job", COMPILED, false],
  ["a compiled job with commands after 80 kB", `type: pipeline\n${"#\n".repeat(40_000)}${COMPILED}`, false],
  [
    "a compiled job as JSON",
    '{\n  "display_name": "x",\n  "type": "pipeline",\n  "command": "kedro azureml -e local"\n}',
    false,
  ],
  ["a pipeline job without Kedro commands", COMPILED.replace("kedro azureml -e", "python"), true],
];

for (const [what, content, isForeign] of CONTENTS) {
  Deno.test(`-o ${isForeign ? "refuses to overwrite" : "overwrites"} ${what}`, async () => {
    const bytes = Uint8Array.from(content, (char) => char.charCodeAt(0));
    equal(await isForeignFile(fakeContext({ files: { "/p/file": bytes } }), "/p/file"), isForeign);
  });
}
