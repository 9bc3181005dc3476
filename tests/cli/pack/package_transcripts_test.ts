import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript } from "../assert_transcript.ts";

/** What a user types where the project is, and then where it is not. */
const cases: readonly {
  name: string;
  pack?: string;
  there: readonly string[];
  world?: WorldOptions;
  damage?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}[] = [
  { name: "packed and submitted", there: ["submit --package main.kap"] },
  { name: "packed, as JSON", pack: "pack -j main -o main.kap --json", there: [] },
  {
    name: "what would be sent, with another workspace",
    there: [
      "submit --package main.kap --dry-run --subscription-id 99999999-2222-3333-4444-555555555555" +
      " --resource-group rg-staging --workspace-name ws-staging --env-var LEVEL=debug --aml-env other-env:3",
    ],
  },
  {
    name: "submitted once under a name, and followed",
    there: [
      "submit --package main.kap --name nightly-7",
      "submit --package main.kap --name nightly-7 --wait-for-completion",
      "job show nightly-7",
      "job show",
    ],
  },
  {
    name: "one of several jobs",
    pack: "pack -j main -j one -o main.kap",
    there: ["submit --package main.kap -j one"],
  },
  { name: "a job that was not packed", there: ["submit --package main.kap -j mian"] },
  { name: "another SHA-256", there: [`submit --package main.kap --sha256 ${"0".repeat(64)}`] },
  { name: "no SHA-256 at all", there: ["submit --package main.kap --sha256 abc"] },
  { name: "no such package", there: ["submit --package mian.kap"] },
  {
    name: "a damaged package",
    there: ["submit --package main.kap"],
    damage: (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1),
  },
  {
    name: "half a package",
    there: ["submit --package main.kap"],
    damage: (bytes) => bytes.slice(0, bytes.length >> 1),
  },
  {
    name: "options of the project",
    there: ["submit --package main.kap --params {}", "-e prod submit --package main.kap"],
  },
  { name: "options of a package", pack: "submit -j main --sha256 " + "0".repeat(64), there: [] },
  { name: "a secret variable", pack: "pack -j main -o main.kap --env-var API_TOKEN=hunter2", there: [] },
  {
    name: "a secret parameter",
    pack: `pack -j main -o main.kap --params {"db":{"password":"hunter2"}}`,
    there: [],
  },
  { name: "no file to write", pack: "pack -j main", there: [] },
  {
    name: "schedules of a package",
    pack: "pack -j multi -o main.kap",
    there: ["schedule --package main.kap --dry-run", "schedule --package main.kap"],
    world: { project: "cronflow" },
  },
  { name: "a package without schedules", there: ["schedule --package main.kap"] },
];

for (const { name, pack = "pack -j main -o main.kap", there, world, damage } of cases) {
  Deno.test(`package transcript: ${name}`, async (t) => {
    const here = makeWorld(world);
    const exits = [await here.kedroAzureml(pack)];
    const packed = here.ctx.files.get(`${here.ctx.cwd}/main.kap`);
    const files = packed && { "/media/stick/main.kap": damage === undefined ? packed : damage(packed) };
    const { ctx, kedroAzureml } = makeWorld({
      files: files ?? {},
      cwd: "/media/stick",
      emulator: {
        seed: {
          environments: [{ name: "kedro-env", versions: ["9", "12"] }, {
            name: "other-env",
            versions: ["3"],
          }],
        },
      },
    });
    for (const line of there) exits.push(await kedroAzureml(line));
    const typed = [pack, ...there].map((line) => `$ kedro-azureml ${line}\n`).join("");
    const text =
      `${typed}${here.ctx.stdout()}${ctx.stdout()}--- stderr\n${here.ctx.stderr()}${ctx.stderr()}` +
      `--- exit ${exits.join(", ")}\n`;
    await assertTranscript(t, text, import.meta.url);
  });
}
