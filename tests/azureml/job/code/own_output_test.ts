import { deepEqual, equal } from "node:assert/strict";
import {
  AUTHORITY_HEADER,
  markOwnFolder,
  OWN_FOLDER_MARK,
  ownOutput,
} from "../../../../src/azureml/job/code/exclusions.ts";
import { pageData } from "../../../../src/app/report/page_file.ts";
import { writePage } from "../../../../src/page/html.ts";
import type { PageView } from "../../../../src/page/view.ts";
import { fakeContext } from "../../../fakes/context.ts";

const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Bytes that begin and end as a package does. */
function packageWith(
  { first = "manifest.json", seal = "a".repeat(64), length = "@\0", gap = 40 } = {},
): string {
  return `PK\x03\x04${"x".repeat(26)}${first}${"y".repeat(gap)}${length}${seal}`;
}

async function reasonOf(name: string | undefined, content: string): Promise<string | undefined> {
  const bytes = bytesOf(content);
  const { fs } = fakeContext({ files: { "/p/file": bytes } });
  return await ownOutput(fs, {
    path: "/p/file",
    sizeBytes: bytes.length,
    ...(name !== undefined && { name }),
  });
}

const COMPILED = "type: pipeline\njobs:\n  a:\n    command: kedro azureml -e local execute\n";

const CASES:
  readonly (readonly [what: string, name: string | undefined, content: string, reason?: string])[] = [
    ["a package", "a.kap", packageWith(), "package of kedro-azureml"],
    ["a package whose name is not given", undefined, packageWith(), "package of kedro-azureml"],
    ["a package named as a CSV file", "a.csv", packageWith()],
    ["a ZIP file that begins with another file", "a.zip", packageWith({ first: "manifest.xml_" })],
    ["a ZIP file with another comment", "a.zip", packageWith({ seal: "g".repeat(64) })],
    ["a ZIP file with a comment of another length", "a.zip", packageWith({ length: "A\0" })],
    ["a package of the smallest size", "a.kap", packageWith({ gap: 19 }), "package of kedro-azureml"],
    ["a ZIP file that is too short", "a.zip", packageWith({ gap: 18 })],
    ["a file of two bytes", "a.zip", "PK"],
    ["a package with a wrong signature", "a.bin", packageWith().replace("PK", "PQ")],
    ["an empty file", "a.json", ""],
    [
      "a file that --output-file wrote",
      "jobs.json",
      '{\n  "version": 1,\n  "jobs": []',
      "written by `--output-file`",
    ],
    [
      "the content of --output-file in a .txt file",
      "jobs.txt",
      '{\n  "version": 1,\n  "jobs": []',
      "written by `--output-file`",
    ],
    [
      "a file that --output-file wrote, if its name is not given",
      undefined,
      '{\n  "version": 1,\n  "jobs": []',
      "written by `--output-file`",
    ],
    [
      "a snapshot of inspect",
      "s.JSON",
      '{"version": 1, "project": {"kedro_init_version":',
      "written by `kedro-azureml inspect`",
    ],
    ["a Mermaid diagram of compile", "a.mmd", 'flowchart LR\n  s0["a', "written by `kedro-azureml compile`"],
    [
      "a Mermaid diagram without an extension",
      "a",
      'flowchart LR\n  s0["a',
      "written by `kedro-azureml compile`",
    ],
    [
      "a page of inspect",
      "a.html",
      writePage(pageData("p", { kind: "project" } as PageView, new Date(0))).html,
      "written by `kedro-azureml inspect`",
    ],
    [
      "a page of job report",
      "page",
      writePage(pageData("p", { kind: "run" } as unknown as PageView, new Date(0))).html,
      "written by `kedro-azureml job report`",
    ],
    [
      "a Graphviz graph of compile",
      "a.gv",
      'digraph "a" {\n  rankdir=LR;\n  node [shape=box];\n',
      "written by `kedro-azureml compile`",
    ],
    [
      "a Graphviz graph without an extension",
      "a",
      'digraph "a" {\n  rankdir=LR;\n  node [shape=box];\n',
      "written by `kedro-azureml compile`",
    ],
    [
      "a job that --output-file wrote",
      "jobs.txt",
      '{\n  "version": 1,\n  "jobs": [\n    {\n      "job": "main"',
      "written by `--output-file`",
    ],
    [
      "requests that compile wrote",
      "a.txt",
      '{\n  "job": "main",\n  "dryRun": true,\n',
      "written by `kedro-azureml compile`",
    ],
    ["JSON of a job that is no dry run", "a.json", '{\n  "job": "main",\n  "dryRun": false,\n'],
    ["the certificate of the emulator", "ca.pem", `${AUTHORITY_HEADER}\nx`, "certificate of the emulator"],
    [
      "the certificate of the emulator without an extension",
      "ca",
      `${AUTHORITY_HEADER}\nx`,
      "certificate of the emulator",
    ],
    ["a compiled job", "p.yml", COMPILED, "written by `kedro-azureml compile`"],
    [
      "a compiled job whose commands come after 80 kB",
      "p.yaml",
      `type: pipeline\n${"#\n".repeat(40_000)}${COMPILED}`,
      "written by `kedro-azureml compile`",
    ],
    ["a pipeline job without Kedro commands", "p.yml", COMPILED.replace("kedro azureml -e", "python")],
    ["a command job with Kedro commands", "p.yml", COMPILED.replace("pipeline", "command")],
    [
      "a compiled job in a .txt file",
      "p.txt",
      `display_name: x\n${COMPILED}`,
      "written by `kedro-azureml compile`",
    ],
    [
      "a compiled job as JSON without an extension",
      "out_main",
      '{\n  "display_name": "x",\n  "type": "pipeline",\n  "command": "kedro azureml -e local"\n}',
      "written by `kedro-azureml compile`",
    ],
    ["other text without an extension", "LICENSE", `Copyright\n${COMPILED}`],
    ["a compiled job in a .py file", "a.py", COMPILED],
  ];

