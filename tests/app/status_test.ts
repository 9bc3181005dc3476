import assert from "node:assert/strict";
import { commitChanges } from "../../src/app/git.ts";
import { gitProperties } from "../../src/app/git.ts";
import { isDirty } from "../../src/app/git.ts";
import type { Warning } from "../../src/core/errors.ts";
import type { ExecOptions } from "../../src/core/context.ts";
import { fakeContext, type FakeOptions } from "../fakes/context.ts";

interface Run {
  readonly program: string;
  readonly args: readonly string[];
  readonly options: ExecOptions;
}

/** A repository at `/repo`, and a git that answers each run with the next text; `undefined` fails. */
function repositoryWith(answers: readonly (string | undefined)[], options: Partial<FakeOptions> = {}) {
  const runs: Run[] = [];
  const ctx = fakeContext({
    files: {
      "/usr/bin/git": "",
      "/repo/bin/git": "",
      "/repo/.git/HEAD": "ref: refs/heads/main\n",
      "/repo/p/a.py": "",
    },
    env: {
      PATH: "/repo/bin:/usr/bin",
      HOME: "/home/user",
      AZURE_CLIENT_SECRET: "s",
      GIT_DIR: "/evil",
      Git_Work_Tree: "/evil",
      GIT_CONFIG_COUNT: "0",
    },
    exec: async (program, args, options = {}) => {
      const stdout = answers[runs.push({ program, args, options }) - 1];
      return {
        status: stdout === undefined ? 128 : 0,
        stdout: stdout ?? "",
        stderr: "",
        found: true,
        timedOut: false,
      };
    },
    ...options,
  });
  return { ctx, runs };
}

const lines = (...all: readonly string[]) => all.map((line) => `${line}\0`).join("");

const FILTERS = lines("user.name", "filter.lfs.clean", "filter.lfs.smudge", "core.bare");

/** The answers of git, and whether the folder has changes. */
const STATES:
  readonly (readonly [what: string, answers: readonly (string | undefined)[], dirty?: boolean])[] = [
    ["no changes", [lines("user.name"), ""], false],
    ["a new file", [lines("user.name"), lines("?? p/b.py")], true],
    ["a touched file and no configured filters", [lines("user.name"), lines(" M p/a.py")], true],
    ["a new file and configured filters", [FILTERS, lines(" M p/a.py", "?? p/b.py")], true],
    ["a touched file that no filter reads", [
      FILTERS,
      lines(" M p/a.py"),
      lines("p/a.py", "filter", "unspecified"),
    ], true],
    [
      "a touched file whose filter is unset",
      [FILTERS, lines(" M p/a.py"), lines("p/a.py", "filter", "unset")],
      true,
    ],
    ["a touched file that a filter reads", [FILTERS, lines(" M p/a.py"), lines("p/a.py", "filter", "lfs")]],
    ["a touched file whose attributes are unknown", [FILTERS, lines(" M p/a.py"), undefined]],
    ["a filter whose name git rejects in a setting", [lines("filter.a=b.clean"), ""]],
    ["a configuration that git cannot read", [undefined, ""]],
    ["files that git cannot compare", [lines("user.name"), undefined]],
  ];

for (const [what, answers, dirty] of STATES) {
  Deno.test(`isDirty() returns ${dirty} for a checkout with ${what}`, async () => {
    const { ctx } = repositoryWith(answers);
    const warn = () => assert.fail("a warning about another owner");
    assert.equal(await isDirty(ctx, { top: "/repo" }, "/repo/p", warn), dirty);
  });
}

