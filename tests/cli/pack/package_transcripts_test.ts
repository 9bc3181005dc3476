import { makeWorld, type WorldOptions } from "../world.ts";
import { assertTranscript, transcriptOf } from "../transcript.ts";

/** Command lines in the project, and then on a machine without it. */
const cases: readonly {
  name: string;
  pack?: string;
  lines: readonly string[];
  world?: WorldOptions;
  damage?: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>;
}[] = [
  { name: "submit --package sends a packed job", lines: ["submit --package main.kap"] },
  { name: "pack --json prints the package", pack: "pack -j main -o main.kap --json", lines: [] },
  {
    name: "submit --package --dry-run uses another workspace",
    lines: [
      "submit --package main.kap --dry-run --subscription-id 99999999-2222-3333-4444-555555555555" +
      " --resource-group rg-staging --workspace-name ws-staging --env-var LEVEL=debug --aml-env other-env:3",
    ],
  },
  {
    name: "submit --package --name sends a job once",
    lines: [
      "submit --package main.kap --name nightly-7",
      "submit --package main.kap --name nightly-7 --wait-for-completion",
      "job show nightly-7",
      "job show",
    ],
  },
  {
    name: "submit --package sends one of several jobs",
    pack: "pack -j main -j one -o main.kap",
    lines: ["submit --package main.kap -j one"],
  },
  { name: "submit --package fails for an unpacked job", lines: ["submit --package main.kap -j mian"] },
  {
    name: "submit --sha256 fails for a different SHA-256",
    lines: [`submit --package main.kap --sha256 ${"0".repeat(64)}`],
  },
  { name: "submit --package fails for a missing file", lines: ["submit --package mian.kap"] },
  {
    name: "submit --package fails for a damaged file",
    lines: ["submit --package main.kap"],
    damage: (bytes) => bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1),
  },
  {
    name: "submit --package fails for a truncated file",
    lines: ["submit --package main.kap"],
    damage: (bytes) => bytes.slice(0, bytes.length >> 1),
  },
  {
    name: "submit --package rejects options of a project",
    lines: ["submit --package main.kap --params {}", "-e prod submit --package main.kap"],
  },
  { name: "submit --sha256 needs --package", pack: "submit -j main --sha256 " + "0".repeat(64), lines: [] },
  {
    name: "pack rejects a secret in an environment variable",
    pack: "pack -j main -o main.kap --env-var API_TOKEN=hunter2",
    lines: [],
  },
  {
    name: "pack rejects a secret in a parameter",
    pack: `pack -j main -o main.kap --params {"db":{"password":"hunter2"}}`,
    lines: [],
  },
  {
    name: "pack rejects a secret in a list of parameters",
    pack: `pack -j main -o main.kap --params {"max_tokens":7,"api_keys":["hunter2"]}`,
    lines: [],
  },
  { name: "pack fails without -o", pack: "pack -j main", lines: [] },
  {
    name: "schedule --package creates packed schedules",
    pack: "pack -j multi -o main.kap",
    lines: ["schedule --package main.kap --dry-run", "schedule --package main.kap"],
    world: { project: "cronflow" },
  },
  {
    name: "schedule --package creates schedules of one of several jobs",
    pack: "pack -j multi -j named_cron -j no_schedule -o main.kap",
    lines: [
      "schedule --package main.kap -j named_cron",
      "schedule --package main.kap -j named_cron -j no_schedule",
      "schedule pause named_cron --subscription-id 11111111-2222-3333-4444-555555555555 --resource-group rg-golden" +
      " --workspace-name ws-golden",
      "schedule --package main.kap -j named_cron",
    ],
    world: { project: "cronflow" },
  },
  { name: "schedule --package fails without packed schedules", lines: ["schedule --package main.kap"] },
];

for (const { name, pack = "pack -j main -o main.kap", lines, world, damage } of cases) {
  Deno.test(`${name}`, async (t) => {
    const here = makeWorld(world);
    const text = [await transcriptOf(here, [pack])];
    const packed = here.ctx.files.get(`${here.ctx.cwd}/main.kap`);
    const files = packed && { "/media/stick/main.kap": damage === undefined ? packed : damage(packed) };
    const there = makeWorld({
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
    text.push(await transcriptOf(there, lines));
    await assertTranscript(t, text.filter((part) => part !== "").join("\n"), import.meta.url);
  });
}
