import init from "./__init__.py" with { type: "text" };
import catalog from "./catalog.py" with { type: "text" };
import context from "./context.py" with { type: "text" };
import datasetStubs from "./stubs/dataset_stubs.py" with { type: "text" };
import embedded from "./embedded.py" with { type: "text" };
import failures from "./failures.py" with { type: "text" };
import kedroApi from "./kedro_api.py" with { type: "text" };
import kedroMlflowStub from "./stubs/kedro_mlflow_stub.py" with { type: "text" };
import loaderSettings from "./loader_settings.py" with { type: "text" };
import nodeChecks from "./node_checks.py" with { type: "text" };
import olderPython from "./older_python.py" with { type: "text" };
import pipelineSums from "./pipeline_sums.py" with { type: "text" };
import pipelines from "./pipelines.py" with { type: "text" };
import pluginStubs from "./stubs/plugin_stubs.py" with { type: "text" };
import pydanticStub from "./stubs/pydantic_stub.py" with { type: "text" };
import reader from "./reader.py" with { type: "text" };
import smallStubs from "./stubs/small_stubs.py" with { type: "text" };
import stubNotes from "./stubs/stub_notes.py" with { type: "text" };
import stubUses from "./stubs/stub_uses.py" with { type: "text" };
import stubValues from "./stubs/stub_values.py" with { type: "text" };
import standardLibrary from "./stubs/standard_library.py" with { type: "text" };
import stubs from "./stubs/stubs.py" with { type: "text" };
import surroundings from "./surroundings.py" with { type: "text" };
import uses from "./uses.py" with { type: "text" };
import versions from "./versions.py" with { type: "text" };

/** The reader's Python source texts, by file name. */
export const PYTHON_SOURCES: Readonly<Record<string, string>> = {
  "__init__.py": init,
  "catalog.py": catalog,
  "context.py": context,
  "dataset_stubs.py": datasetStubs,
  "embedded.py": embedded,
  "failures.py": failures,
  "kedro_api.py": kedroApi,
  "kedro_mlflow_stub.py": kedroMlflowStub,
  "loader_settings.py": loaderSettings,
  "node_checks.py": nodeChecks,
  "older_python.py": olderPython,
  "pipeline_sums.py": pipelineSums,
  "pipelines.py": pipelines,
  "plugin_stubs.py": pluginStubs,
  "pydantic_stub.py": pydanticStub,
  "reader.py": reader,
  "small_stubs.py": smallStubs,
  "stub_notes.py": stubNotes,
  "stub_uses.py": stubUses,
  "stub_values.py": stubValues,
  "stubs.py": stubs,
  "standard_library.py": standardLibrary,
  "surroundings.py": surroundings,
  "uses.py": uses,
  "versions.py": versions,
};
