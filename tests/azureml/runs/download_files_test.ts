import { join } from "node:path";
import { createHttpHeaders } from "../../../src/core/net/azure_http.ts";
import { CLOUDS } from "../../../src/core/net/clouds.ts";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { download, downloadFolder } from "../../../src/azureml/runs/download_files.ts";
import { openGrowing, readAll, readEnds } from "../../../src/azureml/storage/read.ts";
import type { Workspace } from "../../../src/azureml/client/workspace.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { createFolder } from "../../fakes/folder.ts";

/** Creates a blob that is read by ranges; `cutAfter` bytes later, the network fails. */
function blob(
  content: () => Uint8Array<ArrayBuffer>,
  cutAfter = Infinity,
  { tellsLength = true, md5 = "", version = { etag: '"1"' } as Record<string, string> } = {},
) {
  const ranges: string[] = [];
  let sent = 0;
  const headers = (length: number) => ({
    get: (name: string) =>
      ({
        ...(tellsLength && { "content-length": String(length) }),
        ...(md5 !== "" && { "content-md5": md5 }),
        "x-ms-request-id": "1",
        ...version,
      } as Record<string, string>)[name],
  });
  const workspace = {
    cloud: CLOUDS.AzureCloud,
    ask: async () => ({ status: 200, headers: headers(content().length) }),
    read: async ({ headers: { range } }: { headers: Record<string, string> }) => {
      ranges.push(range!);
      const [from, to] = /(\d+)-(\d+)/.exec(range!)!.slice(1).map(Number);
      const all = content();
      const told = (status: number, part: string) => ({
        status,
        headers: {
          get: (name: string) => ({ "content-range": `bytes ${part}/${all.length}`, etag: '"1"' })[name],
        },
      });
      if (from! >= all.length) return { response: told(416, "*"), bytes: new Uint8Array() };
      if (sent >= cutAfter) throw new Error("cut");
      const bytes = all.slice(from, to! + 1);
      sent += bytes.length;
      return { response: told(206, `${from}-${to}`), bytes };
    },
  };
  return { workspace: workspace as unknown as Workspace, ranges };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  await using folder = await createFolder();
  await body(folder.root);
}

const MIB = 1024 * 1024;

Deno.test("download() resumes after a broken connection", async () => {
  await inFolder(async (folder) => {
    const bytes = new Uint8Array(20 * MIB).map((_, at) => at % 251);
    const artifact = { path: "outputs/model.bin", url: "https://blob" };
    await assert.rejects(download(blob(() => bytes, 8 * MIB).workspace, systemFs, artifact, folder), /cut/);
    assert.equal(await systemFs.stat(`${folder}/outputs/model.bin`), undefined);
    const { workspace, ranges } = blob(() => bytes);
    assert.equal((await download(workspace, systemFs, artifact, folder)).wasThere, false);
    assert.deepEqual(ranges[0], `bytes=${8 * MIB}-${16 * MIB - 1}`);
    assert.deepEqual(await Deno.readFile(`${folder}/outputs/model.bin`), bytes);
    assert.deepEqual([...Deno.readDirSync(`${folder}/outputs`)].map(({ name }) => name), ["model.bin"]);
    assert.equal((await download(workspace, systemFs, artifact, folder)).wasThere, true);
  });
});

const leaving = ["../x", "a/../../x", "/etc/x", "a\\..\\x", "C:/x", "a//x", "./x", "", "outputs/.."];
for (const path of leaving) {
  Deno.test(`download() rejects ${path === "" ? "an empty path" : `path "${path}"`}`, async () => {
    await inFolder(async (folder) => {
      const { workspace } = blob(() => new Uint8Array(1));
      await assert.rejects(download(workspace, systemFs, { path, url: "https://blob" }, folder), {
        code: "download.path",
        message: `Cannot download "${path}": its path leads out of the download folder`,
      });
      assert.deepEqual([...Deno.readDirSync(folder)], []);
    });
  });
}

Deno.test("download() rejects a symbolic link that leaves the folder", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    await Deno.mkdir(`${folder}/out`);
    await Deno.symlink(`${folder}/out`, `${folder}/in/outputs`);
    const { workspace } = blob(() => new Uint8Array(1));
    const artifact = { path: "outputs/x", url: "https://blob" };
    await assert.rejects(download(workspace, systemFs, artifact, `${folder}/in`), { code: "download.path" });
    assert.deepEqual([...Deno.readDirSync(`${folder}/out`)], []);
  });
});

