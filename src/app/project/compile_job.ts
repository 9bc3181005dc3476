import { join } from "node:path";
import { compile, type Compiled } from "../../azureml/job/compile/compile.ts";
import { type GroupMode, parseGroupMode } from "../../core/group_mode.ts";
import { allJobs } from "../../config/jobs.ts";
import { changedError, ExitCode, inQuotes, type Place, UserError, userErrorOf } from "../../core/errors.ts";
import { type Fields, isFields, ownValue } from "../../core/json.ts";
import { didYouMean } from "../../core/suggest.ts";
import { lineOfKey, parseToml } from "../../kedro/project.ts";
import type { AppContext } from "../context.ts";
import type { SelectedJobs } from "./open.ts";
import { withProjectPlace } from "./error_places.ts";
import type { Overrides } from "./select_jobs.ts";

/**
 * Compiles one selected job.
 *
 * @param job Name in azureml.yml.
 * @throws {UserError} as `compile()`, with the place in the project's configuration that causes it.
 */
export async function compileJob(
  ctx: AppContext,
  { session, jobs }: SelectedJobs,
  job: string,
  { environment, environmentVariables, loadVersions, groupBy, displayNames }: Overrides,
): Promise<Compiled> {
  const { config, snapshot, load } = session;
  const grouping = groupBy ?? await groupSetting(ctx, { session, jobs }, job);
  try {
    return compile({
      job,
      definition: jobs.get(job)!,
      config: config.azureml,
      place: config.place,
      snapshot,
      mlflowExperimentName: config.experimentName,
    }, {
      environment,
      environmentVariables,
      loadVersions,
      groupBy: grouping,
      params: load.runtimeParams,
      displayName: ownValue(displayNames, job),
    });
  } catch (thrown) {
    throw thrown instanceof UserError ? await withProjectPlace(ctx, session, thrown) : thrown;
  }
}

const FILE = "pyproject.toml";
const TABLE = ["tool", "kedro-azureml"];
const KEY = "group-by";

/**
 * How the project's pyproject.toml groups the nodes of a job: `group-by` of `[tool.kedro-azureml.jobs.NAME]`, else of
 * `[tool.kedro-azureml]`; `undefined` if neither is set. The name of a job factory is that of all its jobs.
 *
 * @throws {UserError} `project.setting` for an invalid setting, `group.mode`.
 */
export async function groupSetting(
  ctx: Pick<AppContext, "fs">,
  { session, jobs }: SelectedJobs,
  job: string,
): Promise<GroupMode | undefined> {
  const text = await ctx.fs.readText(join(session.project.root, FILE));
  const place = (path: readonly string[]): Place => {
    const line = lineOfKey(text, path);
    return { file: FILE, key: path.join("."), ...(line !== undefined && { line }) };
  };
  const table = (parseToml(text, FILE).tool as Fields)[TABLE[1]!];
  if (table === undefined) return undefined;
  const own = settingsIn(table, { path: TABLE, known: [KEY, "jobs"], place });
  const tables = settingsIn(own.jobs ?? {}, { path: [...TABLE, "jobs"], place });
  const modes = new Map(
    Object.entries(tables).map(([name, jobTable]) => {
      const path = [...TABLE, "jobs", name];
      requireJob(name, session, place(path));
      return [name, modeIn(settingsIn(jobTable, { path, known: [KEY], place }), path, place)];
    }),
  );
  return modes.get(job) ?? modes.get(jobs.get(job)!.key) ?? modeIn(own, TABLE, place);
}

type PlaceOf = (path: readonly string[]) => Place;

function modeIn({ [KEY]: value }: Fields, path: readonly string[], place: PlaceOf): GroupMode | undefined {
  if (value === undefined) return undefined;
  const keyPlace = () => place([...path, KEY]);
  if (typeof value !== "string") {
    throw refused(`"${KEY}" must be a string, such as "chain"`, keyPlace(), `Write ${KEY} = "chain"`);
  }
  try {
    return parseGroupMode(value);
  } catch (thrown) {
    throw changedError(userErrorOf(thrown), { exit: ExitCode.Config, place: keyPlace() });
  }
}

/** The keys of a table. @param of.known Those that it may have (default: any). */
function settingsIn(
  table: unknown,
  of: { readonly path: readonly string[]; readonly known?: readonly string[]; readonly place: PlaceOf },
): Fields {
  const { path, known, place } = of;
  const name = path.join(".");
  if (!isFields(table)) {
    throw refused(`${name} of ${FILE} must be a table`, place(path), `Write [${name}]`);
  }
  const unknown = known && Object.keys(table).find((key) => !known.includes(key));
  if (unknown === undefined) return table;
  throw refused(
    `Unknown key "${unknown}" in [${name}] of ${FILE}${didYouMean(unknown, known!)}`,
    place([...path, unknown]),
    `Use ${inQuotes(known!, " or ")}`,
  );
}

function requireJob(name: string, { config, snapshot }: SelectedJobs["session"], place: Place): void {
  if (Object.hasOwn(config.azureml.jobs, name)) return;
  const names = [...allJobs(config, snapshot.pipelines).keys()];
  if (names.includes(name)) return;
  throw refused(
    `[tool.kedro-azureml.jobs] refers to job "${name}", which is not in azureml.yml${
      didYouMean(name, names)
    }`,
    place,
    `Use one of ${names.join(", ")}`,
  );
}

function refused(message: string, place: Place, hint: string): UserError {
  // project.setting: A setting of `[tool.kedro-azureml]` in pyproject.toml is invalid. Correct it.
  return new UserError(message, { code: "project.setting", place, hint });
}
