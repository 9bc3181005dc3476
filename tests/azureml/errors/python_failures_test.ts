import { testAdvice } from "./advice_cases.ts";

testAdvice([
  [
    "a step without the plugin",
    "Error: No such command 'azureml'.",
    /^Add kedro-azureml-pipeline to the environment .*`kedro-azureml init --environment` writes one/,
  ],
  [
    "a step whose plugin cannot be imported",
    "WARNING  Failed to load kedro_azureml_pipeline.cli commands from EntryPoint(name='azureml'). Full exception: cannot import " +
    "name 'FieldInstanceResolutionError' from 'marshmallow.utils'\nError: No such command 'azureml'.",
    /^kedro-azureml-pipeline is in the environment .* the log names after "Failed to load"$/,
  ],
  [
    "a step without Kedro",
    "bash: line 1: kedro: command not found",
    /^Add kedro-azureml-pipeline to the environment /,
  ],
  [
    "a working directory missing from the image (bash)",
    "bash: line 1: cd: /app/shop: No such file or directory",
    /^The image has no folder \/app\/shop; correct `execution\.working_directory`/,
  ],
  [
    "a working directory missing from the image (dash)",
    "sh: 1: cd: can't cd to /app/shop",
    /^The image has no folder \/app\/shop;/,
  ],
  [
    "a missing package",
    "ModuleNotFoundError: No module named 'sklearn.linear_model'",
    /^Add the package that provides "sklearn\.linear_model" /,
  ],
  [
    "a missing package of a dataset",
    "DatasetError: \nNo module named 'polars'. Please install the missing dependencies for \npolars.CSVDataset:",
    /^Add the package that provides "polars" /,
  ],
  [
    "an environment variable that the code needs",
    "❱ 3 def a(): return os.environ[\"SHOP_TOKEN\"]\n in __getitem__:679\nKeyError: 'SHOP_TOKEN'",
    /`--env-var SHOP_TOKEN=VALUE`$/,
  ],
  [
    "an environment variable that the configuration needs",
    "InterpolationResolutionError: KeyError raised while resolving interpolation: \"Environment variable 'KEY' not found\"",
    /`--env-var KEY=VALUE`$/,
  ],
  [
    "a memory dataset that another node reads",
    "DatasetError: x: Data for MemoryDataset has not been saved yet.",
    /remove the dataset from the catalog/,
  ],
  [
    "a file that was not uploaded",
    "FileNotFoundError: [Errno 2] No such file or directory: \n'/mnt/azureml/cr/j/1/exe/wd/resources/look\nup.txt'",
    /run `kedro-azureml files`/,
  ],
  [
    "a system library",
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
    /^The image of the environment has no libGL\.so\.1/,
  ],
  [
    "an image without Java",
    "PySparkRuntimeError: [JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.",
    /add `openjdk` to the conda packages/,
  ],
  [
    "a package that needs an old setuptools",
    "ModuleNotFoundError: No module named 'pkg_resources'",
    /add `setuptools<81` to environment\/conda\.yml/,
  ],
  [
    "packages built for another NumPy",
    "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject",
    /require `numpy<2`/,
  ],
  [
    "a pickle of another NumPy",
    "ModuleNotFoundError: No module named 'numpy._core'",
    /the same version of numpy/,
  ],
  [
    "a dataset that the environment lacks",
    "DatasetError: An exception occurred when parsing config for dataset 'test':\nClass 'pandas.CSVDataset' not found, is this a typo?",
    /^Add `kedro-datasets\[pandas\]`/,
  ],
  [
    "a dataset's old name",
    "Class 'pandas.CSVDataSet' not found, is this a typo?",
    /write "pandas\.CSVDataset" in the catalog$/,
  ],
], import.meta.url);
