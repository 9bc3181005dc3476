import assert from "node:assert/strict";
import {
  LEFTOVERS,
  type StepMachine,
  stopLeftovers,
  withPlainPath,
} from "../../../src/emulator/runner/programs.ts";
import { exited, fakeContext } from "../../fakes/context.ts";

function machineOf(): { readonly machine: StepMachine; readonly ran: string[] } {
  const ran: string[] = [];
  const exec = (program: string, args: readonly string[]) => {
    ran.push([program, ...args].join(" "));
    return Promise.resolve(exited());
  };
  return { machine: { ...fakeContext(), exec }, ran };
}

Deno.test("withPlainPath() passes a plain path unchanged", async () => {
  const { machine, ran } = machineOf();
  assert.equal(
    await withPlainPath(machine, "/tmp/naïve-1.x", (path) => Promise.resolve(path)),
    "/tmp/naïve-1.x",
  );
  assert.deepEqual(ran, []);
});

Deno.test("withPlainPath() passes a link in a new folder to a path with special characters and removes both after errors", async () => {
  const { machine, ran } = machineOf();
  await assert.rejects(
    withPlainPath(machine, "/My Work", (path) => Promise.reject(new Error(path))),
    /^Error: \/tmp\/kedro-azureml-step-[0-9a-f-]+\/link$/,
  );
  const own = ran.at(-1)!.split(" ").at(-1);
  assert.deepEqual(ran, [`ln -s -- /My Work ${own}/link`, `rm -rf -- ${own}`]);
});

Deno.test("stopLeftovers() kills processes with the id of the run in their environment", async () => {
  const { machine, ran } = machineOf();
  await stopLeftovers(machine, "run-1");
  assert.deepEqual(ran, [
    `sh -c ${LEFTOVERS}\nfor pid in $(leftovers "$1"); do kill -KILL "$pid"; done sh run-1`,
  ]);
});
