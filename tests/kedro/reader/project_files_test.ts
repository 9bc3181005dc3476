import { deepEqual, equal } from "node:assert/strict";
import type { FileSystem } from "../../../src/core/context.ts";
import { answerAsk, readProjectFiles } from "../../../src/kedro/reader/project_files.ts";
import { fakeContext } from "../../fakes/context.ts";

const PROJECT = {
  name: "Shop",
  packageName: "shop",
  kedroInitVersion: "1.0.0",
  root: "/shop",
  sourceDir: "/shop/src",
};

/** A project with links: the path of each, and where it leads, which need not exist. */
function projectWith(
  files: Readonly<Record<string, string>>,
  links: Readonly<Record<string, string>> = {},
  change: (fs: FileSystem) => Partial<FileSystem> = () => ({}),
) {
  const { fs } = fakeContext({ files: { ...files, ...links } });
  const led = (path: string) => links[path] ?? path;
  const linked: FileSystem = {
    ...fs,
    stat: (path) => fs.stat(led(path)),
    readBytes: (path) => fs.readBytes(led(path)),
    realPath: (path) => fs.realPath(led(path)),
    async *walk(path, enter) {
      for await (const entry of fs.walk(path, enter)) {
        yield Object.hasOwn(links, entry.path) ? { ...entry, kind: "link" } : entry;
      }
    },
  };
  return { fs: { ...linked, ...change(linked) } };
}

async function handedOver(
  ctx: ReturnType<typeof projectWith>,
  options?: Parameters<typeof readProjectFiles>[2],
  project = PROJECT,
) {
  const { files, folders, later, warnings } = await readProjectFiles(ctx, project, options);
  const short = (path: string) => path.replace("/project/shop", "").replace(/^\//, "");
  return {
    files: files.map(({ path }) => short(path)),
    folders: folders.map(short),
    later: [...later.files.map(({ path }) => short(path)), ...later.folders.map((path) => `${short(path)}/`)],
    warnings: warnings.map(({ message }) => message),
    codes: [...new Set(warnings.map(({ code }) => code))],
    hints: warnings.map(({ hint }) => hint),
  };
}

Deno.test("readProjectFiles() does not read folders without code", async () => {
  const ctx = projectWith({
    "/shop/.git/config": "",
    "/shop/a.py": "",
    "/shop/data/raw.txt": "",
    "/shop/docs/conf.py": "",
    "/shop/src/shop/data/load.py": "",
    "/shop/src/shop/__pycache__/load.pyc": "",
  });
  deepEqual(await handedOver(ctx), {
    files: ["a.py", "src/shop/data/load.py"],
    folders: ["", "src", "src/shop", "src/shop/data"],
    later: ["data/", "docs/"],
    warnings: [],
    codes: [],
    hints: [],
  });
  const names = "data mlruns logs sessions dist build spark-warehouse notebooks docs venv env virtualenv"
    .split(" ");
  const { files, later } = await handedOver(
    projectWith(Object.fromEntries(names.map((name) => [`/shop/${name}/a.txt`, ""]))),
  );
  deepEqual([files, later], [[], names.map((name) => `${name}/`).toSorted()]);
});

Deno.test("readProjectFiles() warns about links that leave the project", async () => {
  const ctx = projectWith(
    {
      "/shop/conf/a.yml": "a",
      "/shop/conf/.env": "b",
      "/outside/plain.txt": "c",
      "/outside/d e/f.txt": "",
      "/outside/id_rsa": "",
    },
    {
      "/shop/file.yml": "/shop/conf/a.yml",
      "/shop/folder": "/shop/conf",
      "/shop/hidden": "/shop/conf/.env",
      "/shop/out.txt": "/outside/plain.txt",
      "/shop/out\x1b[2J": "/outside/d e",
      "/shop/key": "/outside/id_rsa",
      "/shop/none": "/shop/gone.txt",
      "/shop/self": "/shop",
    },
  );
  const found = await handedOver(ctx);
  deepEqual(found.files, ["file.yml", "conf/a.yml"]);
  deepEqual(found.later, ["folder/"]);
  deepEqual(found.codes, ["kedro.link_refused"]);
  const hidden = (name: string) =>
    `"${name}" stays hidden from the project's code: the link points outside the project`;
  deepEqual(found.warnings, ["hidden", "key", "out\ufffd[2J", "out.txt"].map(hidden));
  const replace = "Replace the link with the file itself if the project needs it";
  deepEqual(found.hints, [
    replace,
    replace,
    "Add `--allow-outside '/outside/d e'` if the project needs it",
    "Add `--allow-outside /outside/plain.txt` if the project needs it",
  ]);
});

Deno.test("readProjectFiles() skips unreadable files", async () => {
  const refused = () => new Deno.errors.PermissionDenied();
  const ctx = projectWith(
    { "/shop/a.py": "", "/shop/b.py": "", "/shop/c.py": "", "/shop/closed/d.py": "" },
    {},
    ({ readBytes, walk }) => ({
      readBytes(path) {
        if (path === "/shop/a.py") return Promise.reject(refused());
        if (path === "/shop/b.py") return Promise.reject(new Deno.errors.NotFound());
        return readBytes(path);
      },
      async *walk(path, enter) {
        if (path === "/shop/closed") throw refused();
        yield* walk(path, enter);
      },
    }),
  );
  deepEqual(await handedOver(ctx), {
    files: ["c.py"],
    folders: ["", "closed"],
    later: ["a.py", "b.py", "closed/"],
    warnings: [],
    codes: [],
    hints: [],
  });
});

Deno.test("readProjectFiles() masks values in credentials files", async () => {
  const files = {
    "/shop/conf/local/credentials.yml": "key: hush",
    "/shop/conf/local/credentials/db.yml": "key: hush",
    "/shop/conf/prod/Credentials.YAML": "key: hush",
    "/shop/conf/prod/credentials.json": "{}",
    "/shop/conf/local/credentials_odd.yml": "odd",
    "/shop/conf/local/credentials.txt": "hush",
    "/shop/conf/local/tls.pem": "hush",
    "/shop/large/credentials.yml": "x".repeat(2 * 1024 * 1024 + 1),
  };
  const maskCredentials = (text: string, name: string) => text === "odd" ? undefined : `${name} masked`;
  const links = { "/shop/conf/prod/credentials_link.yml": "/shop/conf/local/credentials.yml" };
  const { files: found } = await readProjectFiles(projectWith(files, links), PROJECT, { maskCredentials });
  deepEqual(found.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]), [
    ["/project/shop/conf/local/credentials.yml", "credentials.yml masked"],
    ["/project/shop/conf/local/credentials/db.yml", "db.yml masked"],
    ["/project/shop/conf/prod/Credentials.YAML", "Credentials.YAML masked"],
    ["/project/shop/conf/prod/credentials.json", "credentials.json masked"],
  ]);
  deepEqual((await handedOver(projectWith(files))).files, []);
});

