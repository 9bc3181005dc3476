import { fileURLToPath } from "node:url";
import { deepStrictEqual, match, notStrictEqual, ok, rejects, strictEqual } from "node:assert/strict";
import { createResources } from "../../src/system/reader_process.ts";
import { encodeFrame, UNFILTERED } from "../../src/kedro/sandbox/protocol.ts";
import { decodeFrames, hasCallFilter } from "../../src/kedro/reader/sandbox_client.ts";

Deno.test("createResources() suggests `deno task setup`", async () => {
  const resources = createResources(new URL("file:///no/such/folder/"));
  const missing = (name: string) => ({
    code: "resource.missing",
    exit: 70,
    message: `Cannot read the embedded Kedro: "${name}" not found`,
    hint: "Run `deno task setup` in the checkout",
  });
  await rejects(resources.imageId(), missing("stamp"));
  // One that is not used for a while ends nothing.
  const later = createResources(new URL("file:///no/such/folder/"));
  later.prepareReader();
  resources.prepareReader();
  await rejects(resources.startReader(), missing("sandbox.js"));
  await rejects(later.startReader(), missing("sandbox.js"));
});

Deno.test("startReader() starts a new process each time", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/sandbox.js`, "await Deno.stdin.read(new Uint8Array(1));");
  const resources = createResources(new URL(`file://${folder}/`));
  resources.prepareReader();
  const readers = [await resources.startReader(), await resources.startReader()];
  notStrictEqual(readers[0], readers[1]);
  await Promise.all(readers.flatMap((reader) => [reader.output.cancel(), reader.end()]));
  await Deno.remove(folder, { recursive: true });
});

const LINUX = Deno.build.os === "linux";
const IMAGE = new URL("../../.cache/kedro/", import.meta.url);

Deno.test(
  "restrictProcess() gives up permissions and denies other system calls",
  { ignore: !LINUX },
  async () => {
    const script = new URL("restricted.ts", import.meta.url).href;
    const file = await Deno.makeTempFile();
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", "--cached-only", script, file, IMAGE.href],
    }).output();
    await Deno.remove(file);
    const [, json, memory] = /^(\{.*\})([.!]*)$/.exec(new TextDecoder().decode(stdout))!;
    const { restricted, revoked, answers } = JSON.parse(json!);
    strictEqual(restricted, true);
    deepStrictEqual(revoked.sort(), ["env", "ffi", "net", "read", "run", "sys", "write"]);
    for (const [name, answer] of Object.entries(answers)) {
      if (!["connect", "import a file"].includes(name)) strictEqual(answer, "-1", name);
    }
    // Each dot is 1 GiB.
    match(memory!, /^\.{1,2}!?$/);
  },
);

Deno.test("startReader() passes no environment variables", {
  ignore: !LINUX,
}, async () => {
  const reader = await createResources().startReader();
  try {
    for await (const { header } of decodeFrames(reader.output)) {
      if (header.kind === "started") break;
    }
    const { stdout } = await new Deno.Command("pgrep", {
      args: ["-P", String(Deno.pid), "-f", "kedro/sandbox"],
    }).output();
    const [pid] = new TextDecoder().decode(stdout).trim().split("\n");
    const status = await Deno.readTextFile(`/proc/${pid}/status`);
    match(status, /^Seccomp:\t2$/m);
    match(status, /^NoNewPrivs:\t1$/m);
    const environ = (await Deno.readTextFile(`/proc/${pid}/environ`)).split("\0").filter((one) => one !== "");
    ok(
      environ.every((one) => /^(DENO_\w+|LD_LIBRARY_PATH|MALLOC_MMAP_THRESHOLD_)=/.test(one)),
      String(environ),
    );
    deepStrictEqual(await Deno.readLink(`/proc/${pid}/cwd`), "/");
  } finally {
    await reader.end();
  }
  strictEqual(await reader.ended, "SIGKILL");
});

Deno.test(
  "startReader() passes no open files",
  { ignore: !LINUX },
  async () => {
    const script = fileURLToPath(new URL("reader_descriptors.ts", import.meta.url));
    const { stdout } = await new Deno.Command("bash", {
      args: [
        "-c",
        'exec 9</etc/hosts 61< <(echo secret); exec "$0" run -A --no-check --no-lock --cached-only "$1"',
        Deno.execPath(),
        script,
      ],
    }).output();
    const open = new TextDecoder().decode(stdout).trim().split("\n");
    ok(open.length >= 3, String(open));
    strictEqual(open.includes("/etc/hosts"), false, String(open));
    // Standard input, output and error: the caller's pipe is none of them.
    strictEqual(new Set(open.filter((one) => one.startsWith("pipe:"))).size, 3, String(open));
  },
);

Deno.test("hasCallFilter() returns false on macOS", async () => {
  for (const [text, isFiltered] of [["", true], [UNFILTERED, false]] as const) {
    const frames = [...encodeFrame({ kind: "started" }, new TextEncoder().encode(text))];
    const reader = {
      write: () => Promise.resolve(),
      output: ReadableStream.from(frames),
      ended: Promise.resolve(undefined),
      end: () => Promise.resolve(),
    };
    const resources = { ...createResources(), startReader: () => Promise.resolve(reader) };
    strictEqual(await hasCallFilter({ resources, platform: "linux" }), isFiltered);
    strictEqual(await hasCallFilter({ resources, platform: "darwin" }), false);
  }
});
