import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { findCheckout, gitProperties, readGitConfig, readHead } from "../../src/app/git.ts";
import { fakeContext } from "../fakes/context.ts";

const golden = new URL("../golden/git/checkouts.json", import.meta.url);
/** Three checkouts created by git: a plain one, a worktree of it, and a packed one with a detached HEAD. */
const checkouts: Record<string, string> = JSON.parse(await Deno.readTextFile(golden));
const ROOT = "/tmp/checkouts";

/** Commits and remote of these checkouts. */
const SHOP = "d3637db6075cebb196a0b40d4265228bbfc943c2";
const PACKED = "120c8775d0045fabc255898ff6d412e6b39a22b6";
const REMOTE = "https://example.com/org/shop.git";

Deno.test("job properties have the commit, branch and remote", async () => {
  deepStrictEqual(await properties("shop"), {
    "mlflow.source.git.repoURL": REMOTE,
    "mlflow.source.git.branch": "feature/x.y",
    "mlflow.source.git.commit": SHOP,
  });
});

Deno.test("job properties have no branch for a detached HEAD", async () => {
  deepStrictEqual(await properties("packed"), {
    "mlflow.source.git.repoURL": REMOTE,
    "mlflow.source.git.commit": PACKED,
  });
});

Deno.test("job properties have only the remote for a repository with a reftable", async () => {
  const config =
    '[extensions]\n\trefstorage = reftable\n[remote "origin"]\n\turl = git@example.com:org/shop.git\n';
  deepStrictEqual(
    await properties("shop", { ".git/HEAD": "ref: refs/heads/.invalid\n", ".git/config": config }),
    { "mlflow.source.git.repoURL": "git@example.com:org/shop.git" },
  );
});

/** A remote in git's configuration, and how it is reported. */
const remotes: readonly [string, string][] = [
  ["https://user:secret@example.com/a.git", "https://example.com/a.git"],
  ["https://secret@dev.azure.com/org/_git/a", "https://dev.azure.com/org/_git/a"],
  ["https://example.com/a.git?private_token=secret", "https://example.com/a.git"],
  ["ssh://git:secret@example.com:22/a.git", "ssh://git@example.com:22/a.git"],
  ["hg::https://user:secret@example.com/a", "hg::https://example.com/a"],
  ["git@example.com:org/a.git", "git@example.com:org/a.git"],
];

for (const [url, shown] of remotes) {
  Deno.test(`job properties have remote ${shown} for ${url}`, async () => {
    const found = await properties("shop", { ".git/config": `[remote "up"]\n\turl = ${url}\n` });
    equal(found["mlflow.source.git.repoURL"], shown);
    ok(!JSON.stringify(found).includes("secret"));
  });
}

const BOTH = '[remote "up"]\n\turl = https://up/a\n[remote "origin"]\n\turl = https://origin/a\n';
for (
  const [what, config, url] of [
    ["of the branch", `${BOTH}[branch "feature/x.y"]\n\tremote = up\n`, "https://up/a"],
    ["origin, if the branch names none", `${BOTH}[branch "other"]\n\tremote = up\n`, "https://origin/a"],
    ["of no repository if none of several is origin", `${BOTH.replace("origin", "down")}`, undefined],
  ] as const
) {
  Deno.test(`job properties have the remote ${what}`, async () => {
    const found = await properties("packed", {
      ".git/HEAD": "ref: refs/heads/feature/x.y\n",
      ".git/config": config,
    });
    equal(found["mlflow.source.git.repoURL"], url);
  });
}

for (
  const [value, dirty] of [["1", "True"], [" TRUE ", "True"], ["false", "False"], ["", "False"]] as const
) {
  Deno.test(`AZUREML_GIT_DIRTY "${value}" means ${dirty}`, async () => {
    equal((await properties("shop", {}, { AZUREML_GIT_DIRTY: value }))["azureml.git.dirty"], dirty);
  });
}

Deno.test("AZUREML_GIT_* variables take precedence over the checkout", async () => {
  const env = {
    AZUREML_GIT_REPOSITORY_URI: "https://token@example.com/b.git",
    AZUREML_GIT_BRANCH: "release",
    AZUREML_GIT_COMMIT: "abc",
    AZUREML_GIT_DIRTY: "true",
    AZUREML_GIT_BUILD_ID: "7",
    AZUREML_GIT_BUILD_URI: "https://ci.example/7",
  };
  deepStrictEqual(await properties("shop", {}, env), {
    "mlflow.source.git.repoURL": "https://example.com/b.git",
    "mlflow.source.git.branch": "release",
    "mlflow.source.git.commit": "abc",
    "azureml.git.dirty": "True",
    "azureml.git.build_id": "7",
    "azureml.git.build_uri": "https://ci.example/7",
  });
});

Deno.test(".git/config is read as git does", async () => {
  const config = `[Core]
\tBare = false ; a comment
\tfilemode = true ; a comment
[remote "or\\"igin"]
\turl = "a # b \\\\ c"  # a comment
\turl2=x#y
[core] # again
\tBARE = true
\t= no name
no value
`;
  const { fs } = fakeContext({ files: { "/p/.git/HEAD": "", "/p/.git/config": config } });
  const read = await readGitConfig(fs, (await findCheckout(fs, "/p"))!);
  deepStrictEqual([...read].map(([name, values]) => [name, Object.fromEntries(values)]), [
    ["core", { bare: "true", filemode: "true" }],
    ['remote "or"igin"', { url: "a # b \\ c", url2: "x#y" }],
  ]);
  const without = fakeContext({ files: { "/p/.git/HEAD": "" } });
  equal((await readGitConfig(without.fs, (await findCheckout(without.fs, "/p"))!)).size, 0);
});

