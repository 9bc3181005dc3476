import init from "./__init__.py" with { type: "text" };
import catalog from "./catalog.py" with { type: "text" };
import datasetStandIns from "./stand_ins/dataset_stand_ins.py" with { type: "text" };
import embedded from "./embedded.py" with { type: "text" };
import failures from "./failures.py" with { type: "text" };
import kedroApi from "./kedro_api.py" with { type: "text" };
import kedroMlflowStandIn from "./stand_ins/kedro_mlflow_stand_in.py" with { type: "text" };
import nodeChecks from "./node_checks.py" with { type: "text" };
import olderPython from "./older_python.py" with { type: "text" };
import pipelineSums from "./pipeline_sums.py" with { type: "text" };
import pipelines from "./pipelines.py" with { type: "text" };
import pluginStandIns from "./stand_ins/plugin_stand_ins.py" with { type: "text" };
import pydanticStandIn from "./stand_ins/pydantic_stand_in.py" with { type: "text" };
import quickSettings from "./quick_settings.py" with { type: "text" };
import reader from "./reader.py" with { type: "text" };
import settings from "./settings.py" with { type: "text" };
import smallStandIns from "./stand_ins/small_stand_ins.py" with { type: "text" };
import standInNotes from "./stand_ins/stand_in_notes.py" with { type: "text" };
import standInUses from "./stand_ins/stand_in_uses.py" with { type: "text" };
import standInValues from "./stand_ins/stand_in_values.py" with { type: "text" };
import standardLibrary from "./stand_ins/standard_library.py" with { type: "text" };
import standIns from "./stand_ins/stand_ins.py" with { type: "text" };
import surroundings from "./surroundings.py" with { type: "text" };
import uses from "./uses.py" with { type: "text" };
import versions from "./versions.py" with { type: "text" };

/** The reader's Python source texts, by file name. */
export const PYTHON_SOURCES: Readonly<Record<string, string>> = {
  "__init__.py": init,
  "catalog.py": catalog,
  "dataset_stand_ins.py": datasetStandIns,
  "embedded.py": embedded,
  "failures.py": failures,
  "kedro_api.py": kedroApi,
  "kedro_mlflow_stand_in.py": kedroMlflowStandIn,
  "node_checks.py": nodeChecks,
  "older_python.py": olderPython,
  "pipeline_sums.py": pipelineSums,
  "pipelines.py": pipelines,
  "plugin_stand_ins.py": pluginStandIns,
  "pydantic_stand_in.py": pydanticStandIn,
  "quick_settings.py": quickSettings,
  "reader.py": reader,
  "settings.py": settings,
  "small_stand_ins.py": smallStandIns,
  "stand_in_notes.py": standInNotes,
  "stand_in_uses.py": standInUses,
  "stand_in_values.py": standInValues,
  "stand_ins.py": standIns,
  "standard_library.py": standardLibrary,
  "surroundings.py": surroundings,
  "uses.py": uses,
  "versions.py": versions,
};
