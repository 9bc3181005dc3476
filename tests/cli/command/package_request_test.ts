import { throws } from "node:assert/strict";
import { checkSource } from "../../../src/cli/command/package_request.ts";

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