for (const [what, name, content, reason] of CASES) {
  Deno.test(`ownOutput() ${reason === undefined ? "does not recognize" : "recognizes"} ${what}`, async () => {
    equal(await reasonOf(name, content), reason);
  });
}

Deno.test("ownOutput() reads 64 bytes, 64 KiB, both or nothing of a file, depending on its extension", async () => {
  const { fs } = fakeContext({ files: { "/p/file": new Uint8Array(100_000) } });
  const readOf = async (name?: string) => {
    const reads: number[] = [];
    const readRange: typeof fs.readRange = (path, from, length) => {
      reads.push(length);
      return fs.readRange(path, from, length);
    };
    const file = { path: "/p/file", sizeBytes: 100_000, ...(name !== undefined && { name }) };
    await ownOutput({ ...fs, readRange }, file);
    return reads;
  };
  deepEqual(await Promise.all(["a.bin", undefined].map(readOf)), [[64], [64, 65_536]]);
  const code = "py pyi ipynb md rst toml cfg ini csv sql js ts css png".split(" ");
  deepEqual(await Promise.all(code.map((end) => readOf(`a.${end}`))), code.map(() => []));
  for (const end of ["json", "htm", "html", "pem", "crt", "cer", "mmd", "dot", "gv", "yml", "yaml"]) {
    deepEqual(await readOf(`a.${end}`), [65_536], end);
  }
});

Deno.test("markOwnFolder() marks a new or an empty folder, but not a folder with files", async () => {
  const { fs, files } = fakeContext({ files: { "/p/full/a.py": "", "/p/empty/x": "" } });
  await fs.remove("/p/empty/x");
  for (const folder of ["/p/new", "/p/empty", "/p/full"]) await markOwnFolder(fs, folder);
  const marked = [...files.keys()].filter((path) => path.endsWith(OWN_FOLDER_MARK)).sort();
  deepEqual(marked, ["/p/empty", "/p/new"].map((folder) => `${folder}/${OWN_FOLDER_MARK}`));
});
