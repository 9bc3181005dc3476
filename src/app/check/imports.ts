import { join } from "node:path";
import type { Finding } from "../../azureml/features/checks/finding.ts";
import type { Context } from "../../core/context.ts";
import { nearest } from "../../core/text/suggest.ts";
import type { ProjectSession } from "../project/open.ts";

/** Import names of libraries that Kedro projects often use. */
const COMMON =
  "altair boto3 catboost cv2 dask duckdb geopandas holoviews ibis joblib jinja2 keras lightgbm matplotlib mlflow nltk numpy openai openpyxl optuna pandas PIL plotly polars prophet pyarrow pyspark requests scipy seaborn shap sklearn snowflake spacy sqlalchemy statsmodels tensorflow torch torchvision tqdm transformers xgboost yaml"
    .split(" ");

/** Files that may list a project's requirements. */
const REQUIREMENTS = [
  "requirements.txt",
  "src/requirements.txt",
  "pyproject.toml",
  "conda.yml",
  "environment.yml",
];

/**
 * Findings about the libraries that the project imports. They are not installed here and the reader replaces them
 * with placeholders, so a misspelled import does not fail.
 */
export async function importFindings(
  ctx: Pick<Context, "fs">,
  { snapshot, project }: Pick<ProjectSession, "snapshot" | "project">,
): Promise<Finding[]> {
  const libraries = [...new Set(snapshot.project.stand_ins.map((name) => name.split(".")[0]!))].sort();
  if (libraries.length === 0) return [];
  const listed = new Set((await namesInRequirements(ctx, project.root)).map(folded));
  const known = [...new Set([...COMMON, ...listed])];
  const unknown = libraries.filter((name) => !known.some((one) => folded(one) === folded(name)));
  const misspelled = unknown.flatMap((name): Finding[] => {
    const meant = nearest(name, known);
    return meant === undefined || name.length < 4 ? [] : [{
      severity: "warning",
      code: "kedro.import_unknown",
      message: `The project imports "${name}", which its requirements do not list`,
      hint: `Did you mean "${meant}"? Otherwise add "${name}" to the requirements`,
    }];
  });
  return [...misspelled, {
    severity: "note",
    code: "kedro.imports_not_loaded",
    message: `Imported libraries that were not loaded to read the project: ${libraries.join(", ")}`,
    hint: "Each of them must be installed in the environment of the job",
  }];
}

/** All words of the requirement files: more than the library names, which only makes warnings rarer. */
async function namesInRequirements({ fs }: Pick<Context, "fs">, root: string): Promise<string[]> {
  const texts = await Promise.all(
    REQUIREMENTS.map((name) => fs.readText(join(root, name)).catch(() => "")),
  );
  return texts.flatMap((text) => text.match(/[A-Za-z][\w.-]*/g) ?? []);
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}