Deno.test("isDirty() ignores new files that kedro-azureml wrote", async () => {
  const own = ["?? p/azureml-jobs.json", "?? p/fox/"];
  const files = {
    "/usr/bin/git": "",
    "/repo/p/azureml-jobs.json": "{}",
    "/repo/p/fox/.kedro-azureml-download": "",
    "/repo/p/data/a.csv": "1",
    "/repo/p/b.json": "{}",
  };
  for (
    const [changes, dirty] of [[own, false], [[...own, "?? p/data/"], true], [
      Array<string>(101).fill("?? p/fox/"),
      true,
    ], [
      [...own, "?? p/b.json"],
      true,
    ]] as const
  ) {
    const { ctx } = repositoryWith([lines("user.name"), lines(...changes)], { files });
    assert.equal(await isDirty(ctx, { top: "/repo" }, "/repo/p"), dirty, changes.join());
  }
  const edited = repositoryWith([lines("user.name"), lines(" M p/azureml-jobs.json")], { files });
  assert.equal(await isDirty(edited.ctx, { top: "/repo" }, "/repo/p"), true);
});

Deno.test("isDirty() runs only a git from outside the checkout, without hooks, filters or inherited secrets", async () => {
  const { ctx, runs } = repositoryWith([FILTERS, ""]);
  await isDirty(ctx, { top: "/repo" }, "/repo/p");
  assert.deepEqual(runs.map(({ program }) => program), ["/usr/bin/git", "/usr/bin/git"]);
  const [{ args, options }] = runs.slice(1) as [Run];
  const settings = args.filter((_, at) => args[at - 1] === "-c");
  assert.deepEqual(settings, [
    "safe.bareRepository=explicit",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "filter.lfs.clean=",
    "filter.lfs.process=",
    "filter.lfs.required=false",
  ]);
  assert.deepEqual(args.slice(2 * settings.length), [
    ...[
      "--literal-pathspecs",
      "status",
      "--porcelain",
      "-z",
      "--no-renames",
      "--untracked-files=normal",
      "--ignore-submodules=dirty",
    ],
    ...["--", "p"],
  ]);
  assert.deepEqual(runs[0]!.args.slice(-4), ["config", "--list", "--name-only", "-z"]);
  assert.deepEqual([options.cwd, options.clearEnv, options.timeoutMs], ["/repo", true, 10_000]);
  assert.equal(options.signal, ctx.signal);
  assert.deepEqual(options.env, {
    PATH: "/usr/bin",
    HOME: "/home/user",
    GIT_CONFIG_COUNT: "0",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_LAZY_FETCH: "1",
    GIT_ALLOW_PROTOCOL: "none",
    LC_ALL: "C",
  });
  const whole = repositoryWith([lines("user.name"), ""]);
  await isDirty(whole.ctx, { top: "/repo" }, "/repo");
  assert.equal(whole.runs[1]!.args.at(-1), ".");
});

Deno.test("isDirty() stops on Ctrl+C", async () => {
  const { ctx } = repositoryWith(["", ""], { signal: AbortSignal.abort("SIGINT") });
  await assert.rejects(isDirty(ctx, { top: "/repo" }, "/repo/p"), (thrown) => thrown === "SIGINT");
});

Deno.test("gitProperties() asks git about the folder that a link to the project leads to", async () => {
  const { ctx, runs } = repositoryWith([lines("user.name"), lines(" M p/a.py")]);
  const realPath = async (path: string) => path === "/link" ? "/repo/p" : await ctx.fs.realPath(path);
  const { "azureml.git.dirty": dirty } = await gitProperties(
    { ...ctx, fs: { ...ctx.fs, realPath } },
    "/link",
  );
  assert.deepEqual([dirty, runs[1]!.args.at(-1)], ["True", "p"]);
});

Deno.test("isDirty() and gitProperties() warn once if another user owns the checkout", async () => {
  const stderr = "fatal: detected dubious ownership in repository at '/repo'\n";
  const exec: FakeOptions["exec"] = async (_, args) =>
    args.includes("config")
      ? { status: 0, stdout: lines("user.name"), stderr: "", found: true, timedOut: false }
      : { status: 128, stdout: "", stderr, found: true, timedOut: false };
  const { ctx } = repositoryWith([], { exec });
  const warnings: Warning[] = [];
  const warn = (warning: Warning) => void warnings.push(warning);
  assert.equal(await isDirty(ctx, { top: "/repo" }, "/repo/p", warn), undefined);
  assert.equal((await gitProperties(ctx, "/repo/p", warn))["azureml.git.dirty"], undefined);
  assert.deepEqual(warnings[0], warnings[1]);
  assert.deepEqual(warnings.slice(1), [{
    code: "git.foreign_owner",
    message:
      'Another user owns "/repo", so git does not read it, and the job does not record whether there are uncommitted changes',
    hint: "Run `git config --global --add safe.directory /repo`",
  }]);
  await isDirty(ctx, { top: "C:\\my repo" }, "C:\\my repo", warn);
  assert.equal(warnings[2]!.hint, "Run `git config --global --add safe.directory 'C:/my repo'`");
});

