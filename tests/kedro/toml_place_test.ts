import { equal } from "node:assert/strict";
import { lineOfKey } from "../../src/kedro/toml_place.ts";

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
