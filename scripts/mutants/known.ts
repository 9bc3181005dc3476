import type { Mutant } from "./mutant.ts";

/** Mutants that survived all tests when they were first planted. */
export const KNOWN: readonly Mutant[] = [
  {
    file: "src/app/project/group_setting.ts",
    find: "      requireKeys(jobTable, { path, known: [KEY], place });\n",
    replace: "",
  },
  {
    file: "src/kedro/reader/failure.ts",
    find: 'problem.kind === "PermissionError" && problem.place',
    replace: 'problem.kind === "PermissionError" || problem.place',
  },
  {
    file: "src/app/project/job_of_selection.ts",
    find: 'path[0] === "jobs" && path[1] === name',
    replace: 'path[0] === "jobs" || path[1] === name',
  },
  {
    file: "src/app/ci/ci_run.ts",
    find: "env.CHANGE_AUTHOR || env.BUILD_USER_ID",
    replace: "env.BUILD_USER_ID",
  },
  { file: "src/app/ci/ci_run.ts", find: "env.CI_MERGE_REQUEST_SOURCE_BRANCH_NAME || name", replace: "name" },
  {
    file: "src/cli/emulator/request.ts",
    find: "    ...(acceptAny !== undefined && { acceptAny }),\n",
    replace: "",
  },
  { file: "src/cli/emulator/request.ts", find: "demandsMfa: demandMfa", replace: "demandsMfa: false" },
  { file: "src/cli/command/selection.ts", find: "from_nodes: fromNodes,", replace: "from_nodes: toNodes," },
  {
    file: "src/app/job/list.ts",
    find: "(options.experiment === undefined || job.experimentName === options.experiment) &&",
    replace: "",
  },
  {
    file: "src/cli/command/global_options.ts",
    find: "typed.allowOutside?.map((folder) => resolve(cwd, folder))",
    replace: "[]",
  },
  { file: "src/app/records/jobs_file.ts", find: "  await write([]);\n", replace: "" },
  {
    file: "src/app/records/ledger.ts",
    find: "        jobs.delete(job.name);\n        throw thrown;",
    replace: "        throw thrown;",
  },
  { file: "src/app/records/remembered_uploads.ts", find: "        await sweep(ctx, folder);\n", replace: "" },
  {
    file: "src/app/rehearse/data_map.ts",
    find: "given[key] ?? given[name] ?? await",
    replace: "given[name] ?? given[key] ?? await",
  },
  {
    file: "src/app/rehearse/open_runner.ts",
    find: "options: { folder, bin, parallelSteps,",
    replace: "options: { folder, bin, parallelSteps: PARALLEL_STEPS,",
  },
  {
    file: "src/app/rehearse/rehearse.ts",
    find: "keysOf(specs, request.fail ?? [])",
    replace: "request.fail ?? []",
  },
  {
    file: "src/core/errors.ts",
    find: "isTerminated ? ExitCode.Terminated : ExitCode.Interrupted",
    replace: "ExitCode.Interrupted",
  },
  { file: "src/app/rehearse/rehearse.ts", find: "{ XDG_STATE_HOME: _, ...own }", replace: "own" },
  {
    file: "src/azureml/features/requirements/requirement_files.ts",
    find: "(?:-r|-c|--requirement|--constraint)",
    replace: "(?:-r|--requirement)",
  },
  { file: "src/azureml/features/rerun/remaining_body.ts", find: " || uri.endsWith(`/${name}`)", replace: "" },
  {
    file: "src/azureml/features/submit/submit.ts",
    find: "await options.beforeSending?.(",
    replace: "void options.beforeSending?.(",
  },
  {
    file: "src/azureml/job/compile/catalog_asset.ts",
    find: 'if (asset?.type === "uri_file") throw',
    replace: "if (false) throw",
  },
  {
    file: "src/azureml/job/compile/distribution.ts",
    find: "&& resolved > 0) return",
    replace: "&& resolved >= 0) return",
  },
  { file: "src/azureml/job/groups/group_by.ts", find: "isAlone ? node : `", replace: "`" },
  {
    file: "src/azureml/job/groups/partition.ts",
    find: "<= longestCommandBytes",
    replace: "< longestCommandBytes",
  },
  {
    file: "src/azureml/service/history/download.ts",
    find: '{ "if-match": etag }',
    replace: "{}",
  },
  { file: "src/azureml/service/history/follow.ts", find: "      lost = refused = 0;\n", replace: "" },
  {
    file: "src/azureml/service/history/follow.ts",
    find: "Math.min(waitMs * 1.5, longestWaitMs)",
    replace: "waitMs * 1.5",
  },
  {
    file: "src/azureml/service/history/log_reader.ts",
    find: "if (response.status === 200 || chunk.length < CHUNK_BYTES) break;",
    replace: "break;",
  },
  {
    file: "src/azureml/service/history/watch.ts",
    find: "const SKIPPED_POLLS = 3",
    replace: "const SKIPPED_POLLS = 0",
  },
  {
    file: "src/azureml/service/schedules/from_config.ts",
    find: 'code: "schedule.none"',
    replace: 'code: "schedule.nothing"',
  },
  {
    file: "src/azureml/service/schedules/runs.ts",
    find: 'query: { scheduled: "true", scheduleId',
    replace: "query: { scheduleId",
  },
  {
    file: "src/azureml/service/schedules/schedule.ts",
    find: "if (resource.properties.isEnabled !== false) {",
    replace: "{",
  },
  {
    file: "src/azureml/service/upload/blob_client.ts",
    find: 'if (method === "PUT" && response.status === 200 && !isSigned(response)) {',
    replace: "if (false) {",
  },
  { file: "src/azureml/service/upload/put_files.ts", find: "  if (isThere(sum)) return;\n", replace: "" },
  {
    file: "src/azureml/service/upload/put_files.ts",
    find: 'String(ids.length).padStart(6, "0")',
    replace: "String(ids.length)",
  },
  {
    file: "src/azureml/service/upload/upload.ts",
    find: "> LEAST_LEFT_MS) return grant",
    replace: "> 0) return grant",
  },
  {
    file: "src/azureml/service/upload/code_asset.ts",
    find: ' && code.properties?.provisioningState !== "Failed"',
    replace: "",
  },
  {
    file: "src/cli/command/argument_types.ts",
    find: 'value.split(",").map((name) => name.trim())',
    replace: 'value.split(",")',
  },
  { file: "src/cli/command/global_options.ts", find: "file && resolve(ctx.cwd, file)", replace: "file" },
  {
    file: "src/cli/emulator/emulator.ts",
    find: "typed.runSteps ? await openRunner(ctx, steps, project.directory) : undefined",
    replace: "undefined",
  },
  {
    file: "src/cli/run.ts",
    find: "argv.slice(0, end < 0 ? undefined : end).includes",
    replace: "argv.includes",
  },
  {
    file: "src/config/omegaconf/evaluate.ts",
    find: "if (holds(selected.node, node)) throw",
    replace: "if (false) throw",
  },
  {
    file: "src/config/omegaconf/evaluate.ts",
    find: "if (isMissing(result)) throw problem(node, `it resolves",
    replace: "if (false) throw problem(node, `it resolves",
  },
  {
    file: "src/config/omegaconf/python_text.ts",
    find: 'value ? "True" : "False"',
    replace: 'value ? "true" : "false"',
  },
  { file: "src/core/env_vars.ts", find: '"JENKINS_URL", ', replace: "" },
  {
    file: "src/core/net/retry.ts",
    find: "Math.max(0, date - now.getTime())",
    replace: "date - now.getTime()",
  },
  {
    file: "src/credentials/credential.ts",
    find: 'title: "GitHub Actions",\n    isService: true',
    replace: 'title: "GitHub Actions",\n    isService: false',
  },
  {
    file: "src/credentials/sign_in/open_browser.ts",
    find: "env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME",
    replace: "env.DISPLAY || env.WSL_DISTRO_NAME",
  },
  { file: "src/credentials/sign_in/login.ts", find: "    clientId,\n", replace: "" },
  { file: "src/emulator/arm/codes.ts", find: "!blob.isUncommitted && ", replace: "" },
  {
    file: "src/emulator/arm/schedules.ts",
    find: ', trigger, ["2024-01-01-preview"])',
    replace: ", trigger)",
  },
  { file: "src/emulator/arm/schedules.ts", find: '?? "EnabledOnly";', replace: '?? "All";' },
  {
    file: "src/emulator/arm/schedules.ts",
    find: "if (schedule.properties.isEnabled !== false) {",
    replace: "if (false) {",
  },
  {
    file: "src/emulator/runner/runner.ts",
    find: 'needed.some((end) => end !== "Completed")',
    replace: 'needed.some((end) => end === "Failed")',
  },
  {
    file: "src/emulator/jobs/state.ts",
    find: "return settings?.continue_on_step_failure === false",
    replace: "return settings?.continue_on_step_failure === true",
  },
  {
    file: "src/kedro/cache/key.ts",
    find: '["later", `${sizeBytes}`]',
    replace: '["later"]',
  },
  {
    file: "src/kedro/cache/key.ts",
    find: '    ...folders.map((path) => [path, ["folder"]] as const),\n',
    replace: "",
  },
  {
    file: "src/kedro/cache/key.ts",
    find: "allowEnvNames, packageName, root",
    replace: "allowEnvNames, root",
  },
  { file: "src/kedro/reader/project_files.ts", find: " || bytes + sizeBytes > MOST_BYTES", replace: "" },
  {
    file: "src/kedro/reader/project_files.ts",
    find: "isNever(name) || SECRET_FILE.test(name)\n    )",
    replace: "isNever(name)\n    )",
  },
  {
    file: "src/kedro/reader/sandbox_client.ts",
    find: 'if (waiting === undefined) throw new BadFrame("an answer to nothing");',
    replace: "if (waiting === undefined) return;",
  },
  { file: "src/page/graph_layout.ts", find: " &&\n    rows.every((row) => row < MOST.rows)", replace: "" },
  {
    file: "src/core/text/mask.ts",
    find: "MASKED : asText(maskedJson(value))]",
    replace: "MASKED : asText(value)]",
  },
];

