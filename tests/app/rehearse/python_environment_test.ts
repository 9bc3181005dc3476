import assert from "node:assert/strict";
import { makeEnvironment } from "../../../src/app/rehearse/python_environment.ts";
import type { AppEvent } from "../../../src/app/context.ts";
import { fakeContext } from "../../fakes/context.ts";
import { slashed } from "../../fakes/paths.ts";

const WANTED = { from: "requirements.txt", python: "3.11", lines: ["kedro==1.7.0"], skipped: ["libgomp"] };

/** How the pip of Python 3.11 ends if it cannot put versions together that go together. */
const CRASH = "pip._vendor.resolvelib.resolvers.InconsistentCandidate: Provided candidate does not satisfy";

/** Creates a machine with the programs that match; commands that contain `broken` fail, and pip until it is upgraded. */
function machine(
  { programs, broken = "", hasOldPip = false }: {
    readonly programs: RegExp;
    readonly broken?: string;
    readonly hasOldPip?: boolean;
  },
) {
  const ran: string[] = [];
  const events: AppEvent[] = [];
  const ctx = fakeContext({
    async exec(program, args) {
      const line = slashed([program, ...args].join(" "));
      const found = programs.test(slashed(program));
      if (found && !/--version|-c /.test(line)) ran.push(line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID"));
      if (hasOldPip && line.includes("-r ") && !ran.some((one) => one.endsWith("--upgrade pip"))) {
        return { status: 2, stdout: "", stderr: CRASH, found, timedOut: false };
      }
      const status = !found ? 127 : broken !== "" && line.includes(broken) ? 1 : 0;
      // Creating the environment also creates its interpreter.
      const made = /venv .*?(\/\S+)$/.exec(line)?.[1];
      if (status === 0 && made !== undefined) ctx.files.set(`${made}/bin/python`, new Uint8Array());
      return {
        status,
        stdout: "",
        stderr: status === 0 ? "" : "No matching distribution",
        found,
        timedOut: false,
      };
    },
  });
  return { ctx: { ...ctx, report: (event: AppEvent) => void events.push(event) }, ran, events };
}

const FOLDER = "/home/user/.cache/kedro-azureml/rehearse/";

Deno.test("makeEnvironment() creates an environment once with uv and reports skipped packages", async () => {
  const { ctx, ran, events } = machine({ programs: /^uv$/ });
  const python = await makeEnvironment(ctx, WANTED);
  assert.ok(slashed(python).startsWith(FOLDER) && slashed(python).endsWith("/bin/python"));
  assert.deepEqual(ran.map((line) => line.replaceAll(/\/home\S*\/rehearse\/\w+\//g, "")), [
    "uv venv --quiet --python 3.11 ID",
    "uv pip install --quiet --compile-bytecode --python ID/bin/python -r requirements.txt",
  ]);
  assert.deepEqual(events.map(({ type }) => type), [
    "environment_making",
    "warning",
    "read",
    "environment_made",
  ]);
  const [warning] = events.flatMap((event) => event.type === "warning" ? [event.warning] : []);
  assert.equal(warning?.code, "rehearse.conda_packages");
  assert.match(warning.message, /in requirements\.txt were left out.*: libgomp$/);
  assert.equal(await makeEnvironment(ctx, WANTED), python);
  assert.equal(ran.length, 2);
});

Deno.test("makeEnvironment() uses venv and pip if uv is not installed", async () => {
  const { ctx, ran, events } = machine({ programs: /python3$|\/bin\/python$/ });
  await makeEnvironment(ctx, { ...WANTED, skipped: [], python: "3.11" });
  assert.deepEqual(events.map(({ type }) => type), ["environment_making", "read", "environment_made"]);
  assert.match(ran[0]!, /^python3 -m venv /);
  assert.match(ran[1]!, /bin\/python -m pip install .*-r .*requirements\.txt$/);
});

Deno.test("makeEnvironment() upgrades a pip that crashes, and installs again", async () => {
  const { ctx, ran } = machine({ programs: /python3$|\/bin\/python$/, hasOldPip: true });
  await makeEnvironment(ctx, WANTED);
  assert.deepEqual(ran.map((line) => / -r |--upgrade pip$|venv/.exec(line)?.[0].trim()), [
    "venv",
    "-r",
    "--upgrade pip",
    "-r",
  ]);
});

Deno.test("makeEnvironment() creates a separate environment for different requirements", async () => {
  const { ctx } = machine({ programs: /^uv$/ });
  const first = await makeEnvironment(ctx, WANTED);
  const second = await makeEnvironment(ctx, { ...WANTED, lines: ["kedro==1.6.0"] });
  const shape = /\/kedro-azureml\/[^/]+\/[^/]+\//;
  assert.notEqual(shape.exec(second)![0], shape.exec(first)![0]);
});

Deno.test("makeEnvironment() installs again in the same environment if the requirements name files", async () => {
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

Deno.test("makeEnvironment() reports the output of a failed tool and removes the broken environment", async () => {
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
