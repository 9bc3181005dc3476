import { type KnownFailure, THEN_PUSH } from "./failure.ts";

const missingVariable = (name: string) => `Pass the variable to the steps with \`--env-var ${name}=VALUE\``;

/** Steps whose code lacks a package, file or variable that it has elsewhere. */
export const PYTHON_FAILURES: readonly KnownFailure[] = [
  {
    is: /Failed to load\s+kedro_azureml[^]*No such command ['"]azureml/,
    read: "https://github.com/kedro-org/kedro/blob/main/kedro/framework/cli/utils.py",
    advice:
      "kedro-azureml-pipeline is in the environment of the steps, but Python cannot import it: correct the version of " +
      'the package that the log names after "Failed to load"',
  },
  {
    is:
      /No such command ['"]azureml|kedro: (?:command )?not found|No such file or directory: 'kedro'|exec: "kedro"/,
    read: "https://github.com/getindata/kedro-azureml/issues/34",
    advice:
      "Add kedro-azureml-pipeline to the environment of the steps; `kedro-azureml init --environment` writes one " +
      "that has it",
  },
  {
    is: /\bcd: (?:can't cd to |(?=.+: No such file or directory$))([^:\n]+)/m,
    read: "https://learn.microsoft.com/azure/machine-learning/reference-yaml-job-command",
    advice: (_, { 1: folder }) =>
      `The image has no folder ${folder}; correct \`execution.working_directory\` in azureml.yml, or set ` +
      "`code_directory` to upload the code",
  },
  {
    is: /\b(lib[\w.+-]+\.so[.\d]*): cannot open shared object file|Can't open lib '([^']+)'/,
    read: "https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-environments",
    advice: (_, { 1: library, 2: driver }) =>
      `The image of the environment has no ${
        library ?? driver
      }, which a package needs; build an image that installs it with ` +
      "apt-get, or take the package from conda-forge, which brings it along",
  },
  {
    is: /JAVA_HOME is not set|Java gateway process exited/,
    read: "https://spark.apache.org/docs/latest/api/python/getting_started/install.html",
    advice:
      `Spark needs Java, which the image does not have; add \`openjdk\` to the conda packages of environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /No module named '?pkg_resources\b/,
    read: "https://github.com/mlflow/mlflow/issues/11330",
    advice:
      `A package needs pkg_resources, which setuptools has no longer; add \`setuptools<81\` to environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /No module named '?numpy\._core\b/,
    read: "https://numpy.org/doc/stable/numpy_2_0_migration_guide.html",
    advice:
      "The step reads a pickle that NumPy 2 wrote, and has NumPy 1; require the same version of numpy in the environments of " +
      "both steps",
  },
  {
    is:
      /numpy\.dtype size changed|numpy\.core\.multiarray failed to import|compiled using NumPy 1\.x cannot be run|was removed in the NumPy 2\.0 release/,
    read: "https://github.com/Azure/azureml-examples/pull/3441",
    advice:
      "A package of the environment does not work with its version of NumPy; require `numpy<2`, or a newer version of that " +
      `package, in environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /FieldDescriptor' object has no attribute|Descriptors cannot (?:not )?be created directly/,
    read: "https://github.com/Azure/azureml-examples/pull/3887",
    advice:
      "A package of the environment does not work with its version of protobuf; require `protobuf<4`, or a newer version of " +
      `that package, in environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /cannot import name '([^']+)' from '([\w.]+)' \([^)\n]{0,300}(?:site|dist)-packages/,
    read: "https://github.com/MicrosoftDocs/azure-docs/issues/98271",
    advice: (_, { 1: name, 2: module = "" }) =>
      `The package of "${module}" is of another version than the code that imports "${name}" needs; require the version ` +
      `that you have locally in environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /Class '((\w+)\.\w+)' not found, is this a typo\?/,
    read: "https://github.com/kedro-org/kedro/issues/3841",
    advice: (_, { 1: type = "", 2: group }) =>
      type.endsWith("DataSet")
        ? `kedro-datasets has no "${type}" since 2.0; write "${
          type.replace(/DataSet$/, "Dataset")
        }" in the catalog`
        : `Add \`kedro-datasets[${group}]\`, or what else has the dataset "${type}", to environment/conda.yml, ${THEN_PUSH}`,
  },
  {
    is: /\bNo module named '?([\w.]+)/,
    read: "https://github.com/getindata/kedro-azureml/issues/33",
    advice: (_, { 1: module }) =>
      `Add the package that provides "${module}" to the environment of the steps; if it is the project's own, run ` +
      "`kedro-azureml files` to check that it is uploaded",
  },
  {
    is: /\bEnvironment variable '(\w+)' not found/,
    read: "https://omegaconf.readthedocs.io/en/2.3_branch/custom_resolvers.html",
    advice: (_, { 1: name = "" }) => missingVariable(name),
  },
  {
    is: /\benviron\b[^]*\bKeyError: '(\w+)'/,
    read: "https://docs.python.org/3/library/os.html",
    advice: (_, { 1: name = "" }) => missingVariable(name),
  },
  {
    is: /\bData for MemoryDataset has not been saved yet/,
    read: "https://docs.kedro.org/en/stable/catalog-data/data_catalog/",
    advice: "Each node runs in its own process; remove the dataset from the catalog, so that it is saved",
  },
  {
    is: /Failed to find the pipeline named '([^']+)'/,
    read: "https://docs.kedro.org/en/stable/build/pipeline_registry/",
    advice: (_, { 1: pipeline }) =>
      `The step's code registers no pipeline "${pipeline}". If the log says "An error occurred while importing" before, add what ` +
      "that import lacks to the environment of the steps; else run `kedro-azureml files` to check that it is uploaded",
  },
  {
    is: /Dataset '([^']+)' not found in the catalog/i,
    read: "https://docs.kedro.org/en/stable/catalog-data/data_catalog/",
    advice: (_, { 1: dataset }) =>
      `The catalog of the step has no "${dataset}": run \`kedro-azureml files\` to check that its file in conf/ is uploaded, and ` +
      "select its Kedro environment with `-e`",
  },
  {
    is: /MissingConfigException|Given configuration path either does not exist/,
    read: "https://docs.kedro.org/en/stable/configure/configuration_basics/",
    advice:
      "The step has no such folder or file of conf/; run `kedro-azureml files` to see what is excluded from the upload",
  },
  {
    is: /\bFileNotFoundError\b|\[Errno 2\] No such file or directory/,
    read: "https://docs.python.org/3/library/exceptions.html",
    advice:
      "A step has only the uploaded files and the datasets that it reads; run `kedro-azureml files` to see which files " +
      "are excluded, and pass files of another step as a dataset",
  },
];
