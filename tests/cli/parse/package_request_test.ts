import { deepEqual, throws } from "node:assert/strict";
import { checkSource, packageRequest } from "../../../src/cli/parse/package_request.ts";

const TYPED = { package: "jobs.kap", project: {}, args: { jobs: [] } };

const OF_PROJECT = {
  ...{ "--params": "params", "--params-file": "paramsFile", "--load-versions": "loadVersions" },
  ...{ "--group-by": "groupBy", "--display-name": "displayName", "--python": "python" },
  ...{ "--snapshot": "snapshot", "--allow-env-names": "allowEnvNames", "--read-timeout": "readTimeout" },
  ...{ "--on-job-scheduled": "onJobScheduled", "--delete": "delete", "--pipeline": "pipeline" },
  ...{ "--pipelines": "pipelines", "--nodes": "nodes", "--tags": "tags", "--from-nodes": "fromNodes" },
  ...{ "--to-nodes": "toNodes", "--from-inputs": "fromInputs", "--to-outputs": "toOutputs" },
  "--namespaces": "namespaces",
};

for (const [flag, option] of [["-e", "env"], ...Object.entries(OF_PROJECT)] as [string, string][]) {
  Deno.test(`checkSource() rejects ${flag} with a package only`, () => {
    const typed = option === "env" ? { project: { env: "prod" } } : { [option]: ["x"] };
    throws(() => checkSource({ ...TYPED, ...typed }), {
      code: "usage.package",
      exit: 2,
      message: `\`${flag}\` cannot be combined with \`--package\`, whose jobs are already compiled`,
      hint: "Omit it, or pass it to `kedro-azureml pack`",
    });
    const { package: _, ...ofProject } = TYPED;
    checkSource({ ...ofProject, ...typed });
  });
}

for (const option of ["sha256", "subscriptionId", "resourceGroup", "workspaceName"]) {
  const flag = `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  Deno.test(`checkSource() accepts ${flag} with a package only`, () => {
    checkSource({ ...TYPED, [option]: "x" });
    throws(() => checkSource({ project: {}, args: { jobs: [] }, [option]: "x" }), {
      code: "usage.package",
      message: `\`${flag}\` needs \`--package\``,
      hint: "Add `--package FILE`, or remove the option",
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
