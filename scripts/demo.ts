/**
 * Shows the main job without an Azure account: starts the emulator on a loopback port, submits the project in
 * `examples/bikes` to it, follows the job until it ends, and stops the emulator.
 */
import { PROJECT, withEmulator } from "./demo_world.ts";

const SUBMIT = ["-C", PROJECT, "submit", "-j", "main", "--wait-for-completion"];

function print(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`\n${text}\n`));
}

print(`Demo: submit ${PROJECT} without an Azure account.

  real       reading the project with Kedro, checking, compiling, signing in, uploading the code, registering
             components, submitting, following: the same code and requests as with Azure
  simulated  Azure ML itself, by an emulator on this machine. It runs none of the project's code: each step only
             waits a moment and reports Completed. No model is trained, and success here does not mean that the
             steps would succeed in Azure.

$ kedro-azureml -C ${PROJECT} emulator`);
const code = await withEmulator(async ({ origin, start }) => {
  print(`The emulator serves at ${origin}\n\n$ kedro-azureml ${SUBMIT.join(" ")}`);
  return (await start(SUBMIT).status).code;
});
print(
  code === 0
    ? "The demo is done; the emulator has stopped. docs/first-run.md shows how to run a project in Azure ML."
    : `The demo failed with exit code ${code}.`,
);
Deno.exit(code);
