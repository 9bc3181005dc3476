import assert from "node:assert/strict";
import { makeEnvironment } from "../../../src/app/rehearse/python.ts";
import type { AppEvent } from "../../../src/app/context.ts";
import { exited, fakeContext } from "../../fakes/context.ts";
import { slashed } from "../../fakes/paths.ts";

const WANTED = {
  from: "requirements.txt",
  python: "3.11",
  lines: ["kedro==1.7.0", "pandas"],
  skipped: ["libgomp", "cuda"],
};

/** Creates a machine with the programs that match; commands that contain `broken` fail. */
function machine(
  { programs, broken = "" }: { readonly programs: RegExp; readonly broken?: string },
) {
  const ran: string[] = [];
  const events: AppEvent[] = [];
  const ctx = fakeContext({
    async exec(program, args, options) {
      const line = slashed([program, ...args].join(" "));
      const found = programs.test(slashed(program));
      // Python would take the program that checks it as the name of a file.
      if (args.some((arg, at) => /^import /.test(arg) && args[at - 1] !== "-c")) {
        throw new Error(`not a file: ${line}`);
      }
      if (found && !/--version| -c import /.test(line)) {
        ran.push(line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"));
      }
      if (line.includes("-r ")) {
        [
          "Downloading pandas (12.4MiB)",
          "  Downloading kedro-1.7.0-py3-none-any.whl (160 kB)",
          "Installing collected packages: pandas, kedro",
          "Installed 2 packages",
        ]
          .forEach((printed) => options?.onLine?.(printed));
        await ctx.clock.sleep(2000);
      }
      const status = !found ? 127 : broken !== "" && line.includes(broken) ? 1 : 0;
      // Creating the environment also creates its interpreter.
      const made = /venv .*?(\/\S+)$/.exec(line)?.[1];
      if (status === 0 && made !== undefined) ctx.files.set(`${made}/bin/python`, new Uint8Array());
      return exited({ status, stderr: status === 0 ? "" : "No matching distribution", found });
    },
  });
  return { ctx: { ...ctx, report: (event: AppEvent) => void events.push(event) }, ran, events };
}

/** Events whose folders have the slashes of Linux. */
function withSlashes(events: readonly AppEvent[]): unknown[] {
  return events.map((event) =>
    "folder" in event ? { ...event, folder: slashed(String(event.folder)) } : event
  );
}

const FOLDER = "/home/user/.cache/kedro-azureml/rehearse/";

Deno.test("rehearse creates a Python environment once with uv", async () => {
  const { ctx, ran, events } = machine({ programs: /^uv$/ });
  const python = await makeEnvironment(ctx, WANTED);
  assert.ok(slashed(python).startsWith(FOLDER) && slashed(python).endsWith("/bin/python"));
  assert.deepEqual(ran.map((line) => line.replaceAll(/\/home\S*\/rehearse\/\w+\//g, "")), [
    "uv venv --quiet --python 3.11 ID",
    "uv pip install --compile-bytecode --python ID/bin/python -r requirements.txt",
  ]);
  const folder = slashed(python).slice(0, -"/bin/python".length);
  assert.deepEqual(withSlashes(events), [
    { type: "environment_making", isUpdate: false, tool: "uv", from: "requirements.txt", folder },
    {
      type: "warnings",
      warnings: [{
        code: "rehearse.conda_packages",
        message:
          "Left out of the environment of the steps, which pip makes from requirements.txt: libgomp, cuda",
        hint: "Use `--venv DIR` with an environment that has them, if steps need them",
      }],
    },
    { type: "installing", what: "pandas (12.4MiB)" },
    { type: "installing", what: "kedro-1.7.0 (160 kB)" },
    { type: "installing", what: "2 packages" },
    { type: "read" },
    { type: "environment_made", durationMs: 2000 },
  ]);
  assert.equal(
    new TextDecoder().decode(ctx.files.get(`${folder.slice(0, folder.lastIndexOf("/"))}/requirements.txt`)),
    "kedro==1.7.0\npandas\n",
  );
  assert.equal(await makeEnvironment(ctx, WANTED), python);
  assert.equal(ran.length, 2);
  ctx.files.delete(python);
  assert.notEqual(await makeEnvironment(ctx, WANTED), python, "the environment was deleted");
});

Deno.test("rehearse uses venv and pip if uv fails", async () => {
  const { ctx, ran } = machine({
    programs: /^(?:uv|chmod|rm)$|python3$|\/bin\/python$/,
    broken: "uv pip install",
  });
  await makeEnvironment(ctx, WANTED);
  const begins = ran.map((line) => line.split(" ").slice(0, 4).join(" ").replace(/\/home\S*\//, ""));
  assert.deepEqual(begins, [
    "uv venv --quiet --python",
    "uv pip install --compile-bytecode",
    ...begins.filter((line) => /^(?:chmod|rm) /.test(line)),
    "python3 -P -m venv",
    "python -P -m pip",
    "python -P -m pip",
  ]);
});

Deno.test("rehearse uses pip for an index set only for pip", async () => {
  for (
    const env of [{ PIP_INDEX_URL: "https://pypi.test" }, { PIP_PYPI_URL: "https://pypi.test" }, {
      PIP_CONFIG_FILE: "/pip.ini",
    }]
  ) {
    const { ctx, ran } = machine({ programs: /^uv$|python3$|\/bin\/python$/ });
    ctx.files.set("/pip.ini", new TextEncoder().encode("[global]\nindex-url = https://pypi.test\n"));
    await makeEnvironment({ ...ctx, env: { ...ctx.env, ...env } }, WANTED);
    assert.deepEqual(ran.map((line) => line.split(" ").slice(0, 4).join(" ").replace(/^\/home\S*\//, "")), [
      "python3 -P -m venv",
      "python -P -m pip",
      "python -P -m pip",
    ]);
  }
});

Deno.test("rehearse uses no pip if only uv knows the index of packages", async () => {
  const set: readonly (readonly [Record<string, string>, string])[] = [
    [{ UV_DEFAULT_INDEX: "https://pypi.test" }, ""],
    [{ UV_INDEX: "https://pypi.test" }, ""],
    [{}, '[[index]]\nurl = "https://pypi.test"\n'],
  ];
  for (const [env, config] of set) {
    const { ctx, ran } = machine({
      programs: /^(?:uv|chmod|rm)$|python3$|\/bin\/python$/,
      broken: "uv pip install",
    });
    ctx.files.set("/home/user/.config/uv/uv.toml", new TextEncoder().encode(config));
    const withIndex = { ...ctx, env: { ...ctx.env, ...env } };
    await assert.rejects(makeEnvironment(withIndex, WANTED), { message: /with uv failed$/ });
    assert.deepEqual(ran.filter((line) => line.includes("python3")), []);
  }
});

Deno.test("rehearse installs packages without the variables that identify you", async () => {
  const { ctx } = machine({ programs: /^uv$/ });
  const env = { PATH: "/usr/bin", UV_INDEX_ACME_PASSWORD: "p" };
  const seen: unknown[] = [];
  await makeEnvironment({
    ...ctx,
    env: { ...env, AZURE_CLIENT_SECRET: "s", SYSTEM_ACCESSTOKEN: "t" },
    exec(program, args, options) {
      seen.push([options?.clearEnv, options?.env]);
      return ctx.exec(program, args, options);
    },
  }, WANTED);
  assert.deepEqual(seen, seen.map(() => [true, env]));
});

Deno.test("rehearse prefers the Python version of the environment", async () => {
  const { ctx, ran, events } = machine({ programs: /python3(?:\.12)?$|\/bin\/python$/ });
  await makeEnvironment(ctx, { ...WANTED, python: "3.12" });
  assert.match(ran[0]!, /^python3\.12 -P -m venv /);
  assert.ok(
    events.some((event) => event.type === "environment_making" && event.tool === "python3.12 and pip"),
  );
  const { python: _, ...anyPython } = WANTED;
  await makeEnvironment(ctx, anyPython);
  assert.match(ran[3]!, /^python3 -P -m venv /);
  const old = machine({ programs: /python3$/, broken: " -P " });
  await assert.rejects(makeEnvironment(old.ctx, WANTED), {
    code: "rehearse.environment",
    message: "Cannot make a Python environment for the steps: " +
      "there is neither uv nor Python 3.11 or newer with venv on this machine",
    details: [],
  });
});

Deno.test("rehearse installs with the newest pip, or else with the one it has", async () => {
  for (const broken of ["", "--upgrade"]) {
    const { ctx, ran } = machine({ programs: /python3$|\/bin\/python$/, broken });
    await makeEnvironment(ctx, WANTED);
    assert.deepEqual(ran.map((line) => / -r |--upgrade pip$|venv/.exec(line)?.[0].trim()), [
      "venv",
      "--upgrade pip",
      "-r",
    ]);
  }
});

Deno.test("rehearse installs again if requirements name files", async () => {
  const { ctx, ran } = machine({ programs: /^uv$/ });
  const wanted = {
    ...WANTED,
    lines: ["-r /project/requirements.txt"],
    mayChange: "pandas==2.2.1\n-c limits.txt",
  };
  const python = await makeEnvironment(ctx, wanted);
  assert.equal(await makeEnvironment(ctx, wanted), python);
  assert.deepEqual(ran.map((line) => /venv|install/.exec(line)?.[0]), ["venv", "install", "install"]);
  const changed = { ...wanted, mayChange: "pandas==2.2.2\n-c limits.txt" };
  assert.notEqual(await makeEnvironment(ctx, changed), python);
});

for (const [what, broken] of [["fails", { broken: "pip install" }], ["ends well", {}]] as const) {
  Deno.test(`rehearse interrupted while a tool ${what} removes the environment`, async () => {
    const stop = new AbortController();
    const { ctx, ran } = machine({ programs: /^(?:uv|chmod|rm)$/, ...broken });
    const exec: typeof ctx.exec = (program, args, options) => {
      if (args.includes("install")) stop.abort("SIGTERM");
      return ctx.exec(program, args, options);
    };
    await assert.rejects(
      makeEnvironment({ ...ctx, exec, signal: stop.signal }, WANTED),
      (thrown) => thrown === "SIGTERM",
    );
    assert.match(ran.at(-1)!, /^rm -rf -- .*\/ID$/);
  });
}

Deno.test("rehearse prints the output of a failed installation", async () => {
  const broken = machine({ programs: /^(?:uv|chmod|rm)$/, broken: "pip install" });
  const failing = {
    code: "rehearse.environment",
    message: /installing packages with uv failed/,
    hint: /^Correct the packages in requirements\.txt, or use `--venv DIR`/,
    details: ["No matching distribution"],
  };
  await assert.rejects(makeEnvironment(broken.ctx, WANTED), failing);
  assert.match(broken.ran.at(-1)!, /^rm -rf -- .*\/ID$/);
  await assert.rejects(makeEnvironment(broken.ctx, WANTED), failing);
});

Deno.test("rehearse names the network if the package index does not answer", async () => {
  const { ctx } = machine({ programs: /^(?:uv|chmod|rm)$/, broken: "pip install" });
  const retried =
    "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError(\"Failed to establish a new connection\")'";
  const exec: typeof ctx.exec = async (program, args, options) => {
    const exit = await ctx.exec(program, args, options);
    return args.includes("install")
      ? { ...exit, stderr: `${retried}\nERROR: Could not find a version of kedro` }
      : exit;
  };
  await assert.rejects(makeEnvironment({ ...ctx, exec }, WANTED), {
    exit: 6,
    hint: /^The index of packages cannot be reached: check the network and the proxy/,
    details: ["ERROR: Could not find a version of kedro"],
  });
});

Deno.test("rehearse refuses an environment in a folder writable by others", async () => {
  const { ctx, ran } = machine({ programs: /uv$/ });
  const stat = async (path: string) => {
    const folder = { kind: "folder", sizeBytes: 0, modifiedAt: undefined, writableByOthers: true } as const;
    return /cache.kedro-azureml$/.test(path) ? folder : await ctx.fs.stat(path);
  };
  const shared = { ...ctx, fs: { ...ctx.fs, stat } };
  await assert.rejects(makeEnvironment(shared, WANTED), { code: "file.shared" });
  assert.deepEqual(ran, []);
});

Deno.test("rehearse makes an environment where uv reads no settings of another user", async () => {
  for (const [theirs, expected] of [[[], "/tmp/shop"], [["/tmp/uv.toml"], "/home"]] as const) {
    const { ctx } = machine({ programs: /^uv$/ });
    const folders: (string | undefined)[] = [];
    const exec: typeof ctx.exec = async (program, args, options) => {
      if (["venv", "pip"].includes(args[0]!)) folders.push(options?.cwd);
      return await ctx.exec(program, args, options);
    };
    const stat = async (path: string) =>
      (theirs as readonly string[]).includes(slashed(path))
        ? { kind: "file", sizeBytes: 1, modifiedAt: undefined, isForeign: true } as const
        : await ctx.fs.stat(path);
    await makeEnvironment({ ...ctx, cwd: "/tmp/shop", exec, fs: { ...ctx.fs, stat } }, WANTED);
    assert.deepEqual(folders.map((folder) => slashed(folder!).startsWith(expected)), [true, true]);
  }
});
