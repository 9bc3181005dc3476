import init from "./__init__.py" with { type: "text" };
import catalog from "./catalog.py" with { type: "text" };
import context from "./context.py" with { type: "text" };
import failures from "./failures.py" with { type: "text" };
import kedroApi from "./kedro_api.py" with { type: "text" };
import loaderSettings from "./loader_settings.py" with { type: "text" };
import pipelines from "./pipelines.py" with { type: "text" };
import reader from "./reader.py" with { type: "text" };

/** The source texts, by file name, that a Python on this machine needs; the sandbox has the other files, too. */
export const PYTHON_SOURCES: Readonly<Record<string, string>> = {
  "__init__.py": init,
  "catalog.py": catalog,
  "context.py": context,
  "failures.py": failures,
  "kedro_api.py": kedroApi,
  "loader_settings.py": loaderSettings,
  "pipelines.py": pipelines,
  "reader.py": reader,
};
