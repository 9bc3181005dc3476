import { deepEqual, equal } from "node:assert/strict";
import type { Context, Exit } from "../../../src/core/context.ts";
import { findIsolation, isolating } from "../../../src/emulator/runner/isolation.ts";
import { exited, fakeContext } from "../../fakes/context.ts";

const ISOLATION = { start: ["unshare"], drop: ["setpriv", "x"], visible: ["/tmp/venv", "/opt/venv"] };

/** The visible paths and inputs among the words, and the words after them. */
function parts(words: readonly string[]) {
  const own = words.indexOf("sh", words.indexOf("-c"));
  const [first, second] = [words.indexOf("--"), words.lastIndexOf("--")];
  return {
    folders: words.slice(own + 1, own + 3),
    visible: words.slice(own + 3, first),
    inputs: words.slice(first + 1, second),
    drop: words.slice(second + 1),
  };
}

Deno.test("an isolated step sees its folder behind a link", () => {
  const isolation = { ...ISOLATION, visible: ["/tmp/venv/bin", "/tmp/venv", "/tmp/venv"] };
  const step = { root: "/home/me/root", folder: "/tmp/link", inputs: [] };
  deepEqual(parts(isolating(isolation, step)).visible, ["/tmp/venv", "/tmp/link"]);
  const all = { ...ISOLATION, visible: [] };
  deepEqual(parts(isolating(all, { root: "/tmp/r", folder: "/tmp/r/a", inputs: [] })).visible, ["/tmp/r"]);
  deepEqual(parts(isolating(all, { root: "/tmp", folder: "/tmp/a", inputs: [] })).visible, []);
});

/**
 * Looks for a way on a machine.
 *
 * @param works Whether a program with these words succeeds.
 */
async function find(user: string, works: (words: string) => boolean, visible: readonly string[] = []) {
  const tried: string[] = [];
  const others: string[] = [];
  const limits: (number | undefined)[] = [];
  const exec: Context["exec"] = async (program, args, options = {}): Promise<Exit> => {
    const words = [program, ...args].join(" ");
    const ok = exited();
    if (words === "sh -c id -u && id -g") {
      return { ...ok, stdout: `${user}\n7\n`, status: works("id") ? 0 : 1 };
    }
    if (program !== "unshare") {
      others.push(words);
      return { ...ok, status: works(program) ? 0 : 1 };
    }
    limits.push(options.timeoutMs);
    tried.push(words.includes("setpriv") ? "setpriv" : words.includes("--map-root-user") ? "user" : "root");
    return { ...ok, status: works(tried.at(-1)!) ? 0 : 1 };
  };
  const { fs } = fakeContext({ files: { "/tmp/real/bin/python": "" } });
  const realPath = async (path: string) => path === "/tmp/venv" ? "/tmp/real" : await fs.realPath(path);
  const found = await findIsolation({ exec, fs: { ...fs, realPath } }, "/tmp/root", visible);
  deepEqual(new Set(limits), new Set(limits.length > 0 ? [5000] : []), "a trial may not hang");
  return { found, tried, others };
}

Deno.test("steps of root are isolated with setpriv or a user namespace", async () => {
  const all = await find("0", () => true);
  deepEqual(all.tried, ["setpriv"]);
  deepEqual(all.others, [
    "mkdir -p -m 700 -- /tmp/root /tmp/root/trial /tmp/root/trial/tmp /tmp/root/trial/wd",
    "rm -rf -- /tmp/root/trial",
  ]);
  equal(all.found!.drop[0], "setpriv");
  const second = await find("0", (what) => what !== "setpriv");
  deepEqual([second.tried, second.found!.start.includes("--user")], [["setpriv", "root"], false]);
  deepEqual((await find("0", (what) => what === "user" || what === "id" || what === "mkdir")).tried, [
    "setpriv",
    "root",
    "user",
  ]);
});

Deno.test("steps of other users are isolated in a user namespace", async () => {
  const { found, tried } = await find("1000", () => true);
  deepEqual([tried, found!.start.includes("--map-root-user")], [["user"], true]);
  deepEqual(found!.drop, ["unshare", "--user", "--map-user=1000", "--map-group=7"]);
});

Deno.test("isolated steps see absolute paths and targets of links", async () => {
  const { found } = await find("1000", () => true, ["/tmp/venv", "relative", "/gone"]);
  deepEqual(found!.visible, ["/tmp/venv", "/gone", "/tmp/real", "/gone"]);
});

Deno.test("steps run without isolation if every way fails", async () => {
  const none = await find("0", (what) => what === "id" || what === "mkdir");
  deepEqual([none.found, none.others.at(-1)], [undefined, "rm -rf -- /tmp/root/trial"]);
  deepEqual(await find("0", (what) => what !== "id"), { found: undefined, tried: [], others: [] });
  const folderless = await find("0", (what) => what !== "mkdir");
  deepEqual([folderless.found, folderless.tried], [undefined, []]);
});
