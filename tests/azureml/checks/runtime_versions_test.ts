import { equal } from "node:assert/strict";
import { removedModule } from "../../../src/azureml/checks/environment.ts";
import type { JobEnvironment } from "../../../src/azureml/checks/job_environment.ts";

function environment(python: string | undefined, ...packages: readonly string[]): JobEnvironment {
  return {
    python: python === undefined ? undefined : { version: python },
    requirements: packages.map((name) => ({ name, extras: [] })),
  } as unknown as JobEnvironment;
}

Deno.test("removedModule() returns the version of Python that removed a module", () => {
  equal(removedModule("distutils", environment("3.12")), "3.12");
  equal(removedModule("distutils", environment("3.13.1")), "3.12");
  equal(removedModule("distutils", environment("4.0")), "3.12");
});

Deno.test("removedModule() returns undefined if steps have the module, or may have it", () => {
  equal(removedModule("distutils", environment("3.11")), undefined);
  equal(removedModule("distutils", environment(undefined)), undefined);
  equal(removedModule("distutils", environment("3.12", "setuptools")), undefined);
  equal(removedModule("distutils", environment("3.12", "distutils")), undefined);
  equal(removedModule("distutils", environment("3.12", "pip")), undefined);
  equal(removedModule("cgi", environment("3.13", "legacy-cgi")), undefined);
  equal(removedModule("asyncore", environment("3.12", "pyasyncore")), undefined);
  equal(removedModule("json", environment("3.12")), undefined);
});
