import { deepEqual, equal, rejects } from "node:assert/strict";
import { findProject } from "../../src/kedro/project.ts";
import { openReader } from "../../src/kedro/reader/cached_reader.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";
import { createFolder } from "../fakes/folder.ts";

/** What the reader asks Kedro for before it reads pipelines. */
const KEDRO = {
  "python/kedro/__init__.py": '__version__ = "1.7.0"\n',
  "python/kedro/framework/__init__.py": "",
  "python/kedro/framework/startup.py":
    'import sys\ndef bootstrap_project(path):\n    sys.path.insert(0, str(path / "src"))\n',
  "python/kedro/framework/project.py":
    'import types\nsettings = types.SimpleNamespace(CONFIG_LOADER_ARGS={"custom_resolvers": {"add": lambda *args: sum(args)}})\n' +
    "def validate_settings():\n    import shop.settings\n",
};

/** A project, and a Python beside it that has little more than the names of Kedro. */
async function projectWith(settings: string) {
  const folder = await createFolder({
    ...KEDRO,
    "python/bin": `#!/bin/sh\nPYTHONPATH="$(dirname "$0")" exec python3 "$@"\n`,
    "shop/pyproject.toml":
      '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\n',
    "shop/src/shop/__init__.py": "",
    "shop/src/shop/settings.py": settings,
    "shop/helper.py": "",
  });
  await Deno.chmod(`${folder.root}/python/bin`, 0o755);
  const ctx = fakeContext({ fs: systemFs, exec, cwd: `${folder.root}/shop` });
  const reader = await openReader(ctx, await findProject(ctx, ctx.cwd), {
    env: "prod",
    python: `${folder.root}/python/bin`,
  });
  return { folder, reader };
}

const ignore = Deno.build.os === "windows";

Deno.test("--python reports an error in project code", {
  ignore,
}, async () => {
  const settings = `import os, sys
print("printed")
os.write(1, b"direct")
os.system("echo by a program")
assert os.environ["KEDRO_ENV"] == "prod" and os.environ["KEDRO_DISABLE_TELEMETRY"] == "1" and "" not in sys.path
assert os.path.samefile(os.getcwd(), os.path.join(os.path.dirname(__file__), "..", ".."))
undefined_name
`;
  const { folder, reader } = await projectWith(settings);
  await using _ = folder;
  await rejects(reader.snapshot(), {
    code: "kedro.project_code",
    message: "Cannot read the project's pipelines: NameError: name 'undefined_name' is not defined",
    place: { file: "src/shop/settings.py", line: 7 },
    details: ['File "src/shop/settings.py", line 7, in <module>', "  undefined_name"],
  });
  const left = await Array.fromAsync(Deno.readDir(`${folder.root}/shop/src/shop`));
  deepEqual(left.map(({ name }) => name).sort(), ["__init__.py", "settings.py"]);
});

for (const name of ["vendor.session", "helper"]) {
  const top = name.split(".")[0];
  Deno.test(
    `--python suggests installing ${top}`,
    { ignore },
    async () => {
      const { folder, reader } = await projectWith(`import ${name}\n`);
      await using _ = folder;
      await rejects(reader.snapshot(), {
        message: `Cannot read the project's pipelines: ModuleNotFoundError: No module named '${top}'`,
        hint: `Install ${top} in the environment of \`--python\`, or omit \`--python\``,
      });
    },
  );
}

Deno.test("--python calls resolvers of settings.py", { ignore }, async () => {
  const { folder, reader } = await projectWith("");
  await using _ = folder;
  equal(await reader.resolve("add", [1, 2, 3]), 6);
  await rejects(reader.resolve("none", []), /settings\.py registers no resolver "none"/);
});

Deno.test("--python does not run project code to list imports", { ignore }, async () => {
  const { folder, reader } = await projectWith("raise SystemExit");
  await using _ = folder;
  const facts = await reader.modules({ a: "import b\nundefined_name\n", two: "print 'x'" });
  deepEqual([facts.a!.imports.map(({ module }) => module), facts.two], [["b"], null]);
});