Deno.test("openGrowing() returns each complete line once", async () => {
  const all = new TextEncoder().encode("héllo\nwörld €\nend without a break");
  let length = 0;
  const { workspace, ranges } = blob(() => all.slice(0, length));
  const reader = openGrowing(workspace);
  let text = "";
  for (length = 1; length <= all.length; length++) {
    const added = await reader.next("https://blob", false);
    assert.ok(added === "" || added.endsWith("\n"));
    text += added;
  }
  text += await reader.next("https://blob", true);
  assert.equal(text, "héllo\nwörld €\nend without a break\n");
  assert.ok(
    ranges.every((range, at) => at === 0 || Number(/\d+/.exec(range)![0]) >= at - 1),
    "read from the start again",
  );
});

Deno.test("downloadFolder() rejects step names with paths", () => {
  assert.equal(downloadFolder("/jobs/a", "train").replaceAll("\\", "/"), "/jobs/a/train");
  for (const name of ["..", "../../x", "a/b", "a\\b", "", "/etc"]) {
    assert.throws(() => downloadFolder("/jobs/a", name), {
      code: "download.path",
      exit: 5,
      message: `Cannot download "${name}": its path leads out of the download folder`,
      hint: "Download that file in Azure ML studio, or choose another folder with `-o`",
    });
  }
});

Deno.test("readEnds() omits the middle of a long log", async () => {
  const text = Array.from({ length: 1000 }, (_, at) => `line ${String(at).padStart(3, "0")} é\n`).join("");
  const bytes = new TextEncoder().encode(text);
  const { workspace, ranges } = blob(() => bytes);
  assert.deepEqual(await readEnds(workspace, "https://blob", bytes.length), { text, omittedBytes: 0 });
  const cut = (await readEnds(workspace, "https://blob", 400))!;
  assert.deepEqual(ranges, [`bytes=0-${bytes.length - 1}`, "bytes=0-399", "bytes=11700-11999"]);
  const lines = cut.text.split("\n");
  assert.equal(lines[0], "line 000 é");
  assert.equal(lines.at(-2), "line 999 é");
  assert.ok(lines.every((line) => /^(line \d{3} é|\[\d+ bytes left out\]|)$/.test(line)), cut.text);
  const kept = new TextEncoder().encode(cut.text.replace(/\[.*\]\n/, "")).length;
  assert.equal(cut.omittedBytes, bytes.length - kept);
});

Deno.test("download() starts again if the file changes meanwhile", async () => {
  const times = [{ "last-modified": "Mon, 02 Mar 2026 10:00:00 GMT" }, {
    "last-modified": "Mon, 02 Mar 2026 10:00:01 GMT",
  }];
  for (
    const [old, current, oldMib] of [
      [times[0], times[1], 9],
      [times[0], times[0], 10],
      [{}, {}, 9],
      [{ etag: '"1"' }, { etag: '"2"' }, 9],
    ] as readonly (readonly [Record<string, string>, Record<string, string>, number])[]
  ) {
    await inFolder(async (folder) => {
      const file = { path: "a", url: "https://blob" };
      const first = blob(() => new Uint8Array(oldMib * MIB).fill(1), 8 * MIB, { version: old });
      await assert.rejects(download(first.workspace, systemFs, file, folder), /cut/);
      const { workspace } = blob(() => new Uint8Array(9 * MIB).fill(2), Infinity, { version: current });
      const conditions: (string | undefined)[] = [];
      const read: Workspace["read"] = (request) => {
        conditions.push(request.headers?.["if-match"] ?? request.headers?.["if-unmodified-since"]);
        return workspace.read(request);
      };
      await download({ ...workspace, read }, systemFs, file, folder);
      assert.deepEqual(new Set(await Deno.readFile(`${folder}/a`)), new Set([2]));
      const condition = current.etag ?? current["last-modified"];
      assert.deepEqual(conditions, [condition, condition]);
    });
  }
});

for (
  const [status, exit, hint] of [
    [403, 4, "Run the command again: it resumes"],
    [412, 5, "The file changed during the download; run the command again"],
  ] as const
) {
  Deno.test(`download() exits ${exit} if the storage answers ${status}`, async () => {
    await inFolder(async (folder) => {
      const { workspace } = blob(() => new Uint8Array(1));
      const refusing = {
        ...workspace,
        read: async () => ({ response: { status, headers: createHttpHeaders() }, bytes: new Uint8Array() }),
      };
      await assert.rejects(
        download(refusing as unknown as Workspace, systemFs, { path: "a", url: "https://blob" }, folder),
        {
          code: "download.refused",
          exit,
          message: `Cannot download "a": the storage answered ${status}`,
          hint,
        },
      );
    });
  });
}

