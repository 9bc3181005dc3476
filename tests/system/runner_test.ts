import assert from "node:assert/strict";
import { hasFile } from "./served.ts";
import { withSteps } from "./steps.ts";

const ignore = !hasFile("/bin/bash") && !hasFile("/usr/bin/bash");
const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, ignore, fn });

/** Prints a step's environment variables. */
const PRINT_ENV = "env | sort";

test("runner runs steps in order of their inputs", async () => {
  const steps = {
    second: { command: "cat ${{inputs.in}}/x.txt > ${{outputs.out}}/y.txt", inputs: { in: "first.out" } },
    first: { command: "cat a.txt > ${{outputs.out}}/x.txt" },
  };
  await withSteps(steps, {}, async (job) => {
    await job.until("Completed");
    assert.equal(await job.read("second", "outputs/out/y.txt"), "uploaded");
  });
});

test("runner gives each step its own copy of the code", async () => {
  const steps = {
    first: { command: "echo local > left.txt; echo changed > a.txt; touch ${{outputs.out}}/done" },
    second: { command: "ls; cat a.txt", inputs: { in: "first.out" } },
  };
  await withSteps(steps, { code: { "src/b.txt": "b" } }, async (job) => {
    await job.until("Completed");
    assert.equal(await job.log("second"), "a.txt\nsrc\nuploaded");
  });
});

test("runner hides the emulator's environment variables", async () => {
  Deno.env.set("MY_SECRET_TOKEN", "s3cret");
  const steps = { one: { command: PRINT_ENV, env: { MINE: "1" }, inputs: { rate: "low" } } };
  await withSteps(steps, { bin: "/opt/venv/bin" }, async (job) => {
    await job.until("Completed");
    const names = (await job.log("one")).trim().split("\n").map((line) => line.split("=")[0]!);
    const ofBash = ["PWD", "SHLVL", "_", "OLDPWD"];
    assert.deepEqual(names.filter((name) => !ofBash.includes(name)), [
      "AZUREML_ARM_PROJECT_NAME",
      "AZUREML_ARM_RESOURCEGROUP",
      "AZUREML_ARM_SUBSCRIPTION",
      "AZUREML_ARM_WORKSPACE_NAME",
      "AZUREML_EXPERIMENT_SCOPE",
      "AZUREML_PARAMETER_out",
      "AZUREML_PARAMETER_rate",
      "AZUREML_ROOT_RUN_ID",
      "AZUREML_RUN_ID",
      "AZUREML_WORKSPACE_ID",
      "AZUREML_WORKSPACE_SCOPE",
      "DO_NOT_TRACK",
      "HOME",
      "LANG",
      "LC_ALL",
      "MINE",
      "PATH",
      "PYTHONUNBUFFERED",
      "TMPDIR",
    ]);
    assert.match(await job.log("one"), /^PATH=\/opt\/venv\/bin:/m);
    assert.match(await job.log("one"), /^AZUREML_ROOT_RUN_ID=j1$/m);
  });
  Deno.env.delete("MY_SECRET_TOKEN");
});

test("runner kills a step after its timeout", async () => {
  const steps = { slow: { command: "sleep 60 & echo $! > ${{outputs.out}}/pid; wait", timeout: "PT0.3S" } };
  await withSteps(steps, {}, async (job) => {
    await job.until("Failed");
    const { slow } = await job.steps();
    assert.match(slow!.error!.error.message, /exceeded its time limit of less than 1 s/);
    await assertEnds(await job.read("slow", "outputs/out/pid"));
  });
});

test("runner kills a step's daemon", async () => {
  const command = "setsid sleep 60 & echo $! > ${{outputs.out}}/pid";
  await withSteps({ one: { command } }, {}, async (job) => {
    await job.until("Completed");
    await assertEnds(await job.read("one", "outputs/out/pid"));
  });
});

test("runner replaces inputs by paths without special characters", async () => {
  const data = await Deno.makeTempDir({ prefix: "it's " });
  await Deno.writeTextFile(`${data}/raw (1).csv`, "1,2\n");
  const steps = {
    first: { command: "cat ${{inputs.in}} > ${{outputs.out}}/x.txt", inputs: { in: "azureml:rawfile:1" } },
    second: { command: "cat ${{inputs.in}}/x.txt; echo ${{inputs.in}}", inputs: { in: "first.out" } },
  };
  const options = { folderName: "it's $HOME ", data: { rawfile: `${data}/raw (1).csv` } };
  await withSteps(steps, options, async (job) => {
    await job.until("Completed");
    const [content, mounted] = (await job.log("second")).trim().split("\n");
    assert.equal(content, "1,2");
    assert.equal(await Deno.stat(mounted!).catch(() => undefined), undefined);
  });
  await Deno.remove(data, { recursive: true });
});

