import { deepEqual, throws } from "node:assert/strict";
import { checkSource, packageRequest } from "../../../src/cli/command/package_request.ts";

const TYPED = { package: "jobs.kap", project: {}, args: { jobs: [] } };

for (
  const [flag, typed] of Object.entries({
    "--python": { python: "/usr/bin/python3" },
    "-e": { project: { env: "prod" } },
    "--from-nodes": { fromNodes: ["split"] },
  })
) {
  Deno.test(`checkSource() rejects ${flag} with a package`, () => {
    throws(() => checkSource({ ...TYPED, ...typed }), {
      code: "usage.package",
      message: `\`${flag}\` cannot be combined with \`--package\`, whose jobs are already compiled`,
    });
  });
}

Deno.test("packageRequest() passes on every option, and jobs as arguments and with -j", () => {
  const names = { workspace: "w", subscriptionId: "s", resourceGroup: "g", workspaceName: "n" };
  const typed = {
    ...names,
    project: { directory: "/shop" },
    args: { jobs: ["a"] },
    job: ["b"],
    sha256: "f0",
  };
  deepEqual(packageRequest("p.kap", { ...typed, amlEnv: "e:1", envVar: { A: "1" } }), {
    package: { file: "p.kap", sha256: "f0" },
    jobs: { names: ["a", "b"] },
    overrides: { environment: "e:1", environmentVariables: { A: "1" } },
    workspace: names,
    directory: "/shop",
  });
});
