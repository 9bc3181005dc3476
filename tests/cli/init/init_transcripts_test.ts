import { relative } from "node:path";
import { fakeContext } from "../../fakes/context.ts";
import { SUBSCRIPTION_ID } from "../../fakes/seed.ts";
import { run } from "../../../src/cli/command_line.ts";
import { assertTranscript, folded, transcriptOf } from "../transcript.ts";
import { makeWorld } from "../world.ts";

const FILES = {
  "/repo/.git/HEAD": "ref: refs/heads/trunk\n",
  "/repo/.git/config": '[remote "origin"]\n\turl = git@github.com:acme/models.git\n',
  "/repo/shop/pyproject.toml":
    '[tool.kedro]\npackage_name = "shop"\nproject_name = "Big Shop"\nkedro_init_version = "1.7.0"\n',
  "/repo/shop/requirements.txt": "kedro~=1.7\npandas>=2\n",
  "/repo/shop/src/shop/__init__.py": "",
  "/repo/shop/conf/base/catalog.yml": "",
  "/repo/shop/conf/local/.gitkeep": "",
};
const VALUES = `--subscription-id ${SUBSCRIPTION_ID} --resource-group rg --workspace-name ws --compute cpu`;

/** Command lines of `init` in a project without azureml.yml. */
const LINES = [
  "init",
  `init ${VALUES} --environment env:3`,
  `init ${VALUES} --environment --ci github`,
  `init ${VALUES} --environment --ci azure --json`,
];

/** What a line prints, and the files that it writes. */
async function transcriptAndFiles(line: string): Promise<readonly string[]> {
  const ctx = fakeContext({ files: FILES, cwd: "/repo/shop" });
  const kedroAzureml = (words: string | readonly string[]) => run((words as string).split(" "), ctx);
  const printed = await transcriptOf({ ctx, kedroAzureml }, [line]);
  const written = [...ctx.files].filter(([path]) => path.startsWith("/repo/") && !(path in FILES))
    .filter(([path]) => !path.endsWith(".schema.json"))
    .map(([path, bytes]) =>
      `=== ${relative("/repo", path).replaceAll("\\", "/")}\n${new TextDecoder().decode(bytes)}`
    ).sort();
  return [printed, ...written];
}

for (const line of LINES) {
  Deno.test(`${line.replace(VALUES, "VALUES")} prints the written files`, async (t) => {
    const parts = await transcriptAndFiles(line);
    const usual = new Set(line === "init" ? [] : (await transcriptAndFiles("init")).join("\n").split("\n"));
    await assertTranscript(t, parts.map((part) => folded(part, usual)).join("\n"), import.meta.url);
  });
}

Deno.test("init asks for workspace, compute and environment", async (t) => {
  const world = makeWorld({
    interactive: true,
    answers: ["1", "nothing", "1111", "cpu-c", "kedro-env", "1", "n"],
  });
  await world.ctx.fs.remove(`${world.ctx.cwd}/conf/base/azureml.yml`);
  await assertTranscript(t, await transcriptOf(world, ["init"]), import.meta.url);
});
