import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { createResources } from "../../src/system/resources.ts";
import { decodeFrames } from "../../src/kedro/reader/frames.ts";

const LINUX = Deno.build.os === "linux";
const IMAGE = new URL("../../.cache/kedro/", import.meta.url);

Deno.test({
  name: "restrictProcess() denies system calls that the reader does not need",
  ignore: !LINUX,
  async fn() {
    const script = new URL("restricted.ts", import.meta.url).href;
    const file = await Deno.makeTempFile();
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-lock", "--cached-only", script, file, IMAGE.href],
    }).output();
    await Deno.remove(file);
    const [, json, memory] = /^(\{.*\})([.!]*)$/.exec(new TextDecoder().decode(stdout))!;
    const { restricted, answers } = JSON.parse(json!);
    strictEqual(restricted, true);
    for (const [name, answer] of Object.entries(answers)) {
      if (!["connect", "import a file"].includes(name)) strictEqual(answer, "-1", name);
    }
    // Each dot is 1 GiB.
    match(memory!, /^\.{1,2}!?$/);
  },
});

Deno.test({
  name: "startReader() runs the reader restricted, without environment variables, until ended",
  ignore: !LINUX,
  async fn() {
    const reader = await createResources().startReader();
    try {
      for await (const { header } of decodeFrames(reader.output)) {
        if (header.kind === "started") break;
      }
      const { stdout } = await new Deno.Command("pgrep", { args: ["-P", String(Deno.pid)] }).output();
      const [pid] = new TextDecoder().decode(stdout).trim().split("\n");
      const status = await Deno.readTextFile(`/proc/${pid}/status`);
      match(status, /^Seccomp:\t2$/m);
      match(status, /^NoNewPrivs:\t1$/m);
      const environ = (await Deno.readTextFile(`/proc/${pid}/environ`)).split("\0").filter((one) =>
        one !== ""
      );
      ok(environ.every((one) => /^(DENO_\w+|LD_LIBRARY_PATH)=/.test(one)), String(environ));
      deepStrictEqual(await Deno.readLink(`/proc/${pid}/cwd`), "/");
    } finally {
      await reader.end();
    }
    strictEqual(await reader.ended, "SIGKILL");
  },
});
