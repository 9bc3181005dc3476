import { fileURLToPath } from "node:url";
import { basename, dirname } from "node:path";
import { equal, match } from "node:assert/strict";
import { run } from "../../src/cli/command_line.ts";
import { createEmulator } from "../fakes/emulator.ts";
import { exec } from "../../src/system/exec.ts";
import { systemFs } from "../../src/system/fs.ts";
import { GOLDEN_SEED, SIGNED_IN } from "../fakes/seed.ts";
import { fakeContext } from "../fakes/context.ts";
import { createFolder } from "../fakes/folder.ts";

const TINY = fileURLToPath(new URL("../golden/projects/tiny", import.meta.url));

const NOTIFY = `
import os

print("imported")

def tell(job):
    print(job.name, job.status, job.display_name, job.experiment_name, job.compute, job.type)
    print(job.studio_url == job.services["Studio"].endpoint, job.id.endswith(job.name))
    print(job.description, job.tags, sorted(job.properties))

def fail(job):
    raise ValueError("no such channel: " + job.display_name)

def ask(job):
    return job.price

def tell_folder(job):
    print("in", os.path.samefile(os.getcwd(), os.path.dirname(__file__) + "/../.."))

NUMBER = 5
`;

const GITHUB = {
  GITHUB_ACTIONS: "true",
  GITHUB_RUN_ID: "1234",
  AZUREML_GIT_COMMIT: "abc",
  AZUREML_GIT_DIRTY: "true",
};

/** Submits jobs of a project with a module of callbacks, in its folder or with `-C` in the one above. */
async function submit(line: string, env: Record<string, string> = {}, isAbove = false) {
  await using temporary = await createFolder();
  const { root } = temporary;
  await copy(TINY, root);
  await Deno.writeTextFile(`${root}/src/tiny/notify.py`, NOTIFY);
  const azure = createEmulator({ seed: GOLDEN_SEED });
  const ctx = fakeContext({
    fs: systemFs,
    exec,
    cwd: isAbove ? dirname(root) : root,
    env: { ...SIGNED_IN, ...env },
    fetch: azure.fetch,
  });
  const words = [...isAbove ? ["-C", basename(root)] : [], ...line.split(" ")];
  const exit = await run([...words, "--allow", "dataset.not_uploaded"], ctx);
  return { exit, stdout: ctx.stdout(), stderr: ctx.stderr(), jobs: azure.resources("jobs").length };
}

async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copy(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

Deno.test("--on-job-scheduled calls the function for each job", async () => {
  const { exit, stdout, stderr } = await submit(
    "submit -j main -j nightly --on-job-scheduled tiny.notify:tell",
    GITHUB,
  );
  equal(exit, 0, stderr);
  const name = /Submitted job main as (\w+)/.exec(stdout)![1];
  match(
    stdout,
    new RegExp(`imported\n${name} \\w+ Tiny run tiny-exp cpu-cluster pipeline\nTrue True\nNone `),
  );
  const [description] = /^Nightly tiny run .*/m.exec(stdout)!;
  equal(
    description,
    "Nightly tiny run {'ci': 'github', 'ci.run': '1234-1', 'ci.job': 'nightly', 'ci.env': 'local'} " +
      "['azureml.git.dirty', 'mlflow.source.git.commit']",
  );
  equal(stdout.match(/^imported$/gm)?.length, 2);
});

for (const isAbove of [false, true]) {
  Deno.test(`--on-job-scheduled runs in the project's folder ${isAbove ? "with" : "without"} -C`, async () => {
    const { stdout } = await submit("submit -j one --on-job-scheduled tiny.notify:tell_folder", {}, isAbove);
    match(stdout, /^in True$/m);
  });
}

Deno.test("--on-job-scheduled names the job if its function fails", async () => {
  const { exit, stdout, jobs } = await submit("submit -j main -j one --on-job-scheduled tiny.notify:fail");
  equal(exit, 3);
  equal(jobs, 1);
  match(stdout, /Submitted job main as (\w+)[\s\S]*Job main is running, but its callback failed\n/);
  match(stdout, /which runs: ValueError: no such channel: Tiny run\n[\s\S]*notify\.py", line 12, in fail/);
  match(stdout, /Skipped job one because main failed/);
});

Deno.test("--on-job-scheduled lists attributes if one is unknown", async () => {
  const { stdout } = await submit("submit -j one --on-job-scheduled tiny.notify:ask");
  match(stdout, /AttributeError: this job has no 'price'; it has compute, description, display_name, /);
});

for (
  const [name, why] of [
    ["tiny.notify:nobody", "AttributeError: module 'tiny.notify' has no attribute 'nobody'"],
    ["tiny.notify:NUMBER", "TypeError: NUMBER of tiny.notify is no function"],
    ["tiny.nothing:tell", "ModuleNotFoundError: No module named 'tiny.nothing'"],
  ] as const
) {
  Deno.test(`--on-job-scheduled submits nothing if ${name} is no function`, async () => {
    const { exit, stderr, jobs } = await submit(`submit -j main --on-job-scheduled ${name}`);
    equal(exit, 2);
    equal(jobs, 0);
    match(stderr, new RegExp(`no Python has such a function\n(.*\n)*  python3: ${why}`));
  });
}

Deno.test("--on-job-scheduled uses KEDRO_AZUREML_PYTHON", async () => {
  const { exit, stderr } = await submit("submit -j one --on-job-scheduled tiny.notify:tell", {
    KEDRO_AZUREML_PYTHON: "/nowhere/python",
  });
  equal(exit, 3);
  match(stderr, /program "\/nowhere\/python" not found/);
});