Deno.test("isDirty() returns undefined if the only git is inside the checkout", async () => {
  const { ctx, runs } = repositoryWith([]);
  const without = { ...ctx, env: { PATH: "/repo/bin:bin:" } };
  assert.equal(await isDirty(without, { top: "/repo" }, "/repo/p"), undefined);
  assert.equal(runs.length, 0);
});

const [FIRST, LAST] = ["a".repeat(40), "b".repeat(40)];

const DIFF = `diff --git conf/base/catalog.yml conf/base/catalog.yml
index 1..2 100644
--- conf/base/catalog.yml
+++ conf/base/catalog.yml
@@ -1,5 +1,6 @@
 raw:
-  sep: a
+  sep: b
 passwords:
-  prod: hunter2
+  prod: hunter3
+password: hunter2
\\ No newline at end of file
diff --git conf/base/gone.yml conf/base/gone.yml
deleted file mode 100644
--- conf/base/gone.yml
+++ /dev/null
@@ -1 +0,0 @@
-a: 1
diff --git conf/base/moved.yml conf/base/moved.yml
old mode 100644
new mode 100755
`;

Deno.test("commitChanges() lists changed files and changed values of configuration, with secrets masked", async () => {
  const { ctx, runs } = repositoryWith([lines("src/a.py", "conf/base/catalog.yml"), DIFF]);
  const found = await commitChanges(ctx, "/repo/p", [FIRST, undefined, LAST]);
  assert.deepEqual(found, {
    files: ["src/a.py", "conf/base/catalog.yml"],
    configuration: [
      { file: "conf/base/catalog.yml", key: "raw.sep", values: ["a", null, "b"] },
      { file: "conf/base/catalog.yml", key: "passwords.prod", values: ["***", null, "***"] },
      { file: "conf/base/catalog.yml", key: "password", values: [null, null, "***"] },
      { file: "conf/base/gone.yml", key: "a", values: ["1", null, null] },
    ],
  });
  const common = ["diff", "--no-ext-diff", "--no-textconv", "--submodule=short", "--no-color"];
  assert.deepEqual(runs.map(({ args }) => args.slice(args.indexOf("diff"))), [
    [...common, "--name-only", "-z", FIRST, LAST, "--"],
    [
      ...[...common, "--unified=100000", "--no-renames", "--src-prefix=", "--dst-prefix="],
      ...[FIRST, LAST, "--", ":(glob)**/conf/**/*.y*ml", ":(exclude,glob)**/credentials*"],
    ],
  ]);
});

Deno.test("commitChanges() returns undefined for missing, invalid or unknown commits", async () => {
  const { ctx, runs } = repositoryWith([undefined]);
  assert.deepEqual(await commitChanges(ctx, "/repo/p", [FIRST, FIRST]), { files: [], configuration: [] });
  assert.equal(await commitChanges(ctx, "/repo/p", [FIRST, undefined]), undefined);
  assert.equal(await commitChanges(ctx, "/repo/p", ["main", LAST]), undefined);
  assert.equal(await commitChanges(ctx, "/repo/p", []), undefined);
  assert.equal(runs.length, 0);
  assert.equal(await commitChanges(ctx, "/repo/p", [FIRST, LAST]), undefined);
  assert.equal(await commitChanges(ctx, "/home", [FIRST, LAST]), undefined);
  assert.equal(runs.length, 1);
});
