import { deepEqual, equal, rejects } from "node:assert/strict";
import { findProject } from "../../../src/kedro/project.ts";
import { openReader } from "../../../src/kedro/reader/cached_reader.ts";
import { createFolder } from "../../fakes/folder.ts";
import { reusedReader } from "../../fakes/reused_reader.ts";
import { realFiles } from "./read.ts";

const REGISTRY = `
from kedro.pipeline import node, pipeline

def same(x):
    return x

def register_pipelines():
    return {"__default__": pipeline([node(same, "a", "b", name="one")])}
`;

/** The files of a repository with a project in apps/shop, and code and configuration beside apps. */
function repository(settings: string, files: Record<string, string> = {}): Record<string, string> {
  return {
    "apps/shop/pyproject.toml":
      '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\n',
    "apps/shop/src/shop/__init__.py": "",
    "apps/shop/src/shop/settings.py": settings,
    "apps/shop/src/shop/pipeline_registry.py": REGISTRY,
    "apps/shop/konfig/base/catalog.yml": "a:\n  type: MemoryDataset\n",
    "apps/shop/konfig/local/.gitkeep": "",
    "libs/konfig/base/catalog.yml": "a:\n  type: pickle.PickleDataset\n  filepath: data/a.pkl\n",
    "libs/konfig/local/.gitkeep": "",
    ...files,
  };
}

/** Reads the project of a repository; its code sees the folder `outside`, too. */
async function read(files: Record<string, string>, outside?: string) {
  await using folder = await createFolder(files);
  const { root } = folder;
  for (const [name, text] of Object.entries(files)) {
    if (text.includes("ROOT")) await Deno.writeTextFile(`${root}/${name}`, text.replaceAll("ROOT", root));
  }
  const ctx = realFiles({ resources: reusedReader() });
  const found = await findProject(ctx, `${root}/apps/shop`);
  const project = outside === undefined ? found : { ...found, outside: [`${root}/${outside}`] };
  const reader = await openReader(ctx, project, { env: "local" });
  try {
    const { project: { settings }, catalog, pipelines, warnings } = await reader.snapshot();
    return { conf: settings.conf_source, catalog, pipelines, warnings };
  } finally {
    await reader.close();
  }
}

for (
  const source of [
    'str(Path(__file__).resolve().parents[2] / "konfig")',
    'str(Path.cwd() / "konfig")',
    '"konfig"',
  ]
) {
  Deno.test(`snapshot() returns the folder of CONF_SOURCE = ${source}`, async () => {
    const { conf, catalog } = await read(repository(`from pathlib import Path\nCONF_SOURCE = ${source}\n`));
    equal(conf, "konfig");
    deepEqual(Object.keys(catalog), ["a"]);
  });
}

for (
  const source of [
    'str(Path(__file__).resolve().parents[4] / "libs" / "konfig")',
    '"../../libs/konfig"',
    '"ROOT/libs/konfig"',
  ]
) {
  for (const outside of ["libs", "libs/konfig", ""]) {
    Deno.test(`snapshot() reads CONF_SOURCE = ${source} in allowed folder "${outside}"`, async () => {
      const settings = `from pathlib import Path\nCONF_SOURCE = ${source}\n`;
      const { conf, catalog } = await read(repository(settings), outside);
      equal(conf, "../../libs/konfig");
      equal(catalog.a?.type, "pickle.PickleDataset");
    });
  }
}

Deno.test("snapshot() imports linked code from an allowed folder", async () => {
  const files = repository('CONF_SOURCE = "konfig"\n', {
    "apps/shop/src/shared": "-> ../../../libs/shared",
    "apps/shop/src/shop/pipeline_registry.py": REGISTRY.replace('"one"', "NAME")
      .replace("\n", "\nfrom shared.names import NAME\n"),
    "libs/shared/names.py": 'NAME = "from_libs"\n',
  });
  for (const outside of ["libs", "libs/shared"]) {
    const { pipelines, warnings } = await read(files, outside);
    deepEqual(pipelines.__default__!.nodes.map(({ name }) => name), ["from_libs"]);
    deepEqual(warnings, []);
  }
  await rejects(read({ ...files, "other/a.txt": "" }, "other"), {
    code: "kedro.project_code",
    hint: /^Add `--allow-outside [^`]*\/libs\/shared'?` if the project needs it$/,
  });
});

Deno.test("snapshot() hides secrets in an allowed folder", async () => {
  const files = repository('CONF_SOURCE = "konfig"\n', {
    "apps/shop/src/shared": "-> ../../../libs/shared",
    "apps/shop/src/shop/pipeline_registry.py": `${REGISTRY}
from pathlib import Path
seen = []
for name in [
    "src/shared/plain.txt", "src/shared/.env", "src/shared/tls.pem", "src/shared/credentials.yml",
    "src/shared/.git/config", "src/shared/out.txt", "src/shared/key.txt", "../../libs/shared/plain.txt",
    "../../libs/shared/.env", "../../libs/shared/out.txt", "../../other/secret.txt", "../../libs/../other/secret.txt",
    "../neighbor/secret.txt",
]:
    try:
        seen.append(Path(name).read_text())
    except OSError:
        pass
listed = sorted(path.name for path in Path("src/shared").iterdir())
_same = same
def register_pipelines():
    return {"__default__": pipeline([node(_same, "a", "b", name="-".join(seen + listed))])}
`,
    ...Object.fromEntries(
      ["plain.txt", ".env", "tls.pem", "credentials.yml", ".git/config"].map((name) => [
        `libs/shared/${name}`,
        name === "plain.txt" ? "plain" : "hush",
      ]),
    ),
    "libs/shared/out.txt": "-> ../../other/secret.txt",
    "libs/shared/key.txt": "-> tls.pem",
    "other/secret.txt": "hush",
    "apps/neighbor/secret.txt": "hush",
  });
  const { pipelines } = await read(files, "libs");
  equal(pipelines.__default__!.nodes[0]!.name, "plain-plain-plain.txt");
});

Deno.test("snapshot() does not read CONF_SOURCE outside the project", async () => {
  const { conf, catalog } = await read(repository('CONF_SOURCE = "../../libs/konfig"\n'));
  deepEqual([conf, catalog], ["../../libs/konfig", {}]);
});
