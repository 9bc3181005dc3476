import assert from "node:assert/strict";
import { findProject } from "../../src/kedro/project.ts";
import { assertTranscript } from "../fakes/assert_transcript.ts";
import { fakeContext } from "../fakes/context.ts";

const TOML = '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\n';
const SOURCE = { "/shop/src/shop/__init__.py": "" };

function find(files: Record<string, string>, dir = "/shop") {
  return findProject(fakeContext({ files, cwd: dir }), dir);
}

Deno.test("findProject() finds the project above a folder", async () => {
  const files = { "/shop/pyproject.toml": TOML, ...SOURCE };
  assert.deepEqual(await find(files, "/shop/src/shop"), {
    root: "/shop",
    packageName: "shop",
    name: "Shop",
    kedroInitVersion: "1.7.0",
    sourceDir: "/shop/src",
  });
});

Deno.test("findProject() rejects projects of Kedro before 0.18", async () => {
  for (const version of ["0.17.7", "0.16.6", "0.9", "0.17"]) {
    for (const key of ["project_version", "kedro_init_version"]) {
      const toml = TOML.replace("kedro_init_version", key).replace("1.7.0", version);
      await assert.rejects(find({ "/shop/pyproject.toml": toml, ...SOURCE }), {
        code: "project.too_old",
        message:
          `Cannot read the project of /shop/pyproject.toml: it was made for Kedro ${version}, whose hooks and sessions no later Kedro has; the oldest version that is read is 0.18.14`,
      });
    }
  }
});

Deno.test("findProject() reads source_dir", async () => {
  for (const [written, dir] of [["code", "code"], ["..code", "..code"], ["/shop/code", "code"]]) {
    const toml = `${TOML}source_dir = "${written}"\n`;
    const files = { "/shop/pyproject.toml": toml, [`/shop/${dir}/shop/__init__.py`]: "" };
    assert.equal((await find(files)).sourceDir, `/shop/${dir}`);
  }
});

const mistakes: Record<
  string,
  { files: Record<string, string>; dir?: string; code: string }
> = {
  "a folder without pyproject.toml": {
    files: { "/shop/a.txt": "" },
    code: "project.not_found",
  },
  "a missing folder": {
    files: SOURCE,
    dir: "/none",
    code: "project.not_found",
  },
  "a pyproject.toml with a byte order mark": {
    files: { "/shop/pyproject.toml": `\ufeff${TOML}`, ...SOURCE },
    code: "project.encoding",
  },
  "a pyproject.toml with a key of very many parts": {
    files: { "/shop/pyproject.toml": `${TOML}${"a.".repeat(2000)}a = 1\n`, ...SOURCE },
    code: "project.toml_syntax",
  },
  "a pyproject.toml without [tool.kedro]": {
    files: { "/shop/pyproject.toml": "[tool.other]\n" },
    code: "project.not_kedro",
  },
  "a mistyped [tool.kedro]": {
    files: { "/shop/pyproject.toml": `[project]\n${TOML.replace("tool.kedro", "tool.kerdo")}` },
    code: "project.not_kedro",
  },
  "a mistyped package_name": {
    files: { "/shop/pyproject.toml": TOML.replace("package_name", "packge_name"), ...SOURCE },
    code: "project.missing_key",
  },
  "the nearest of several folders without a [tool.kedro]": {
    files: { "/shop/pyproject.toml": "[tool.other]\n", "/shop/src/pyproject.toml": "[project]\n" },
    dir: "/shop/src",
    code: "project.not_kedro",
  },
  "a [tool.kedro] without package_name": {
    files: { "/shop/pyproject.toml": '[tool.kedro]\nproject_name = "x"\n', ...SOURCE },
    code: "project.missing_key",
  },
  "the key project_version in a project of Kedro 1": {
    files: { "/shop/pyproject.toml": TOML.replace("kedro_init_version", "project_version"), ...SOURCE },
    code: "project.missing_key",
  },
  "a project of Kedro 0.16": {
    files: { "/shop/.kedro.yml": "context_path: shop.run.ProjectContext\n", ...SOURCE },
    code: "project.too_old",
  },
  "a project without source code": {
    files: { "/shop/pyproject.toml": TOML },
    code: "project.no_source",
  },
  "source code outside the project": {
    files: { "/shop/pyproject.toml": `${TOML}source_dir = "../x"\n` },
    code: "project.no_source",
  },
};

for (const [name, { files, dir, code }] of Object.entries(mistakes)) {
  Deno.test(`findProject() reports ${code} for ${name}`, async () => {
    await assert.rejects(find(files, dir), { code });
  });
}

Deno.test("findProject() suggests a fix for each mistake", async (t) => {
  const said: string[] = [];
  for (const [name, { files, dir }] of Object.entries(mistakes)) {
    await find(files, dir).catch(({ message, hint, place }) =>
      said.push(`${name}\n  ${place?.line ? `line ${place.line}: ` : ""}${message}\n  ${hint}\n`)
    );
  }
  await assertTranscript(t, said.join(""), import.meta.url);
});