const COMMIT = "a".repeat(40);

for (
  const [what, files, head] of [
    ["a branch", { HEAD: "ref: refs/heads/a/b\n", "refs/heads/a/b": `${COMMIT}\n` }, ["a/b", COMMIT]],
    ["a SHA-256 commit", { HEAD: "b".repeat(64) }, [undefined, "b".repeat(64)]],
    ["a branch without commits", { HEAD: "ref: refs/heads/a\n" }, ["a", undefined]],
    ["a circular reference as a branch without commits", {
      HEAD: "ref: refs/heads/a\n",
      "refs/heads/a": "ref: refs/heads/a\n",
    }, [
      "a",
      undefined,
    ]],
    ["a packed branch", {
      HEAD: "ref: refs/heads/a\n",
      "packed-refs": `# pack-refs\n${"c".repeat(40)} refs/remotes/refs/heads/a\n${COMMIT} refs/heads/a\n`,
    }, ["a", COMMIT]],
    ["the worktree's branch before the shared one", {
      HEAD: "ref: refs/worktree/a\n",
      commondir: "..",
      "refs/worktree/a": COMMIT,
      "../refs/worktree/a": "c".repeat(40),
    }, ["refs/worktree/a", COMMIT]],
  ] as const
) {
  Deno.test(`.git/HEAD is read for ${what}`, async () => {
    const below = Object.entries(files).map(([name, text]) => [join("/p/.git", name), text]);
    const { fs } = fakeContext({ files: Object.fromEntries(below) });
    const found = await readHead(fs, (await findCheckout(fs, "/p"))!, new Map());
    deepStrictEqual([found?.branch, found?.commit], [...head]);
  });
}

Deno.test("a .git file leads only to its own repository", async () => {
  const found = async (text: string) => {
    const files = {
      "/r/.git/HEAD": "",
      "/r/w/.git": text,
      "/r/w/a.py": "",
      "/m/worktrees/w/HEAD": "",
      "/m/worktrees/w/commondir": "../..\n",
      "/m/worktrees/w/gitdir": "/r/w/.git\n",
      "/other/.git/HEAD": "",
      "/other/.git/modules/x/HEAD": "",
      "/other/.git/modules/x/config": "[core]\n\tworktree = ../../../x\n",
      "/other/.git/worktrees/x/HEAD": "",
      "/other/.git/worktrees/x/gitdir": "/x/.git\n",
      "/other/.git/modules/w/HEAD": "",
      "/other/.git/modules/w/config": "[core]\n\tworktree = ../../../../r/w\n",
    };
    return await findCheckout(fakeContext({ files }).fs, "/r/w");
  };
  const outer = { top: "/r", gitDir: "/r/.git", commonDir: "/r/.git" };
  const own = { top: "/r/w", gitDir: "/m/worktrees/w", commonDir: "/m" };
  deepStrictEqual(await found("gitdir: ../../m/worktrees/w\n"), own);
  deepStrictEqual(await found("gitdir: /m/worktrees/w\n"), own);
  equal((await found("gitdir: /other/.git/modules/w"))?.top, "/r/w");
  const foreign = ["", "/modules/x", "/worktrees/x"].map((below) => `gitdir: /other/.git${below}\n`);
  for (const text of ["gitdir: /gone\n", "gitdir: \n", "nothing\n", ...foreign]) {
    deepStrictEqual(await found(text), outer);
  }
});

Deno.test(".git/config with 300,000 spaces is read in linear time", async () => {
  const spaces = " ".repeat(300_000);
  const config = `[core]\n\ta = x${spaces}y\n\tb =${spaces}z${spaces}\n\tc = x${spaces}# more\n\td = v # w\n`;
  const { fs } = fakeContext({ files: { "/p/.git/HEAD": "", "/p/.git/config": config } });
  const core = (await readGitConfig(fs, (await findCheckout(fs, "/p"))!)).get("core")!;
  equal(core.get("a"), `x${spaces}y`);
  equal(core.get("b"), "z");
  equal(core.get("c"), "x");
  equal(core.get("d"), "v");
});

/** Returns the properties of a golden checkout after some files were changed or deleted. */
async function properties(
  checkout: string,
  changed: Record<string, string | undefined> = {},
  env: Record<string, string> = {},
): Promise<Record<string, string>> {
  const files = new Map<string, string | Uint8Array<ArrayBuffer>>(
    Object.entries(checkouts).map(([path, text]) => [path, new Uint8Array(Buffer.from(text, "base64"))]),
  );
  for (const [name, text] of Object.entries(changed)) {
    const path = `${ROOT}/${checkout}/${name}`;
    if (text === undefined) files.delete(path);
    else files.set(path, text);
  }
  return await gitProperties(fakeContext({ files: Object.fromEntries(files), env }), `${ROOT}/${checkout}`);
}
