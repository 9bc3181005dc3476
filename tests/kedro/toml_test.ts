import { equal } from "node:assert/strict";
import { lineOfKey } from "../../src/kedro/project.ts";

const TEXT = `[tool.kedro]
package_name = "shop"
text = """
[tool.other.jobs.main]
"""

[tool.kedro-azureml] # settings
group-by = "chain"
jobs.nightly.group-by = "all"

[tool.kedro-azureml.jobs."train-{region}"]
"group-by" = "namespace"

[ tool . kedro-azureml . jobs . main ]
# group-by = "none"
group-by = "tag:stage"

[tool.kedro-azureml]
jobs.inline = { group-by = "all" }
`;

const lines: Readonly<Record<string, number | undefined>> = {
  "tool,kedro-azureml": 7,
  "tool,kedro-azureml,group-by": 8,
  "tool,kedro-azureml,jobs,nightly": 9,
  "tool,kedro-azureml,jobs,nightly,group-by": 9,
  "tool,kedro-azureml,jobs,train-{region}": 11,
  "tool,kedro-azureml,jobs,train-{region},group-by": 12,
  "tool,kedro-azureml,jobs,main,group-by": 16,
  "tool,kedro-azureml,jobs,inline,group-by": 19,
  "tool,kedro-azureml,jobs,other": undefined,
  "tool,ruff": undefined,
};

for (const [path, line] of Object.entries(lines)) {
  Deno.test(`lineOfKey() returns ${line} for ${path.replaceAll(",", ".")}`, () => {
    equal(lineOfKey(TEXT, path.split(",")), line);
  });
}

Deno.test("lineOfKey() finds a table without a header of its own", () => {
  const text = `${"#".repeat(5000)}\n[tool.a.jobs.x]\n[tool.a.jobs.y]\n`;
  equal(lineOfKey(text, ["tool", "a", "jobs"]), 2);
  equal(lineOfKey(`${text}[tool.a.jobs]\n`, ["tool", "a", "jobs"]), 4);
  equal(lineOfKey(`${text}k = 1\n`, ["tool", "a", "jobs"]), 2);
});

Deno.test("lineOfKey() skips lines above 4,096 characters", () => {
  const long = (length: number) => `a = "${"x".repeat(length - 6)}"\n`;
  equal(lineOfKey(long(4096), ["a"]), 1);
  equal(lineOfKey(long(4097), ["a"]), undefined);
  equal(lineOfKey('[x]\nt = """\n[a b]\n"""\nk = 1\n', ["x", "k"]), 5);
});