Deno.test("download() does not overwrite a different file", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "mine, and longer");
    const { workspace } = blob(() => new Uint8Array(3).fill(65));
    const file = { path: "a", url: "https://blob" };
    await assert.rejects(download(workspace, systemFs, { ...file, mayReplace: false }, folder), {
      code: "download.exists",
      exit: 2,
      message: `"${join(folder, "a")}" already exists, with other contents`,
      hint: "Choose another folder with `-o`, or pass `--force` to overwrite it",
    });
    assert.equal(await Deno.readTextFile(`${folder}/a`), "mine, and longer");
    const { wasThere } = await download(workspace, systemFs, file, folder);
    assert.deepEqual([wasThere, await Deno.readTextFile(`${folder}/a`)], [false, "AAA"]);
    assert.equal(
      (await download(workspace, systemFs, { ...file, mayReplace: false }, folder)).wasThere,
      true,
    );
  });
});

Deno.test("download() replaces a file with another MD5", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/a`, "old");
    const md5 = createHash("md5").update("AAA").digest("base64");
    const { workspace } = blob(() => new Uint8Array(3).fill(65), Infinity, { md5 });
    const file = { path: "a", url: "https://blob" };
    await assert.rejects(download(workspace, systemFs, { ...file, mayReplace: false }, folder), {
      code: "download.exists",
    });
    const { wasThere } = await download(workspace, systemFs, file, folder);
    assert.deepEqual([wasThere, await Deno.readTextFile(`${folder}/a`)], [false, "AAA"]);
    assert.equal((await download(workspace, systemFs, file, folder)).wasThere, true);
  });
});

Deno.test("download() rejects symbolic links in paths", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    await Deno.writeTextFile(`${folder}/other`, "x");
    await Deno.symlink(`${folder}/other`, `${folder}/in/a`);
    await Deno.symlink(`${folder}/in`, `${folder}/in/b`);
    const { workspace } = blob(() => new Uint8Array(1));
    for (const path of ["a", "b/c"]) {
      const artifact = { path, url: "https://blob" };
      await assert.rejects(download(workspace, systemFs, artifact, `${folder}/in`), {
        code: "download.path",
      });
    }
  });
});

Deno.test("download() does not write through a link", async () => {
  await inFolder(async (folder) => {
    await Deno.mkdir(`${folder}/in`);
    const part = `a.${createHash("sha256").update('"1"').digest("hex").slice(0, 8)}.part`;
    const { workspace } = blob(() => new Uint8Array(1));
    for (const other of ["there", "new"]) {
      if (other === "there") await Deno.writeTextFile(`${folder}/there`, "own");
      await Deno.symlink(`${folder}/${other}`, `${folder}/in/${part}`);
      await download(workspace, systemFs, { path: "a", url: "https://blob" }, `${folder}/in`);
      assert.deepEqual(await Deno.readFile(`${folder}/in/a`), new Uint8Array(1));
      await Deno.remove(`${folder}/in/a`);
    }
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["in", "there"]);
    assert.equal(await Deno.readTextFile(`${folder}/there`), "own");
  });
});

/** A log on a server without range support, which may refuse to send it. */
function wholeLog(bytes: Uint8Array<ArrayBuffer>, status = 200) {
  let count = 0;
  const workspace = {
    cloud: CLOUDS.AzureCloud,
    refused: (action: string) => new Error(`${action}: refused`),
    async read() {
      count++;
      return { response: { status, headers: createHttpHeaders({ etag: '"1"' }) }, bytes };
    },
  };
  return { workspace: workspace as unknown as Workspace, count: () => count };
}

Deno.test("readAll() fails if a required log is refused", async () => {
  for (const [status, isFailure] of [[401, true], [403, true], [404, false], [400, false]] as const) {
    const { workspace } = wholeLog(new TextEncoder().encode("<Error>"), status);
    assert.equal(await openGrowing(workspace).next("https://blob", true), "");
    assert.equal(await readAll(workspace, "https://blob"), undefined);
    const whole = readAll(workspace, "https://blob", { mustBeAllowed: true });
    if (isFailure) await assert.rejects(whole, /^Error: read a log: refused$/);
    else assert.equal(await whole, undefined);
    assert.equal(await readEnds(workspace, "https://blob", 100), undefined);
  }
});
