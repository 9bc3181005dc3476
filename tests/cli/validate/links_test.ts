import { deepEqual, equal } from "node:assert/strict";
import { systemFs } from "../../../src/system/fs.ts";
import { createFolder } from "../../fakes/folder.ts";
import { makeWorld, projectFiles } from "../world.ts";
import { shellWord } from "../../../src/core/untrusted.ts";

Deno.test("links to folders outside the project need --allow-outside", async () => {
  const files = Object.entries(projectFiles("tiny")).map(([path, bytes]) =>
    [path.replace("/home/user/", ""), new TextDecoder().decode(bytes)] as const
  );
  await using folder = await createFolder({
    ...Object.fromEntries(files),
    "tiny/src/tiny/__init__.py": "import shared.names\n",
    "tiny/src/shared": "-> ../../libs/shared",
    "libs/shared/names.py": "NAME = 1\n",
  });
  const run = async (line: string) => {
    const { ctx, kedroAzureml } = makeWorld({ fs: systemFs, cwd: `${folder.root}/tiny` });
    const exit = await kedroAzureml(line);
    return { exit, ...JSON.parse(ctx.stdout() || ctx.stderr()) };
  };
  const linked = `${folder.root}/libs/shared`;
  const refused = await run("validate --json");
  equal(refused.exit, 3);
  deepEqual(
    refused.findings.filter(({ severity }: { severity: string }) => severity === "error")
      .map(({ code, hint }: { code: string; hint: string }) => [code, hint]),
    [["code.module_not_uploaded", `Add \`--allow-outside ${shellWord(linked)}\` if the job needs it`]],
  );
  equal((await run("validate --json --allow-outside ../libs")).exit, 0);
  const { warnings } = await run("inspect --json --allow-outside ../libs");
  deepEqual(warnings, []);
  const { files: listed } = await run("files --json --allow-outside ../libs");
  deepEqual(
    listed.map(({ name }: { name: string }) => name).filter((name: string) => name.includes("shared")),
    [
      "src/shared/names.py",
    ],
  );
});
