import assert from "node:assert/strict";
import { resolve } from "node:path";
import { exec } from "../../src/system/exec.ts";
import { isThere } from "./peer.ts";
import { PLUGIN_VENV, withoutPlugin } from "./rehearsal.ts";

/** A checkout of kedro-org/kedro-starters, which is in no package registry. */
const STARTERS = Deno.env.get("KEDRO_STARTERS") ?? "";
const skipped = STARTERS === "" ? " (skipped: KEDRO_STARTERS names no checkout)" : withoutPlugin;

const ROOT = resolve(import.meta.dirname!, "../..");
const WORKSPACE =
  "--subscription-id 00000000-1111-2222-3333-444444444444 --resource-group rg --workspace-name ws";

/** What a newcomer types in a starter's project, without changing a file. */
const LINES = [
  `init --no-input --environment --compute cpu-cluster ${WORKSPACE}`,
  "setup --catalog-only --yes",
  "validate --strict",
  "rehearse main",
];

/** Starters whose steps need no other program, such as Java, and no account. */
for (const starter of ["spaceflights-pandas", "astro-airflow-iris"]) {
  Deno.test(`Kedro's starter ${starter} runs as it is${skipped}`, {
    ignore: skipped !== "" || !isThere(STARTERS),
  }, async () => {
    const folder = await Deno.realPath(await Deno.makeTempDir());
    const { DENO_DIR = `${Deno.env.get("HOME")}/.cache/deno`, PATH = "" } = Deno.env.toObject();
    const env = { PATH, DENO_DIR, HOME: folder, DO_NOT_TRACK: "1" };
    const run = async (program: string, args: readonly string[], cwd: string) => {
      const { status, stdout, stderr } = await exec(program, args, { cwd, env, clearEnv: true });
      assert.equal(status, 0, `${args.join(" ")}\n${stdout}${stderr}`);
      return stdout + stderr;
    };
    try {
      const names = { project_name: starter, repo_name: "shop", python_package: "shop" };
      await Deno.writeTextFile(`${folder}/names.yml`, JSON.stringify({ output_dir: folder, ...names }));
      const from = ["--starter", STARTERS, "--directory", starter, "--config", `${folder}/names.yml`];
      await run(`${PLUGIN_VENV}/bin/kedro`, ["new", ...from, "--telemetry", "no"], folder);
      const ours = [
        "run",
        "--quiet",
        "-A",
        "--no-check",
        "--config",
        `${ROOT}/deno.json`,
        `${ROOT}/main.ts`,
      ];
      let last = "";
      for (const line of LINES) {
        last = await run(Deno.execPath(), [...ours, ...line.split(" ")], `${folder}/shop`);
      }
      assert.match(last, /Job main: Completed after/);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
