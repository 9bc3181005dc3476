import { deepEqual, equal, rejects } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { upgrade } from "../../../src/app/upgrade/upgrade.ts";
import type { AppEvent } from "../../../src/app/context.ts";
import type { Context } from "../../../src/core/context.ts";
import { fakeContext, type FakeOptions } from "../../fakes/context.ts";
import { slashed } from "../../fakes/paths.ts";

const DIGEST = createHash("sha256").update("packed").digest("hex");
const done = { status: 0, stdout: "1.2.3\n", stderr: "", found: true, timedOut: false };

/** A machine with a program at `path`, and a release for `target`; its programs are recorded. */
function machine(target: string, archive: string, options: FakeOptions = {}, path = "/bin/kedro-azureml") {
  const ran: string[][] = [];
  const told: AppEvent[] = [];
  const ctx = fakeContext({
    files: { [path]: "older", [`/r/${archive}`]: "packed", "/r/SHA256SUMS": `${DIGEST}  ${archive}\n` },
    program: { path, target },
    exec: async (program, args) => {
      ran.push([program, ...args].map((word) => slashed(word).replaceAll(/-0{8}-[-\d]+/g, "-ID")));
      if (args[0] === "-xf") await ctx.fs.writeText(`${args[3]}/${args[4]}`, "newer");
      return done;
    },
    ...options,
  });
  return { ctx, ran, told, app: { ...ctx, report: (event: AppEvent) => void told.push(event) } };
}

for (
  const [target, archive, executable] of [
    ["aarch64-apple-darwin", "kedro-azureml-aarch64-apple-darwin.tar.gz", "kedro-azureml"],
    ["x86_64-pc-windows-msvc", "kedro-azureml-x86_64-pc-windows-msvc.zip", "kedro-azureml.exe"],
  ] as const
) {
  Deno.test(`upgrade() unpacks only ${executable} of ${archive}, in a folder of its own`, async () => {
    const { app, ctx, ran, told } = machine(target, archive);
    const modes: unknown[] = [];
    const fs: Context["fs"] = {
      ...ctx.fs,
      async writeChunks(path, chunks, options) {
        modes.push(options);
        await ctx.fs.writeChunks(path, chunks, options);
      },
    };
    deepEqual(await upgrade({ ...app, fs }, { source: () => "/r" }), {
      type: "upgraded",
      version: "1.2.3",
      path: "/bin/kedro-azureml",
    });
    const folder = "/bin/.kedro-azureml-ID";
    deepEqual(ran, [
      ["tar", "-xf", `${folder}/${archive}`, "-C", folder, executable],
      [`${folder}/${executable}`, "--version"],
    ]);
    deepEqual(modes, [{ folderMode: 0o700 }]);
    deepEqual(told, [{ type: "print", text: `  Downloading ${archive} from /r` }]);
    equal(await ctx.fs.readText("/bin/kedro-azureml"), "newer");
    deepEqual([...ctx.files.keys()].filter((path) => path.startsWith("/bin/")), ["/bin/kedro-azureml"]);
  });
}

const LINUX = ["x86_64-unknown-linux-gnu", "kedro-azureml-x86_64-unknown-linux-gnu.tar.gz"] as const;

Deno.test("upgrade() replaces the program that a link leads to, or leaves it to its package manager", async () => {
  const { app, ctx } = machine(...LINUX, {}, "/opt/kedro-azureml");
  const link = { program: { path: "/usr/bin/kedro-azureml", target: LINUX[0] } };
  const leads = (to: string) => ({ ...app, ...link, fs: { ...ctx.fs, realPath: async () => to } });
  equal((await upgrade(leads("/opt/kedro-azureml"), { source: () => "/r" })).path, "/opt/kedro-azureml");
  equal(await ctx.fs.readText("/opt/kedro-azureml"), "newer");
  const brewed = "/opt/homebrew/Cellar/kedro-azureml/0.1.0/bin/kedro-azureml";
  equal((await upgrade(leads(brewed), { source: () => "/r" })).type, "managed");
});

Deno.test("upgrade() with `check` says that a release is available although its version is unknown", async () => {
  const { app, ran } = machine(...LINUX);
  deepEqual(await upgrade(app, { source: () => "/r", check: true }), {
    type: "available",
    version: "unknown",
    path: "/bin/kedro-azureml",
  });
  deepEqual(ran, []);
});

Deno.test("upgrade() accepts a warning on standard error, and files of its own that cannot be removed", async () => {
  const exec = async () => ({ ...done, stderr: "tar: Ignoring unknown header\n" });
  const { app, ctx } = machine(...LINUX, { exec });
  await ctx.fs.writeText("/bin/kedro-azureml", "older");
  const fs = { ...ctx.fs, rename: async () => {}, remove: () => Promise.reject(new Error("in use")) };
  equal((await upgrade({ ...app, fs }, { source: () => "/r" })).type, "upgraded");
});

Deno.test("upgrade() ends with the reason if it is interrupted, and fails if the program cannot be replaced", async () => {
  const stop = new AbortController();
  const exec = () => {
    stop.abort("SIGINT");
    return Promise.reject(new Error("killed"));
  };
  const stopped = machine(...LINUX, { exec, signal: stop.signal });
  await rejects(upgrade(stopped.app, { source: () => "/r" }), (thrown) => thrown === "SIGINT");
  const { app, ctx } = machine(...LINUX);
  const fs = { ...ctx.fs, rename: () => Promise.reject(new Error("Text file busy")) };
  await rejects(upgrade({ ...app, fs }, { source: () => "/r" }), {
    code: "upgrade.failed",
    message: "Cannot upgrade: Text file busy; the installed program is unchanged",
  });
});

Deno.test("upgrade() on Windows moves the running program away, and back if it cannot be replaced", async () => {
  const { app, ctx, ran } = machine("x86_64-pc-windows-msvc", "kedro-azureml-x86_64-pc-windows-msvc.zip", {
    platform: "windows",
  }, "/bin/kedro-azureml.exe");
  const moved: string[] = [];
  const move = (isFailing: boolean): Context["fs"] => ({
    ...ctx.fs,
    async remove(path) {
      moved.push(`remove ${path}`);
      if (path.endsWith(".old.exe")) throw new Error("it still runs");
      await ctx.fs.remove(path);
    },
    async rename(from, to) {
      moved.push(`${from} ${to}`);
      if (isFailing && !from.endsWith(".old.exe") && to.endsWith("kedro-azureml.exe")) {
        throw new Error("locked");
      }
      await ctx.fs.rename(from, to);
    },
  });
  await rejects(upgrade({ ...app, fs: move(true) }, { source: () => "/r" }), { message: /locked/ });
  equal(await ctx.fs.readText("/bin/kedro-azureml.exe"), "older");
  equal(ran[0]![0], slashed(join("C:\\Windows", "System32", "tar.exe")));
  const steps = moved.slice(0, 4).map((line) => slashed(line).replaceAll(/-0{8}-[-\d]+/g, "-ID"));
  deepEqual(steps, [
    "remove /bin/kedro-azureml.old.exe",
    "/bin/kedro-azureml.exe /bin/kedro-azureml.old.exe",
    "/bin/.kedro-azureml-ID/kedro-azureml.exe /bin/kedro-azureml.exe",
    "/bin/kedro-azureml.old.exe /bin/kedro-azureml.exe",
  ]);
  await upgrade({ ...app, fs: move(false) }, { source: () => "/r" });
  equal(await ctx.fs.readText("/bin/kedro-azureml.exe"), "newer");
});
