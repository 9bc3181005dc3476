import { equal, match } from "node:assert/strict";
import { makeWorld } from "./world.ts";

Deno.test("an empty value of -p, --to-nodes, -e and -C is an error", async () => {
  for (
    const [words, flag] of [
      [["submit", "-p", ""], "--pipeline"],
      [["submit", "main", "--to-nodes", ","], "--to-nodes"],
      [["submit", "main", "-e", ""], "-e"],
      [["validate", "-C", ""], "--directory"],
    ] as const
  ) {
    const { ctx, azure, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(words), 2);
    match(ctx.stderr(), new RegExp(`^error: \`${flag}\` has an empty value`));
    equal(azure.requests.length, 0);
  }
});

Deno.test("an empty value of --params, --aml-env and --load-versions is a warning", async () => {
  for (
    const [flag, used] of [
      ["--params", "no parameter is set"],
      ["--aml-env", "the environment of azureml.yml is used"],
      ["--load-versions", "no version is set"],
    ] as const
  ) {
    const { ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(["compile", "main", "--check", flag, ""]), 0);
    match(ctx.stderr(), new RegExp(`^warning: \`${flag}\` has an empty value, so ${used}\n`));
  }
});

Deno.test("emulator --run-steps fails on Windows", async () => {
  const { ctx, kedroAzureml } = makeWorld({ platform: "windows" });
  equal(await kedroAzureml("emulator --run-steps"), 2);
  match(ctx.stderr(), /Cannot run steps on Windows/);
});

for (const flag of ["-q", "--quiet"]) {
  Deno.test(`submit ${flag} prints only the results`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(`submit main ${flag} --wait`), 0);
    equal(ctx.stderr(), "");
    match(ctx.stdout(), /^✓ Submitted job main as \S+\nhttps:\/\/\S+\n✓ Job main \(\S+\): Completed after /);
  });

  Deno.test(`submit ${flag} prints errors`, async () => {
    const { ctx, kedroAzureml } = makeWorld();
    equal(await kedroAzureml(`submit nope ${flag}`), 3);
    match(ctx.stderr(), /^error: .*"nope"/);
  });
}
