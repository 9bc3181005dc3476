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

Deno.test("a program gets a path without special characters unchanged", async () => {
  const { machine, ran } = machineOf();
  assert.equal(
    await withPlainPath(machine, "/tmp/naïve-1.x", (path) => Promise.resolve(path)),
    "/tmp/naïve-1.x",
  );
  assert.deepEqual(ran, []);
});

Deno.test("a program gets a link in place of a path with special characters", async () => {
  const { machine, ran } = machineOf();
  await assert.rejects(
    withPlainPath(machine, "/My Work", (path) => Promise.reject(new Error(path))),
    /^Error: \/tmp\/kedro-azureml-step-[0-9a-f-]+\/link$/,
  );
  const own = ran.at(-1)!.split(" ").at(-1);
  assert.deepEqual(ran, [`ln -s -- /My Work ${own}/link`, `rm -rf -- ${own}`]);
});

Deno.test("runner kills leftover processes of a run", async () => {
  const { machine, ran } = machineOf();
  await stopLeftovers(machine, "run-1");
  assert.deepEqual(ran, [
    `sh -c ${LEFTOVERS}\nfor pid in $(leftovers "$1"); do kill -KILL "$pid"; done sh run-1`,
  ]);
});
