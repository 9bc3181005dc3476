import { deepEqual, equal, ok } from "node:assert/strict";
import { commitChanges, isCommitted, isDirty } from "../../src/app/git.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { fakeContext } from "../fakes/context.ts";

const PATH = Deno.env.get("PATH") ?? "";
const ignore = Deno.build.os === "windows" || (await exec("git", ["--version"])).status !== 0;

/** A checkout with one commit, and a home with no settings of git. */
async function createCheckout(format = "sha1") {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const top = `${root}/checkout`;
  const env = { PATH, HOME: `${root}/home`, GIT_CONFIG_NOSYSTEM: "1" };
  const git = async (...args: string[]) => {
    const who = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"];
    const { status, stderr } = await exec("git", [...who, ...args], { cwd: top, env, clearEnv: true });
    equal(status, 0, stderr);
  };
  const write = async (path: string, text: string, mode = 0o644) => {
    const full = `${top}/${path}`;
    await Deno.mkdir(full.slice(0, full.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(full, text, { mode });
  };
  await write("src/a.py", "print(1)\n");
  await write(".gitignore", "*.log\n");
  await git("init", "-q", `--object-format=${format}`);
  await git("add", ".");
  await git("commit", "-qm", "one");
  return {
    root,
    top,
    git,
    write,
    isDirty: (folder = top, variables: Record<string, string> = {}) =>
      isDirty({ ...fakeContext(), fs: systemFs, exec, env: { ...env, ...variables } }, { top }, folder),
    isCommitted: (path: string) =>
      isCommitted({ ...fakeContext(), fs: systemFs, exec, env }, `${top}/${path}`),
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

type Checkout = Awaited<ReturnType<typeof createCheckout>>;

/** Adds a submodule `sub` with a file `b.py`. */
async function addSubmodule({ git, root }: Checkout): Promise<void> {
  await Deno.mkdir(`${root}/other`);
  const other = (...args: string[]) => git("-C", `${root}/other`, ...args);
  await other("init", "-q");
  await Deno.writeTextFile(`${root}/other/b.py`, "1");
  await other("add", ".");
  await other("commit", "-qm", "two");
  await git("submodule", "--quiet", "add", `${root}/other`, "sub");
  await git("commit", "-qm", "three");
}

/** What is done to a clean checkout, and whether `git status` shows it. */
const CHANGES: readonly [string, (checkout: Checkout) => Promise<void>, boolean][] = [
  ["an unchanged checkout", async () => {}, false],
  ["other content of the same length", ({ write }) => write("src/a.py", "print(2)\n"), true],
  ["a touched file", ({ write }) => write("src/a.py", "print(1)\n"), false],
  ["a removed file", ({ top }) => Deno.remove(`${top}/src/a.py`), true],
  ["a new file", ({ write }) => write("src/b.py", ""), true],
  ["an ignored file", ({ write }) => write("src/a.log", ""), false],
  ["a staged file", async ({ git, write }) => {
    await write("src/a.py", "2");
    await git("add", ".");
  }, true],
  ["another commit in a submodule", async (checkout) => {
    await addSubmodule(checkout);
    await checkout.git("-C", "sub", "commit", "-qm", "four", "--allow-empty");
  }, true],
];

Deno.test("isCommitted() returns whether git checkout brings a file back", { ignore }, async () => {
  await using checkout = await createCheckout();
  equal(await checkout.isCommitted("src/a.py"), true);
  await checkout.write("src/a.log", "");
  equal(await checkout.isCommitted("src/a.log"), false, "it is ignored");
  await checkout.write("src/a.py", "2");
  equal(await checkout.isCommitted("src/a.py"), false, "it has other changes");
});

for (const [change, make, expected] of CHANGES) {
  Deno.test(`isDirty() returns ${expected} for ${change}`, { ignore }, async () => {
    await using checkout = await createCheckout();
    await make(checkout);
    equal(await checkout.isDirty(), expected);
  });
}

Deno.test("isDirty() checks only the folder", { ignore }, async () => {
  await using checkout = await createCheckout();
  await checkout.write("conf/base/parameters.yml", "x: 1\n");
  equal(await checkout.isDirty(`${checkout.top}/src`), false);
  equal(await checkout.isDirty(`${checkout.top}/conf`), true);
});

Deno.test("isDirty() ignores GIT_DIR", { ignore }, async () => {
  await using checkout = await createCheckout();
  equal(await checkout.isDirty(checkout.top, { GIT_DIR: "/nowhere", GIT_INDEX_FILE: "/nowhere" }), false);
});

Deno.test("isDirty() returns undefined if git rejects the checkout", { ignore }, async () => {
  await using checkout = await createCheckout();
  await checkout.git("config", "core.repositoryFormatVersion", "99");
  equal(await checkout.isDirty(), undefined);
});

/** Ways in which a checkout's configuration has a program run, each with the line that runs without protection. */
const ATTACKS: Readonly<Record<string, (checkout: Checkout, evil: string) => Promise<void>>> = {
  "core.fsmonitor": ({ git }, evil) => git("config", "core.fsmonitor", evil),
  "an index hook": async ({ write }, evil) =>
    await write(".git/hooks/post-index-change", `#!/bin/sh\n${evil}\n`, 0o755),
  "core.hooksPath": async ({ git, write }, evil) => {
    await write("hooks/post-index-change", `#!/bin/sh\n${evil}\n`, 0o755);
    await git("config", "core.hooksPath", "hooks");
  },
  "a clean filter": async ({ git, write }, evil) => {
    await write(".gitattributes", "*.py filter=evil\n");
    await git("config", "filter.evil.clean", evil);
    await git("config", "filter.evil.required", "true");
  },
  "a process filter": async ({ git, write }, evil) => {
    await write(".git/info/attributes", "*.py filter=evil\n");
    await git("config", "filter.evil.process", evil);
  },
  "a filter with an odd name": async ({ git, write }, evil) => {
    await write(".git/info/attributes", "*.py filter=a=b\n");
    await git("config", "filter.a=b.clean", evil);
  },
  "a filter in an included file": async ({ git, write }, evil) => {
    await write(".git/info/attributes", "*.py filter=evil\n");
    await write("included", `[filter "evil"]\n\tclean = "${evil}"\n`);
    await git("config", "include.path", "../included");
  },
  "a filter in a submodule": async (checkout, evil) => {
    const { git, top, write } = checkout;
    await addSubmodule(checkout);
    await git("-C", "sub", "config", "filter.evil.clean", evil);
    await git("-C", "sub", "config", "core.fsmonitor", evil);
    await write(".git/modules/sub/info/attributes", "*.py filter=evil\n");
    await Deno.writeTextFile(`${top}/sub/b.py`, "2");
  },
  "missing objects and a program as its remote": async ({ git, root, top }, evil) => {
    await Deno.writeTextFile(`${root}/remote`, `#!/bin/sh\n${evil} </dev/null\n`, { mode: 0o755 });
    await git("config", "core.repositoryFormatVersion", "1");
    await git("config", "extensions.partialClone", "origin");
    await git("config", "remote.origin.promisor", "true");
    await git("config", "remote.origin.url", `ext::${root.replaceAll(" ", "% ")}/remote`);
    await git("config", "protocol.ext.allow", "always");
    for await (const { name } of Deno.readDir(`${top}/.git/objects`)) {
      if (name.length === 2) await Deno.remove(`${top}/.git/objects/${name}`, { recursive: true });
    }
  },
};

for (const [name, prepare] of Object.entries(ATTACKS)) {
  Deno.test(`isDirty() runs no program of ${name}`, { ignore }, async () => {
    await using checkout = await createCheckout();
    const { root, top, write } = checkout;
    const ran = `${root}/ran`;
    await prepare(checkout, `touch '${ran}'; cat`);
    await Deno.remove(ran).catch(() => {});
    // So that git must compare contents.
    await write("src/a.py", "print(2)\n");
    await checkout.isDirty();
    equal(await Deno.stat(ran).catch(() => undefined), undefined);
    const env = { PATH, HOME: `${root}/home`, GIT_CONFIG_NOSYSTEM: "1" };
    // Touched, so that git writes its index, which runs a hook.
    await write(".gitignore", "*.log\n");
    await exec("git", ["status"], { cwd: top, env, clearEnv: true, timeoutMs: 10_000 });
    ok(await Deno.stat(ran).catch(() => undefined), "the attack does not work without protection either");
  });
}

/** Ways in which a checkout's configuration has a program run when two of its commits are compared. */
const DIFF_ATTACKS: Readonly<Record<string, (checkout: Checkout, program: string) => Promise<void>>> = {
  "a missing object and a program as its remote": async ({ git, top }, program) => {
    await git("config", "core.repositoryFormatVersion", "1");
    await git("config", "extensions.partialClone", "origin");
    await git("config", "remote.origin.promisor", "true");
    await git("config", "remote.origin.url", "ssh://git@example.invalid/x.git");
    await git("config", "core.sshCommand", program);
    const { stdout } = await exec("git", ["-C", top, "rev-parse", "HEAD:conf/base/a.yml"], {});
    const object = stdout.trim().replace(/^../, "$&/");
    await Deno.remove(`${top}/.git/objects/${object}`);
  },
  "a submodule and a driver in it": async ({ git, top }, program) => {
    const sub = `${top}/conf/sub.yml`;
    await Deno.mkdir(sub, { recursive: true });
    const inSub = (...args: string[]) => git("-C", sub, ...args);
    await inSub("init", "-q");
    for (const text of ["1", "2"]) {
      await Deno.writeTextFile(`${sub}/a.py`, text);
      await inSub("add", ".");
      await inSub("commit", "-qm", text);
      await git("add", "conf");
      await git("commit", "-qm", text);
    }
    await git("config", "diff.submodule", "diff");
    await inSub("config", "diff.external", program);
  },
};

for (const [name, prepare] of Object.entries(DIFF_ATTACKS)) {
  Deno.test(`commitChanges() runs no program of ${name}`, { ignore }, async () => {
    await using checkout = await createCheckout();
    const { git, root, top, write } = checkout;
    const [ran, program] = [`${root}/ran`, `${root}/program`];
    await Deno.writeTextFile(program, `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 });
    for (const text of ["a: 1\n", "a: 2\n"]) {
      await write("conf/base/a.yml", text);
      await git("add", ".");
      await git("commit", "-qm", text);
    }
    await prepare(checkout, program);
    const both = (await exec("git", ["-C", top, "rev-parse", "HEAD~1", "HEAD"], {})).stdout.trim().split(
      "\n",
    );
    const env = { PATH, HOME: `${root}/home`, GIT_CONFIG_NOSYSTEM: "1" };
    const ctx = { ...fakeContext(), fs: systemFs, exec, env };
    ok(await commitChanges(ctx, top, both));
    equal(await Deno.stat(ran).catch(() => undefined), undefined);
    await exec("git", ["diff", ...both], { cwd: top, env, clearEnv: true, timeoutMs: 10_000 });
    ok(await Deno.stat(ran).catch(() => undefined), "the attack does not work without protection either");
  });
}

Deno.test(
  "isDirty() returns undefined for a file with a filter",
  { ignore },
  async () => {
    await using checkout = await createCheckout();
    const { git, write } = checkout;
    await git("config", "filter.upper.clean", "tr a-z A-Z");
    await write(".git/info/attributes", "*.txt filter=upper\n");
    await write("a.txt", "a\n");
    // Of a file that is as new as the index, git compares the contents.
    await Deno.utime(`${checkout.top}/a.txt`, 1e9, 1e9);
    await git("add", ".");
    await git("commit", "-qm", "two");
    equal(await checkout.isDirty(), false);
    await write("a.txt", "a\n");
    equal(await checkout.isDirty(), undefined);
    await write("src/a.py", "2");
    equal(await checkout.isDirty(), true);
  },
);

Deno.test("commitChanges() compares SHA-256 commits", { ignore }, async () => {
  await using checkout = await createCheckout("sha256");
  const { git, write, top } = checkout;
  const head = async () => (await exec("git", ["-C", top, "rev-parse", "HEAD"], {})).stdout.trim();
  const first = await head();
  await write("src/a.py", "print(2)\n");
  await git("commit", "-qam", "two");
  const ctx = { ...fakeContext(), fs: systemFs, exec, env: { PATH } };
  deepEqual(await commitChanges(ctx, top, [first, await head()]), {
    files: ["src/a.py"],
    configuration: [],
  });
});

Deno.test(
  "commitChanges() masks secrets in changed configuration",
  { ignore },
  async () => {
    await using checkout = await createCheckout();
    const { git, write, top } = checkout;
    const commit = async () => {
      await git("add", ".");
      await git("commit", "-qm", "more", "--allow-empty");
      return (await exec("git", ["-C", top, "rev-parse", "HEAD"], {})).stdout.trim();
    };
    await write("shop/conf/base/parameters.yml", "rate: 1\napi_keys:\n  prod: abc123\nsame: 1\n");
    await write("shop/conf/local/credentials.yml", "db: {password: hush}\n");
    const first = await commit();
    await write("shop/conf/base/parameters.yml", "rate: 2\napi_keys:\n  prod: def456\nsame: 1\n");
    await write("shop/conf/base/ünï.yml", "a: 1\n");
    await write("shop/conf/local/credentials.yml", "db: {password: hushed}\n");
    await write("src/a.py", "print(2)\n");
    await write(".gitattributes", "*.yml diff=evil\n");
    await git("config", "diff.evil.command", "false");
    const last = await commit();
    const ctx = { ...fakeContext(), fs: systemFs, exec, env: { PATH } };
    deepEqual(await commitChanges(ctx, `${top}/shop`, [first, undefined, last]), {
      files: [
        ".gitattributes",
        "shop/conf/base/parameters.yml",
        "shop/conf/base/ünï.yml",
        "shop/conf/local/credentials.yml",
        "src/a.py",
      ],
      configuration: [
        { file: "shop/conf/base/parameters.yml", key: "rate", values: ["1", null, "2"] },
        { file: "shop/conf/base/parameters.yml", key: "api_keys.prod", values: ["***", null, "***"] },
        { file: "shop/conf/base/ünï.yml", key: "a", values: [null, null, "1"] },
      ],
    });
    deepEqual(await commitChanges(ctx, top, [last, last]), { files: [], configuration: [] });
    equal(await commitChanges(ctx, top, [first, "0".repeat(40)]), undefined);
    equal(await commitChanges(ctx, top, [first, "--output=x"]), undefined);
  },
);