/** A mutant that no test can notice on the machines that run them, because the program does the same. */
export interface EquivalentMutant extends Mutant {
  readonly because: string;
}

/** Mutants that are not planted. */
export const EQUIVALENT: readonly EquivalentMutant[] = [
  {
    file: "src/azureml/features/compare/facts_of_runs.ts",
    find: "stepOf.get(key) !== undefined]",
    replace: "stepOf.get(key) === undefined]",
    because: "the opposite groups rows in the same way",
  },
  {
    file: "src/emulator/jobs/run_description.ts",
    find: "shortHash(name, 32)",
    replace: "shortHash(name, 33)",
    because: "a UUID has 32 digits, whatever follows",
  },
  ...["end <= 0", "end < 1"].map((replace) => ({
    file: "src/core/text/rich.ts",
    find: "end < 0",
    replace,
    because: "it is never before `from`, which is below a box",
  })),
  ...["accessToken && !expiresOn || ", "accessToken || !expiresOn && "].map((operators) => ({
    file: "src/credentials/sign_in/public_client.ts",
    find: "accessToken || !expiresOn || ",
    replace: operators,
    because: "MSAL returns all or nothing",
  })),
  {
    file: "src/app/serve/serve.ts",
    find: "at < other.length",
    replace: "at <= other.length",
    because: "texts of the same length both end there",
  },
  {
    file: "src/cli/terminal/live_table_rows.ts",
    find: "cells = 4",
    replace: "cells = 5",
    because: "a row has four cells",
  },
  {
    file: "src/system/fs.ts",
    find: "Deno.remove(path)), { moves: true }",
    replace: "Deno.remove(path)), { moves: false }",
    because: "only Windows denies to remove a file that another program has open",
  },
];
