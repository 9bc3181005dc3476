import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { outputOf, runProgram } from "../../scripts/shared/run_program.ts";

/** Only root may change the owner of a folder and the root of a process. */
const needsRoot = { ignore: Deno.build.os !== "linux" || Deno.uid() !== 0 };

Deno.test(
  "container image has only the program",
  needsRoot,
  async () => {
    const root = await Deno.makeTempDir({ prefix: "image-" });
    try {
      await Deno.chmod(root, 0o755);
      await Deno.mkdir(`${root}/usr/bin`, { recursive: true });
      const program = (await outputOf("which", ["id"])).trim();
      await Deno.copyFile(program, `${root}/usr/bin/kedro-azureml`);
      await outputOf("sh", ["scripts/build/image_root.sh", root]);
      const chroot = ["--userspec=65534:65534", root, "/usr/bin/kedro-azureml"];
      const { code, stdout, stderr } = await runProgram("chroot", chroot);
      strictEqual(code, 0, stderr);
      strictEqual(stdout.split(" ")[0], "uid=65534(nobody)");
      const found = await outputOf("find", [root, "-type", "f", "-not", "-name", "*.so*", "-printf", "%P\n"]);
      deepStrictEqual(found.trim().split("\n").sort(), ["etc/passwd", "usr/bin/kedro-azureml"]);
    } finally {
      await Deno.remove(root, { recursive: true });
    }
  },
);
