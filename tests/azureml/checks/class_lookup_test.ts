import { deepEqual } from "node:assert/strict";
import { allowedVersions, findClass } from "../../../src/azureml/checks/dataset_classes.ts";
import type { JobEnvironment } from "../../../src/azureml/checks/job_environment.ts";
import { parseRequirement } from "../../../src/azureml/checks/requirements.ts";
import { moduleOf } from "../../../src/kedro/modules.ts";
import { askModules } from "../../fakes/modules.ts";

const FILES: Readonly<Record<string, string>> = {
  "shop.data": "class CSVDataset: pass\nAlias = CSVDataset\n",
  "shop.open": "from x import *\n",
};

const FACTS = await askModules(FILES);

const SOURCE = {
  modules: ["shop", ...Object.keys(FILES)],
  fileOf: (module: string) => module === "shop.data" ? "src/shop/data.py" : undefined,
  read: (module: string) => module in FILES ? moduleOf(FILES[module]!, FACTS[module]!) : undefined,
  placeOf: () => undefined,
};

function environment(...requirements: readonly string[]): JobEnvironment {
  return {
    file: "requirements.txt",
    requirements: requirements.map((text) => parseRequirement(text, { file: "requirements.txt" })!),
  } as unknown as JobEnvironment;
}

/** What is found for a type, in words. */
function found(type: string, ...requirements: readonly string[]): string {
  const one = findClass(type, {
    source: SOURCE,
    environment: requirements.length === 0 ? undefined : environment(...requirements),
    imported: new Set(["mine"]),
  });
  const meant = "meant" in one && one.meant !== undefined ? `; meant: ${one.meant}` : "";
  if (one.kind === "known") return `known since ${one.spans.map(({ since }) => since)}`;
  if (one.kind === "project") return `a class of the project${one.found ? "" : " that it may not have"}`;
  if (one.kind === "unknown") return `${one.isCertain ? "certainly" : "maybe"} unknown: ${one.why}${meant}`;
  if (one.kind === "other") return "a class of another package";
  return `${one.isPossible ? "maybe" : "certainly"} not in ${one.newest}, ${
    "until" in one.lack ? `last in ${one.lack.until}` : `since ${one.lack.since}`
  }${meant}`;
}

const CASES: readonly (readonly [type: string, requirements: readonly string[], found: string])[] = [
  ["pandas.CSVDataset", [], "known since 3.0.1"],
  ["pandas.CSVDataset", ["kedro-datasets<2"], "known since 1.7.1"],
  ["pandas.NovelThing", ["kedro-datasets>=99"], "maybe unknown: kedro-datasets 9.6.0 does not have it"],
  ["pandas.CSVDataset", ["kedro-datasets<1.7"], "certainly not in 1.6.0, since 1.7.1"],
  ["pandas.CSVDataSet", [], "certainly not in 9.6.0, last in 1.8.0; meant: pandas.CSVDataset"],
  ["pandas.CSVDataSet", ["kedro-datasets<2"], "known since 1.0.2,1.3.0"],
  ["tracking.MetricsDataset", [], "certainly not in 9.6.0, last in 6.0.0; meant: json.JSONDataset"],
  [
    "tracking.MetricsDataset",
    ["kedro-datasets<9"],
    "maybe not in 8.1.0, last in 6.0.0; meant: json.JSONDataset",
  ],
  [
    "kedro.io.PartitionedDataset",
    [],
    "certainly not in 1.7.0, last in 0.18.14; meant: partitions.PartitionedDataset",
  ],
  [
    "kedro.extras.datasets.pandas.CSVDataSet",
    [],
    "certainly unknown: kedro 1.7.0 does not have it; meant: pandas.CSVDataset",
  ],
  [
    "pandas.CVSDataset",
    [],
    "certainly unknown: kedro-datasets 9.6.0 does not have it; meant: pandas.CSVDataset",
  ],
  [
    "kedro_azureml_pipeline.datasets.X",
    [],
    "certainly unknown: kedro-azureml-pipeline 0.1.0 does not have it",
  ],
  ["panda.CSVDataset", [], 'certainly unknown: no package has module "panda"; meant: pandas.CSVDataset'],
  [
    "panda.CSVDataset",
    ["pandas"],
    'maybe unknown: no package that the project\'s files require is known to have module "panda"; meant: pandas.CSVDataset',
  ],
  ["acme_core.Dataset", ["acme-core-py"], "a class of another package"],
  ["CSVDataset", [], "certainly unknown: no module of that name is given"],
  ["shop.data.CSVDataset", [], "a class of the project"],
  ["shop.data.Alias", [], "a class of the project that it may not have"],
  [
    "shop.data.CVSDataset",
    [],
    'certainly unknown: src/shop/data.py has no class "CVSDataset"; meant: shop.data.CSVDataset',
  ],
  ["torch.utils.data.Dataset", [], "a class of another package"],
  ["mine.Dataset", [], "a class of another package"],
];

for (const [type, requirements, expected] of CASES) {
  const given = requirements.length === 0 ? "" : ` with ${requirements}`;
  Deno.test(`findClass() reports ${type}${given} as ${expected.split(/[:,]/)[0]}`, () =>
    deepEqual(found(type, ...requirements), expected));
}

Deno.test("allowedVersions() returns the known versions within the requirements", () => {
  const versions = (...requirements: readonly string[]) =>
    allowedVersions("kedro-datasets", environment(...requirements));
  deepEqual(versions("kedro-datasets>=9.4"), ["9.4.0", "9.5.0", "9.6.0"]);
  deepEqual(versions("kedro-datasets>=1.1,<1.3"), ["1.1.1", "1.2.0"]);
  deepEqual(versions("kedro-datasets==8.*"), ["8.1.0"]);
  deepEqual(versions("kedro-datasets==2.0.3"), ["2.0.0"]);
  deepEqual(versions("kedro-datasets==2.0.*"), ["2.0.0"]);
  deepEqual(versions("kedro-datasets~=2.0.3"), ["2.0.0"]);
  deepEqual(versions("kedro-datasets<2.1,>=2.0.3"), ["2.0.0"]);
  deepEqual(versions("kedro-datasets==0.1"), ["9.6.0"]);
  deepEqual(versions("pandas<2").slice(0, 2), ["8.1.0", "9.0.0"]);
  deepEqual(allowedVersions("kedro", undefined), ["1.0.0", "1.7.0"]);
  deepEqual(allowedVersions("kedro-azureml", undefined), ["0.4.1", "0.9.0", "1.0.0"]);
});
