import { deepEqual, equal, ok } from "node:assert/strict";
import { extraOf, knownDatasets } from "../../src/kedro/known_datasets.ts";
import { knownPackages } from "../../src/kedro/known_packages.ts";

Deno.test("find() finds a dataset class by its short and full name", () => {
  const { find } = knownDatasets();
  const name = (type: string) => find(type).at(-1)?.name;
  equal(name("pandas.CSVDataset"), "pandas.CSVDataset");
  equal(name("kedro_datasets.pandas.CSVDataset"), "pandas.CSVDataset");
  equal(name("pandas.csv_dataset.CSVDataset"), "pandas.CSVDataset");
  equal(name("MemoryDataset"), "kedro.io.MemoryDataset");
  equal(name("kedro.io.MemoryDataset"), "kedro.io.MemoryDataset");
  equal(
    name("kedro_datasets_experimental.netcdf.NetCDFDataset"),
    "kedro_datasets_experimental.netcdf.NetCDFDataset",
  );
  equal(name("CSVDataset"), undefined);
  equal(name("pandas.CVSDataset"), undefined);
});

Deno.test("find() returns the versions that have a class", () => {
  const [first, ...rest] = knownDatasets().find("pandas.CSVDataSet");
  equal(first!.since, "1.0.2");
  equal(rest.at(-1)!.until, "1.8.0");
  ok(!first!.args.has("metadata"));
  ok(rest.at(-1)!.args.has("metadata"));
  const newest = knownDatasets().find("pandas.CSVDataset").at(-1)!;
  equal(newest.until, undefined);
  deepEqual([newest.required, newest.args.has("filepath")], [["filepath"], true]);
  deepEqual(newest.imports, ["pandas"]);
  deepEqual([newest.requirements, newest.distribution, newest.takesAny], [
    ["pandas"],
    "kedro-datasets",
    false,
  ]);
  equal(knownDatasets().find("kedro_datasets_experimental.langfuse.TraceDataset").at(-1)!.takesAny, true);
});

Deno.test("extra() returns the packages of a kedro-datasets extra", () => {
  const { extra } = knownDatasets();
  ok(extra("pandas-exceldataset").includes("openpyxl"));
  ok(!extra("pandas-csvdataset").includes("openpyxl"));
  ok(extra("pandas").includes("openpyxl"));
  deepEqual(extra("pandas-base"), ["pandas"]);
  deepEqual(
    ["pandas.CSVDataset", "kedro_datasets_experimental.darts.DartsTorchModelDataset"].map((name) =>
      extraOf({ distribution: "kedro-datasets", name })
    ),
    ["pandas-csvdataset", undefined],
  );
  equal(extraOf({ distribution: "kedro", name: "kedro.io.MemoryDataset" }), undefined);
});

Deno.test("providersOf() returns scikit-learn for sklearn", () => {
  const { providersOf } = knownPackages();
  deepEqual(providersOf("sklearn.linear_model"), ["scikit-learn"]);
  deepEqual(providersOf("azure.storage.blob"), ["azure-storage-blob"]);
  deepEqual(providersOf("pandas"), ["pandas"]);
  deepEqual(providersOf("azure"), []);
  deepEqual(providersOf("acme"), []);
  ok(providersOf("cv2").includes("opencv-python-headless"));
});

Deno.test("isStandard() returns false for distutils in Python 3.12", () => {
  const { isStandard } = knownPackages();
  ok(isStandard("json", "3.11"));
  ok(isStandard("distutils", "3.11"));
  ok(!isStandard("distutils", "3.12"));
  ok(!isStandard("pandas", "3.11"));
});