Deno.test("readProjectFiles() does not mask a project below credentials-api", async () => {
  const ctx = projectWith({ "/credentials-api/shop/conf/base/parameters.yml": "a: 1" });
  const project = { ...PROJECT, root: "/credentials-api/shop", sourceDir: "/credentials-api/shop/src" };
  const { files } = await readProjectFiles(ctx, project, { maskCredentials: () => "masked" });
  deepEqual(files.map(({ bytes }) => new TextDecoder().decode(bytes)), ["a: 1"]);
});

Deno.test("readProjectFiles() skips files above 2 MiB", async () => {
  const most = 2 * 1024 * 1024;
  const ctx = projectWith({ "/shop/a.txt": "x".repeat(most), "/shop/b.txt": "x".repeat(most + 1) });
  const { files, later } = await handedOver(ctx);
  deepEqual([files, later], [["a.txt"], ["b.txt"]]);
});

/** What the project's code gets for a request; JSON of a list, or text. */
async function asked(ctx: ReturnType<typeof projectWith>, path: unknown, what: unknown = "read") {
  const bytes = await answerAsk(ctx, PROJECT, { what, path });
  return bytes && new TextDecoder().decode(bytes);
}

Deno.test("answerAsk() reads files of the project", async () => {
  const ctx = projectWith(
    {
      "/shop/data/a.csv": "a",
      "/shop/node_modules/a.js": "b",
      "/shop/.git/config": "url",
      "/outside/c.csv": "c",
      "/shopping/d.csv": "d",
    },
    {
      "/shop/data/out.csv": "/outside/c.csv",
      "/shop/data/in.csv": "/shop/data/a.csv",
      "/shop/data/git.csv": "/shop/.git/config",
    },
  );
  equal(await asked(ctx, "/project/shop/data/a.csv"), "a");
  equal(await asked(ctx, "/project/shop/data/in.csv"), "a");
  for (
    const path of [
      7,
      undefined,
      "/shop/data/a.csv",
      "/project/shopping/d.csv",
      "/project/shop/../shopping/d.csv",
      "/project/shop/./data/a.csv",
      "/project/shop/data/../data/a.csv",
      "/project/shop//data/a.csv",
      "/project/shop/data",
      "/project/shop/data/none.csv",
      "/project/shop/data/out.csv",
      "/project/shop/data/git.csv",
      "/project/shop/node_modules/a.js",
    ]
  ) equal(await asked(ctx, path), undefined, String(path));
  equal(await asked(ctx, "/project/shop/data/a.csv", "write"), undefined);
});