test("runner kills the steps of a canceled job", async () => {
  const steps = {
    slow: { command: "sleep 60 & echo $! > ${{outputs.out}}/pid; wait" },
    next: { command: "true", inputs: { in: "slow.out" } },
  };
  await withSteps(steps, {}, async (job) => {
    const pid = await waitForText(() => job.read("slow", "outputs/out/pid"));
    await job.client.ask("POST", `${ID}/jobs/j1/cancel`);
    await job.until("Canceled");
    await assertEnds(pid);
    const { slow, next } = await job.steps();
    assert.equal(slow!.status, "Canceled");
    assert.equal(next, undefined);
  });
});

test("runner resumes a job after a restart", async () => {
  const shared = await Deno.makeTempDir();
  const env = { SHARED: shared };
  const steps = {
    first: { command: 'echo x >> "$SHARED/first"; touch ${{outputs.out}}/done', env },
    second: {
      command: 'echo x >> "$SHARED/second"; [ -e "$SHARED/go" ] || sleep 60; touch ${{outputs.out}}/done',
      inputs: { in: "first.out" },
      env,
    },
  };
  await withSteps(steps, { state: true }, async (job) => {
    await waitForText(() => Deno.readTextFile(`${shared}/second`));
    await Deno.writeTextFile(`${shared}/go`, "");
    await job.restart();
    await job.until("Completed");
    assert.equal(
      await Deno.readTextFile(`${shared}/first`),
      "x\n",
      "a step that completed does not run again",
    );
    assert.equal(await Deno.readTextFile(`${shared}/second`), "x\nx\n");
    assert.equal((await job.steps()).second!.status, "Completed");
  });
  await Deno.remove(shared, { recursive: true });
});

test("runner mounts data assets read-only", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/raw.csv`, "1,2\n");
  const steps = {
    one: {
      command: "cat ${{inputs.in}}/raw.csv; stat -L -c %A ${{inputs.in}}/raw.csv; echo ${{inputs.in}}",
      inputs: { in: "azureml:raw:1" },
    },
  };
  await withSteps(steps, { data: { raw: folder } }, async (job) => {
    await job.until("Completed");
    const [content, mode, path] = (await job.log("one")).trim().split("\n");
    assert.equal(content, "1,2");
    assert.match(mode!, /^-r--/);
    assert.ok(path!.endsWith("/mounts/INPUT_in"));
  });
  await Deno.remove(folder, { recursive: true });
});

test("runner sets RANK and WORLD_SIZE", async () => {
  const node = {
    resources: { instance_count: 2 },
    distribution: { distribution_type: "PyTorch", process_count_per_instance: 2 },
  };
  const steps = { one: { command: "echo $RANK/$WORLD_SIZE on node $NODE_RANK as $LOCAL_RANK", node } };
  await withSteps(steps, {}, async (job) => {
    await job.until("Completed");
    const logs = await Promise.all([0, 1, 2, 3].map((rank) => job.log("one", `std_log_process_${rank}.txt`)));
    assert.deepEqual(logs, [
      "0/4 on node 0 as 0\n",
      "1/4 on node 0 as 1\n",
      "2/4 on node 1 as 0\n",
      "3/4 on node 1 as 1\n",
    ]);
  });
});

test("runner ends background processes of a rank", async () => {
  const node = {
    resources: { instance_count: 2 },
    distribution: { distribution_type: "PyTorch", process_count_per_instance: 1 },
    outputs: { out: { job_output_type: "uri_folder" } },
  };
  const command = 'if [ "$RANK" = 0 ]; then (sleep 1; touch ${{outputs.out}}/late) & ' +
    "else sleep 1.2; ls ${{outputs.out}}; echo end; fi";
  await withSteps({ one: { command, node } }, {}, async (job) => {
    await job.until("Completed");
    assert.equal(await job.log("one", "std_log_process_1.txt"), "end\n");
  });
});

test("runner kills the other ranks if one fails", async () => {
  const node = {
    resources: { instance_count: 2 },
    distribution: { distribution_type: "PyTorch", process_count_per_instance: 1 },
  };
  const steps = { one: { command: '[ "$RANK" = 1 ] && exit 4; sleep 60', node } };
  await withSteps(steps, {}, async (job) => {
    await job.until("Failed");
    const { one } = await job.steps();
    assert.match(one!.error!.error.message, /status code 4.*std_log_process_1\.txt/);
  });
});

const ID =
  "/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

/** Returns whether a process runs; zombies do not count. */
async function isAlive(pid: string): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "stat=", "-p", pid.trim()] }).output();
  return /^\s*[^ZX\s]/.test(new TextDecoder().decode(stdout));
}

/** A killed process may still be listed for a moment. */
async function assertEnds(pid: string): Promise<void> {
  for (let tries = 0; tries < 200 && await isAlive(pid); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.equal(await isAlive(pid), false);
}

async function waitForText(read: () => Promise<string>): Promise<string> {
  for (;;) {
    const text = await read().catch(() => "");
    if (text !== "") return text;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
