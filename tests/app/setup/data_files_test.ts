import { deepEqual, equal } from "node:assert/strict";
import { findDataFiles, includeHint, readLocal, uploadProblems } from "../../../src/app/setup/local_data.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { createFolder } from "../../fakes/folder.ts";
import { shellWord } from "../../../src/core/untrusted.ts";

const LINKS = { name: "findDataFiles() works on links", ignore: Deno.build.os === "windows" };

/** Finds the files of a folder beside or in a project in `p`, which is made of these files. */
async function found(files: Record<string, string>, outside: readonly string[] = [], of = "p/data") {
  await using folder = await createFolder({ "p/x": "", ...files });
  const { root } = folder;
  const owner = { root: `${root}/p`, outside: outside.map((path) => `${root}/${path}`) };
  const data = await findDataFiles({ fs: systemFs }, `${root}/${of}`, owner);
  return {
    files: data.files.map(({ name, path, sizeBytes }) => [name, path.slice(root.length + 1), sizeBytes]),
    leftOut: data.leftOut.map((
      { name, reason, target },
    ) => [name, reason, ...(target ? [target.slice(root.length + 1)] : [])]),
  };
}

Deno.test({
  ...LINKS,
  name: "data push follows links inside the project",
  fn: async () => {
    const { files, leftOut } = await found({
      "p/data/a.csv": "1",
      "p/data/b.csv": "-> a.csv",
      "p/data/c.csv": "-> ../.dvc/cache/ab",
      "p/.dvc/cache/ab": "22",
      "p/data/parts": "-> ../other",
      "p/other/deep/d.csv": "333",
    });
    deepEqual(files, [
      ["a.csv", "p/data/a.csv", 1],
      ["b.csv", "p/data/a.csv", 1],
      ["c.csv", "p/.dvc/cache/ab", 2],
      ["parts/deep/d.csv", "p/other/deep/d.csv", 3],
    ]);
    deepEqual(leftOut, []);
    const beside = { "elsewhere/a.csv": "1", "elsewhere/b.csv": "-> a.csv" };
    deepEqual(await found(beside, [], "elsewhere"), {
      files: [["a.csv", "elsewhere/a.csv", 1], ["b.csv", "elsewhere/a.csv", 1]],
      leftOut: [],
    });
  },
});

Deno.test({
  ...LINKS,
  name: "data push follows links outside the project only to allowed folders",
  fn: async () => {
    const files = {
      "p/data/a.csv": "-> ../../cache/aa",
      "p/data/key.csv": "-> ../../cache/id_rsa",
      "p/data/git.csv": "-> ../.git/config",
      "cache/aa": "1",
      "cache/id_rsa": "k",
      "p/.git/config": "t",
    };
    const outside = "a link to outside the folder and the project";
    const [key, git] = [["key.csv", outside, "cache/id_rsa"], ["git.csv", outside, "p/.git/config"]];
    deepEqual(await found(files), { files: [], leftOut: [["a.csv", outside, "cache/aa"], git, key] });
    deepEqual(await found(files, ["cache"]), { files: [["a.csv", "cache/aa", 1]], leftOut: [git, key] });
  },
});

Deno.test({
  ...LINKS,
  name: "data push names broken and circular links",
  fn: async () => {
    const circle = "a link to a folder that it is in";
    deepEqual(
      await found({
        "p/data/device.csv": "-> /dev/null",
        "p/data/gone.csv": "-> nowhere",
        "p/data/up": "-> .",
        "p/data/there": "-> ../two",
        "p/two/back": "-> ../data",
        "p/two/a.csv": "1",
      }),
      {
        files: [["there/a.csv", "p/two/a.csv", 1]],
        leftOut: [["device.csv", "a broken link"], ["gone.csv", "a broken link"], ["there/back", circle], [
          "up",
          circle,
        ]],
      },
    );
  },
});

Deno.test({
  ...LINKS,
  name: "data push rejects secrets of the project, also behind a link",
  fn: async () => {
    await using folder = await createFolder({
      "conf/local/credentials.yml": "password: x\n",
      "data/in/a.csv": "-> ../../conf/local/credentials.yml",
      "data/b.csv": "-> ../conf/local/credentials.yml",
      ".git/config": `[http]\n\textraheader = AUTHORIZATION: basic ${"eDpnaHNfMTIz".repeat(4)}\n`,
    });
    const { root } = folder;
    const [credentials, git] = [
      'conf/local/credentials.yml" looks like credentials',
      '.git/config" looks like a token of Git',
    ];
    for (
      const [path, what] of [["data/in", credentials], ["data/b.csv", credentials], [".git", git]] as const
    ) {
      const data = await readLocal({ fs: systemFs }, { root }, path);
      const problems = await uploadProblems({ fs: systemFs }, data!, { root, allow: () => "" });
      deepEqual(problems.map(({ code, reasons }) => [code, reasons]), [
        ["data.secret", [`"${root}/${what}`]],
      ]);
    }
  },
});

Deno.test({
  ...LINKS,
  name: "data push fails for a folder with broken links",
  fn: async () => {
    await using folder = await createFolder({
      "p/in/a.csv": "-> ../../a.csv",
      "p/in/b.csv": "-> no",
      "a.csv": "1",
    });
    const [root, outside] = [`${folder.root}/p`, `${folder.root}/a.csv`];
    const data = await readLocal({ fs: systemFs }, { root }, "in");
    const options = { root, allow: (code: string) => `use \`--allow ${code}\`` };
    deepEqual(await uploadProblems({ fs: systemFs }, data!, options), [{
      code: "data.link",
      reasons: [
        '"a.csv" is a link to outside the folder and the project, so it would be missing',
        '"b.csv" is a broken link, so it would be missing',
      ],
      hint: `Add \`--allow-outside ${
        shellWord(outside)
      }\` to upload what the links lead to; to leave it out, use \`--allow data.link\``,
    }]);
  },
});

for (
  const [targets, hint] of [
    [["/cache/aa"], "Add `--allow-outside /cache/aa` to upload what the links lead to"],
    [["/my cache/aa"], "Add `--allow-outside '/my cache/aa'` to upload what the links lead to"],
    [["/dvc/aa/1", "/dvc/ab/2"], "Add `--allow-outside /dvc` to upload what the links lead to"],
    [["/work/aa/1", "/work/ab/2"], "Add `--allow-outside /work/aa` to upload what the links lead to"],
    [["/work/1", "/work/2"], "Add `--allow-outside /work/1` to upload what the links lead to"],
    [["/cache/id_rsa"], "Replace the link with what it leads to, or remove it"],
    [[], "Replace the link with what it leads to, or remove it"],
  ] as const
) {
  Deno.test({
    ...LINKS,
    name: `data push suggests ${hint.startsWith("Add") ? "--allow-outside" : "replacing the link"} for ${
      targets.join(" and ") || "a broken link"
    }`,
    fn: () => {
      const leftOut = targets.map((target) => ({ name: "x", reason: "a link", target }));
      equal(includeHint(leftOut, "/work/p"), hint);
    },
  });
}
