import { testAdvice } from "./advice_cases.ts";

testAdvice({
  "a step without the plugin": "Error: No such command 'azureml'.",
  "a plugin that cannot be imported":
    "WARNING  Failed to load kedro_azureml_pipeline.cli commands from EntryPoint(name='azureml'). Full exception: cannot import " +
    "name 'FieldInstanceResolutionError' from 'marshmallow.utils'\nError: No such command 'azureml'.",
  "a step without Kedro": "bash: line 1: kedro: command not found",
  "a working directory missing from the image (bash)":
    "bash: line 1: cd: /app/shop: No such file or directory",
  "a working directory missing from the image (dash)": "sh: 1: cd: can't cd to /app/shop",
  "a missing package": "ModuleNotFoundError: No module named 'sklearn.linear_model'",
  "a missing package of a dataset":
    "DatasetError: \nNo module named 'polars'. Please install the missing dependencies for \npolars.CSVDataset:",
  "a missing environment variable of the code":
    "❱ 3 def a(): return os.environ[\"SHOP_TOKEN\"]\n in __getitem__:679\nKeyError: 'SHOP_TOKEN'",
  "a missing environment variable of the configuration":
    "InterpolationResolutionError: KeyError raised while resolving interpolation: \"Environment variable 'KEY' not found\"",
  "a memory dataset between two steps": "DatasetError: x: Data for MemoryDataset has not been saved yet.",
  "a file outside the upload":
    "FileNotFoundError: [Errno 2] No such file or directory: \n'/mnt/azureml/cr/j/1/exe/wd/resources/look\nup.txt'",
  "a missing system library":
    "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
  "an image without Java":
    "PySparkRuntimeError: [JAVA_GATEWAY_EXITED] Java gateway process exited before sending its port number.",
  "a package in need of an old setuptools": "ModuleNotFoundError: No module named 'pkg_resources'",
  "packages built for another NumPy":
    "ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject",
  "a pickle of another NumPy": "ModuleNotFoundError: No module named 'numpy._core'",
  "a dataset missing in the environment":
    "DatasetError: An exception occurred when parsing config for dataset 'test':\nClass 'pandas.CSVDataset' not found, is this a typo?",
  "a dataset's old name": "Class 'pandas.CSVDataSet' not found, is this a typo?",
  "an unregistered pipeline":
    "ValueError: Failed to find the pipeline named 'training'. It needs to be generated and returned by the 'register_pipelines' function.",
  "a dataset without an entry":
    "kedro.io.core.DatasetNotFoundError: Dataset 'sales' not found in the catalog",
  "configuration outside the upload":
    "kedro.config.abstract_config.MissingConfigException: Given configuration path either does not exist or is not a valid directory: /mnt/wd/conf/base",
  "incompatible packages":
    "ImportError: cannot import name 'case_insensitive_dict' from 'azure.core.utils' (/azureml-envs/a/lib/python3.8/site-packages/azure/core/utils/__init__.py)",
  "an incompatible protobuf":
    "AttributeError: 'google._upb._message.FieldDescriptor' object has no attribute 'label'",
  "a missing driver for databases":
    "[01000] [unixODBC][Driver Manager]Can't open lib 'ODBC Driver 17 for SQL Server' : file not found (0) (SQLDriverConnect)",
}, import.meta.url);