Deno.test("findProject() names the line of a TOML syntax error", async () => {
  await assert.rejects(find({ "/shop/pyproject.toml": "[tool.kedro]\npackage_name = \n" }), {
    code: "project.toml_syntax",
    message: "Cannot read pyproject.toml: this is no value",
    place: { file: "pyproject.toml", line: 2, column: 16 },
    details: ["package_name ="],
    hint: 'Put text in quotes, as in name = "value", or close the bracket before it',
  });
  const conflict = "[tool.kedro]\n<<<<<<< HEAD\na = 1\n=======\nb = 1\n>>>>>>> x\n";
  await assert.rejects(find({ "/shop/pyproject.toml": conflict }), {
    code: "project.toml_syntax",
    message: 'Cannot read "pyproject.toml": merge conflict in lines 2 to 6',
  });
  const files = { "/shop/pyproject.toml": "x =\n", "/shop/src/a.py": "" };
  await assert.rejects(find(files, "/shop/src"), { message: /^Cannot read \.\.\/pyproject\.toml: / });
});

Deno.test("findProject() rejects a pyproject.toml that is not UTF-8", async () => {
  const bytes = new Uint8Array([...new TextEncoder().encode(TOML), 0x23, 0xfc, 0x0a]);
  const ctx = fakeContext({ files: { "/shop/pyproject.toml": bytes, ...SOURCE } });
  await assert.rejects(() => findProject(ctx, "/shop"), {
    code: "project.encoding",
    message: "Cannot read /shop/pyproject.toml: it is not UTF-8",
    hint: "Save /shop/pyproject.toml as UTF-8 without a byte order mark",
  });
});

Deno.test("findProject() rejects an unreadable pyproject.toml", async () => {
  const ctx = fakeContext({ files: { "/shop/pyproject.toml": TOML, ...SOURCE } });
  const findAs = (thrown: Error) =>
    findProject({ ...ctx, fs: { ...ctx.fs, readBytes: () => Promise.reject(thrown) } }, "/shop");
  await assert.rejects(findAs(new Deno.errors.PermissionDenied()), {
    code: "project.unreadable",
    message: "Cannot read /shop/pyproject.toml: permission denied",
    hint: "Make /shop/pyproject.toml a file that you can read",
  });
  await assert.rejects(findAs(new Error("Input/output error")), { message: "Input/output error" });
});

Deno.test("findProject() suggests a project in a folder below", async () => {
  const files = { "/top/a/pyproject.toml": TOML, "/top/b/pyproject.toml": TOML, "/top/dev/null": "" };
  const ctx = fakeContext({ files, cwd: "/home" });
  const { stat, readText } = ctx.fs;
  ctx.fs.readText = (path) =>
    path === "/top/b/pyproject.toml" ? Promise.reject(new Deno.errors.PermissionDenied()) : readText(path);
  ctx.fs.stat = (path) =>
    path.startsWith("/top/dev/")
      ? Promise.reject(new Deno.errors.NotCapable("Requires all access"))
      : stat(path);
  await assert.rejects(() => findProject(ctx, "/top"), { hint: "Use `-C ../top/a`" });
});

Deno.test("findProject() suggests projects three levels below", async () => {
  const files = {
    "/repo/services/my shop/pyproject.toml": TOML,
    "/repo/a/b/c/pyproject.toml": TOML,
    "/repo/a/b/c/d/e/pyproject.toml": TOML,
    "/repo/.cache/x/pyproject.toml": TOML,
    "/repo/libs/x/pyproject.toml": "[project]\n",
  };
  const hint = "Use `-C 'services/my shop'`; projects there: services/my shop, a/b/c";
  await assert.rejects(find(files, "/repo"), { code: "project.not_found", hint });
  const other = { ...files, "/repo/pyproject.toml": "[project]\n" };
  await assert.rejects(find(other, "/repo"), { code: "project.not_kedro", hint });
});

Deno.test("findProject() suggests at most five projects", async () => {
  const six = Object.fromEntries(
    ["f", "b", "e", "a", "d", "c"].map((name) => [`/w/${name}/pyproject.toml`, TOML]),
  );
  await assert.rejects(find({ ...six, "/w/x/a.txt": "" }, "/w"), {
    hint: "Use `-C a`; projects there: a, b, c, d, e",
  });
});

Deno.test("findProject() searches at most 200 folders per level", async () => {
  const others = Array.from({ length: 200 }, (_, at) => [`/w/${100 + at}/a.txt`, ""]);
  const late = { ...Object.fromEntries(others), "/w/last/pyproject.toml": TOML };
  await assert.rejects(find(late, "/w"), { hint: "Change to the Kedro project's folder, or use `-C DIR`" });
});