Deno.test("answerAsk() lists a folder without its secrets", async () => {
  const ctx = projectWith(
    {
      "/shop/data/a.csv": "123",
      "/shop/data/01/b.csv": "",
      "/shop/data/.cache/c": "",
      "/shop/data/.env": "",
      "/outside/d.csv": "",
    },
    { "/shop/data/in": "/shop/data/01", "/shop/data/out.csv": "/outside/d.csv" },
  );
  deepEqual(JSON.parse((await asked(ctx, "/project/shop/data", "list"))!), {
    files: [{ path: "/project/shop/data/a.csv", sizeBytes: 3 }],
    folders: ["/project/shop/data/01", "/project/shop/data/in"],
  });
  equal(await asked(ctx, "/project/shop/data/a.csv", "list"), undefined);
});

Deno.test("answerAsk() rejects paths outside allowed folders", async () => {
  const { fs } = projectWith(
    {
      "/shop/a.py": "",
      "/libs/b.py": "b",
      "/libs/.env": "hush",
      "/libs/.git/config": "hush",
      "/other/c.py": "hush",
      "/libs/deep/id_rsa": "hush",
    },
    { "/libs/c.py": "/other/c.py", "/libs/plain.txt": "/libs/deep/id_rsa" },
  );
  const ask = async (path: string, outside: string[] = ["/libs"], what = "read") => {
    const bytes = await answerAsk({ fs }, { ...PROJECT, outside }, { what, path });
    return bytes && new TextDecoder().decode(bytes);
  };
  equal(await ask("/project/libs/b.py"), "b");
  equal(await ask("/project/libs/b.py", []), undefined);
  equal(await ask("/project/libs/b.py", ["/other"]), undefined);
  for (
    const name of [
      ".env",
      ".git/config",
      "c.py",
      "plain.txt",
      "deep/id_rsa",
      "../other/c.py",
      "../libs/.env",
      "./b.py",
    ]
  ) {
    equal(await ask(`/project/libs/${name}`), undefined, name);
  }
  equal(await ask("/project/other/c.py"), undefined);
  equal(await ask("/project/deep/id_rsa", ["/libs/deep/id_rsa"]), undefined);
  deepEqual(JSON.parse((await ask("/project/libs", ["/libs"], "list"))!), {
    files: [{ path: "/project/libs/b.py", sizeBytes: 1 }],
    folders: ["/project/libs/deep"],
  });
  equal(await ask("/project/shop", [], "list"), undefined);
});

Deno.test("answerAsk() omits the project from an allowed folder around it", async () => {
  const { fs } = projectWith({ "/w/apps/shop/a.py": "", "/w/apps/b/c.py": "", "/w/libs/d.py": "" });
  const project = { ...PROJECT, root: "/w/apps/shop", sourceDir: "/w/apps/shop/src", outside: ["/w"] };
  const list = async (path: string) =>
    JSON.parse(new TextDecoder().decode(await answerAsk({ fs }, project, { what: "list", path })));
  deepEqual(await list("/project"), { files: [], folders: ["/project/libs"] });
  deepEqual(await list("/project/apps"), { files: [], folders: ["/project/apps/b"] });
  const { files, folders, later } = await readProjectFiles({ fs }, project);
  deepEqual(files.map(({ path }) => path), ["/project/apps/shop/a.py"]);
  deepEqual(folders, ["/project", "/project", "/project/apps", "/project/apps/shop"]);
  deepEqual(later.folders, ["/project", "/project/apps"]);
});

Deno.test("answerAsk() reads at most 16 MiB", async () => {
  const most = 16 * 1024 * 1024;
  const sizes: Readonly<Record<string, number>> = { "/shop/data/a.bin": most, "/shop/data/b.bin": most + 1 };
  const ctx = projectWith({ "/shop/data/a.bin": "a", "/shop/data/b.bin": "b" }, {}, ({ stat }) => ({
    stat: async (path) => ({ ...(await stat(path))!, sizeBytes: sizes[path]! }),
  }));
  const read = ["a.bin", "b.bin"].map((name) => asked(ctx, `/project/shop/data/${name}`));
  deepEqual(await Promise.all(read), ["a", undefined]);
});
