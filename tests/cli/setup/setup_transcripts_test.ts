import { assertTranscript, transcriptOf } from "../transcript.ts";
import { emptyWorkspace } from "./empty_workspace.ts";

/** Command lines that run one after another in a workspace that has nothing. */
const CASES: readonly { name: string; lines: readonly string[]; isPrepared?: boolean }[] = [
  { name: "setup --dry-run prints the plan", lines: ["setup --dry-run", "setup --dry-run --json"] },
  {
    name: "setup --dry-run prints other machines of --vm-size",
    lines: ["setup --dry-run --min-nodes 2 --idle-time 90.5s --json"],
  },
  {
    name: "setup creates a cluster and registers the environment",
    lines: ["setup --yes", "setup --yes", "setup --json"],
  },
  { name: "setup --storage-access prints the role to assign", lines: ["setup --yes --storage-access"] },
  {
    name: "setup warns about an undefined environment",
    lines: ["setup --dry-run --no-catalog --json", "setup --yes --no-catalog"],
    isPrepared: false,
  },
  {
    name: "data push uploads a file once",
    lines: ["data push raw data/01_raw/raw.csv", "data push raw data/01_raw/raw.csv"],
  },
  {
    name: "data push uploads a folder",
    lines: ["data push all data/01_raw", "data push all data/01_raw --json"],
  },
  { name: "data push fails for a missing file", lines: ["data push other", "data push other nowhere.csv"] },
  { name: "environment push sends the environment once", lines: ["environment push", "environment push"] },
  { name: "environment push fails without environment.yml", lines: ["environment push"], isPrepared: false },
];

Deno.test("setup uploads data assets of the catalog", async (t) => {
  const world = emptyWorkspace({ project: "assetlab" });
  await world.prepare();
  await world.ctx.fs.writeText(`${world.ctx.cwd}/data/01_raw/folder/part.parquet`, "rows");
  const first = ["setup -j assets --dry-run --no-catalog", "setup -j assets --yes --no-catalog"];
  const lines = [await transcriptOf(world, first)];
  await world.ctx.fs.writeText(`${world.ctx.cwd}/data/01_raw/raw.csv`, "a,b\n1,2\n");
  lines.push(await transcriptOf(world, ["setup -j assets --dry-run --no-catalog"]));
  await assertTranscript(t, lines.join("\n"), import.meta.url);
});

for (const { name, lines, isPrepared = true } of CASES) {
  Deno.test(`${name}`, async (t) => {
    const world = emptyWorkspace();
    if (isPrepared) await world.prepare();
    await assertTranscript(t, await transcriptOf(world, lines), import.meta.url);
  });
}
