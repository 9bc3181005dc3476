import assert from "node:assert/strict";
import { commitChanges, gitProperties, isDirty } from "../../src/app/git.ts";
import type { Warning } from "../../src/core/errors.ts";
import type { ExecOptions } from "../../src/core/context.ts";
import { exited, fakeContext, type FakeOptions } from "../fakes/context.ts";

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
      return exited({ status: stdout === undefined ? 128 : 0, stdout: stdout ?? "" });
    },
    ...options,
  });
  return { ctx, runs };
}

const lines = (...all: readonly string[]) => all.map((line) => `${line}\0`).join("");

Deno.test("files written by kedro-azureml are no uncommitted changes", async () => {
  const own = ["?? p/sent.json", "?? p/fox/"];
  const files = {
    "/usr/bin/git": "",
    "/repo/p/sent.json": '{\n  "version": 1,\n  "jobs": []\n}\n',
    "/repo/p/fox/.kedro-azureml-download": "",
    "/repo/p/data/a.csv": "1",
    "/repo/p/b.json": "{}",
  };
  const isDirtyWith = (...changes: readonly string[]) => {
    const { ctx } = repositoryWith([lines("user.name"), lines(...changes)], { files });
    return isDirty(ctx, { top: "/repo" }, "/repo/p");
  };
  assert.equal(await isDirtyWith(...own), false);
  for (const other of ["?? p/data/", "?? p/b.json", " M p/sent.json"]) {
    assert.equal(await isDirtyWith(...own, other), true, other);
  }
  assert.equal(await isDirtyWith(...Array<string>(101).fill("?? p/fox/")), true);
});

Deno.test("git runs without secrets in its environment", async () => {
  const { ctx, runs } = repositoryWith([lines("user.name"), ""]);
  await isDirty(ctx, { top: "/repo" }, "/repo/p");
  assert.deepEqual(runs.map(({ program }) => program), ["/usr/bin/git", "/usr/bin/git"]);
  const [{ options }] = runs.slice(1) as [Run];
  for (const setting of ["core.hooksPath=/dev/null", "safe.bareRepository=explicit"]) {
    assert.ok(runs.every(({ args }) => args.includes(setting)), setting);
  }
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
});

Deno.test("git stops on Ctrl+C", async () => {
  const { ctx } = repositoryWith(["", ""], { signal: AbortSignal.abort("SIGINT") });
  await assert.rejects(isDirty(ctx, { top: "/repo" }, "/repo/p"), (thrown) => thrown === "SIGINT");
});

Deno.test("a link to the project has the Git status of its target", async () => {
  const { ctx, runs } = repositoryWith([lines("user.name"), lines(" M p/a.py")]);
  const realPath = async (path: string) => path === "/link" ? "/repo/p" : await ctx.fs.realPath(path);
  const { "azureml.git.dirty": dirty } = await gitProperties(
    { ...ctx, fs: { ...ctx.fs, realPath } },
    "/link",
  );
  assert.deepEqual([dirty, runs[1]!.args.at(-1)], ["True", "p"]);
});

Deno.test("a checkout of another user is a warning", async () => {
  const stderr = "fatal: detected dubious ownership in repository at '/repo'\n";
  const exec: FakeOptions["exec"] = async (_, args) =>
    args.includes("config") ? exited({ stdout: lines("user.name") }) : exited({ status: 128, stderr });
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

Deno.test("uncommitted changes are unknown if git is inside the checkout", async () => {
  const { ctx, runs } = repositoryWith([]);
  const without = { ...ctx, env: { PATH: "/repo/bin:bin:" } };
  assert.equal(await isDirty(without, { top: "/repo" }, "/repo/p"), undefined);
  assert.equal(runs.length, 0);
});

const [FIRST, LAST] = ["a".repeat(40), "b".repeat(40)];

Deno.test("diff lists no files between unknown commits", async () => {
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
