import { deepEqual, equal, rejects } from "node:assert/strict";
import { openKeepFolder, openRunner } from "../../../src/app/rehearse/prepare.ts";
import { resolve } from "node:path";
import type { AppEvent } from "../../../src/app/context.ts";
import { OWN_FOLDER_MARK } from "../../../src/azureml/job/code/exclusions.ts";
import { slashed } from "../../fakes/paths.ts";
import { exited, fakeContext } from "../../fakes/context.ts";

/** Every program of the machine is a Python that says where it is. */
const exec = async () => exited({ stdout: "/venv/bin/python\n/venv/bin\n" });

const TOML = '[tool.kedro]\npackage_name = "shop"\nproject_name = "Shop"\nkedro_init_version = "1.7.0"\n';

for (
  const [what, { env = {}, steps }, folder, isKept] of [
    ["a folder of its own by default", { steps: {} }, "/tmp/kedro-azureml-rehearsal-ID", false],
    [
      "a folder of its own in TMPDIR",
      { env: { TMPDIR: "/scratch" }, steps: {} },
      "/scratch/kedro-azureml-rehearsal-ID",
      false,
    ],
    ["the folder of --keep", { steps: { keep: "out/kept" } }, "/project/out/kept", true],
    ["the emulator's state folder", { steps: { state: "st" } }, "/project/st", true],
    ["the state folder of --keep", { steps: { keep: "st", state: "st" } }, "/project/st", true],
  ] as readonly (readonly [
    string,
    { readonly env?: Record<string, string>; readonly steps: Parameters<typeof openRunner>[1] },
    string,
    boolean,
  ])[]
) {
  Deno.test(`rehearse ${isKept ? "keeps" : "removes"} the files of steps in ${what}`, async () => {
    const programs: (readonly [string, AbortSignal | undefined, string])[] = [];
    let wasMade: boolean | undefined;
    const ctx = fakeContext({
      env,
      files: { "/data/a.csv": "a", "/project/pyproject.toml": "" },
      async exec(program, args, options) {
        if (program !== "/venv/bin/python") {
          const isOwn = (path: string) => path.includes("kedro-azureml-rehearsal-");
          // Whoever sees its name on a command line cannot make it any more.
          if (args.some(isOwn)) wasMade ??= [...ctx.files.keys()].some(isOwn);
          const signal = options?.noticesParentEnd ? options.signal : undefined;
          programs.push([[program, ...args].at(-1)!, signal, program]);
        }
        const stdout = program === "/venv/bin/python" ? "/venv/bin/python\n/venv/bin\n/venv\n" : "";
        return exited({ stdout });
      },
    });
    const runner = await openRunner({ ...ctx, report() {} }, {
      stepPython: "/venv/bin/python",
      data: { rides: "../data/a.csv" },
      ...steps,
    });
    const { folder: own, data, bin } = runner.options;
    deepEqual([slashed(own).replace(/[0-9a-f]{8}-.*/, "ID"), data, bin], [folder, {
      rides: resolve("/data/a.csv"),
    }, "/venv/bin"]);
    equal(wasMade, isKept ? undefined : true);
    const keepers = programs.flatMap(([path, signal]) => path === own && signal ? [signal] : []);
    deepEqual(keepers.map(({ aborted }) => aborted), isKept ? [] : [false]);
    programs.length = 0;
    await ctx.fs.writeText(`${own}/runs/a/log.txt`, "");
    await runner.close();
    deepEqual([...new Set(programs.map(([path]) => path))], [own]);
    deepEqual(programs.map(([, , program]) => program), isKept ? ["chmod"] : ["chmod", "rm"]);
    deepEqual(keepers.map(({ aborted }) => aborted), isKept ? [] : [true]);
    equal(ctx.files.has(`${own}/${OWN_FOLDER_MARK}`), isKept);
  });
}

Deno.test("isolated steps can read Python, data and the project", async () => {
  const told: unknown[] = [];
  const isolationOf = async (isIsolating: boolean, platform: "linux" | "darwin" = "linux") => {
    const ctx = fakeContext({
      platform,
      files: { "/data/a.csv": "a", "/project/pyproject.toml": TOML, "/project/src/shop/__init__.py": "" },
      async exec(program, args) {
        const stdout = program === "python"
          ? "/venv/bin/python\n/venv/bin\n/venv\n/usr/lib/python3\n"
          : args.join(" ").includes("id -u")
          ? "1000\n1000\n"
          : "";
        const status = program === "unshare" && !isIsolating ? 1 : 0;
        return exited({ status, stdout });
      },
    });
    const report = (event: AppEvent) => void told.push(event);
    const runner = await openRunner({ ...ctx, report }, { stepPython: "python", data: { a: "/data/a.csv" } });
    await runner.close();
    return runner.options.isolation && [...new Set(runner.options.isolation.visible)];
  };
  deepEqual(await isolationOf(true), ["/venv", "/usr/lib/python3", resolve("/data/a.csv"), "/project"]);
  deepEqual(told, []);
  const message =
    "Steps share /tmp with this machine and can change their inputs as root: this machine does not let you create namespaces (`unshare`)";
  deepEqual([await isolationOf(false), told], [undefined, [{ type: "cache", message }]]);
  deepEqual([await isolationOf(true, "darwin"), told.length], [undefined, 2]);
});

Deno.test("emulator --state accepts a folder with other files", async () => {
  const open = async (steps: Parameters<typeof openRunner>[1]) => {
    const ctx = { ...fakeContext({ exec, files: { "/project/st/notes.txt": "" } }), report() {} };
    return (await openRunner(ctx, { stepPython: "/bin/python", ...steps })).options.folder;
  };
  for (const steps of [{ state: "st" }, { keep: "st", state: "st" }]) {
    equal(slashed(await open(steps)), "/project/st");
  }
  await rejects(open({ keep: "st", state: "other" }), { code: "rehearse.keep" });
});

Deno.test("rehearse --keep rejects a file", async () => {
  const ctx = fakeContext({ files: { "/kept": "" } });
  await rejects(openKeepFolder(ctx, "/kept", "kept"), { code: "rehearse.keep", message: /a file/ });
});
