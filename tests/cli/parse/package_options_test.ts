import { equal } from "node:assert/strict";
import { makeWorld } from "../world.ts";

/** Options that only a project has, with a value. */
const OF_PROJECT = [
  ...["-e prod", "--params a=1", "--params-file p.yml", "--load-versions a:1", "--group-by all"],
  ...["--display-name main=Weekly", "--python python3", "--snapshot s.json", "--allow-env-names A"],
  ...["--read-timeout 60", "--on-job-scheduled shop:tell", "--pipeline p", "--pipelines p", "--nodes a"],
  ...["--tags a", "--from-nodes a", "--to-nodes a", "--from-inputs a", "--to-outputs a", "--namespaces a"],
];

/** The error of a command line. */
async function errorOf(line: string): Promise<unknown> {
  const { ctx, kedroAzureml } = makeWorld();
  equal(await kedroAzureml(`${line} --json`), 2, line);
  return JSON.parse(ctx.stderr().trim().split("\n").at(-1)!).error;
}

for (const option of [...OF_PROJECT, "--delete"]) {
  const [flag] = option.split(" ");
  Deno.test(`a package is refused with ${flag}`, async () => {
    const command = flag === "--delete" ? "schedule" : "submit";
    const { code, message, hint } = await errorOf(`${command} --package jobs.kap ${option}`) as Error & {
      readonly code: string;
      readonly hint: string;
    };
    equal(code, "usage.package");
    equal(message, `\`${flag}\` cannot be combined with \`--package\`, whose jobs are already compiled`);
    equal(hint, "Omit it, or pass it to `kedro-azureml pack`");
  });
}

for (
  const option of [
    `--sha256 ${"f0".repeat(32)}`,
    "--subscription-id s",
    "--resource-group g",
    "--workspace-name n",
  ]
) {
  const [flag] = option.split(" ");
  Deno.test(`${flag} is refused without a package`, async () => {
    const { code, message } = await errorOf(`submit ${option}`) as Error & { readonly code: string };
    equal(code, "usage.package");
    equal(message, `\`${flag}\` needs \`--package\``);
  });
}
