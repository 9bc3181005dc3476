import { deepEqual } from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { hideRuns, readHistory, readStored, recordRun } from "../../../src/emulator/jobs/mlflow_store.ts";
import { systemFs } from "../../../src/system/fs.ts";
import { createFolder } from "../../fakes/folder.ts";

/** Tables as MLflow 3.15 creates them, without those that are not read. */
const TABLES = `
CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name VARCHAR(256), artifact_location VARCHAR(256));
CREATE TABLE runs (run_uuid VARCHAR(32) PRIMARY KEY, name VARCHAR(250), user_id VARCHAR(256), status VARCHAR(20),
  start_time BIGINT, end_time BIGINT, lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER);
CREATE TABLE tags (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
CREATE TABLE params (key VARCHAR(250), value VARCHAR(8000), run_uuid VARCHAR(32));
CREATE TABLE metrics (key VARCHAR(250), value FLOAT, timestamp BIGINT, run_uuid VARCHAR(32), step BIGINT, is_nan BOOLEAN);
CREATE TABLE latest_metrics (key VARCHAR(250), value FLOAT, timestamp BIGINT, step BIGINT, is_nan BOOLEAN,
  run_uuid VARCHAR(32));
INSERT INTO experiments VALUES (1, 'bikes', 'file:///x');
INSERT INTO runs VALUES ('job', 'main', 'u', 'RUNNING', 1, NULL, 'active', '', 1),
  ('fit', 'fit', 'u', 'FINISHED', 2, 3, 'active', '', 1), ('fold', 'fold 1', 'u', 'FINISHED', 2, 3, 'active', '', 1),
  ('gone', 'gone', 'u', 'FINISHED', 2, 3, 'deleted', '', 1), ('other', 'other', 'u', 'RUNNING', 1, NULL, 'active', '', 1);
INSERT INTO tags VALUES ('mlflow.parentRunId', 'job', 'fit'), ('mlflow.parentRunId', 'fit', 'fold'),
  ('mlflow.parentRunId', 'fit', 'gone'), ('mlflow.parentRunId', 'fold', 'job');
INSERT INTO params VALUES ('rate', '0.1', 'fit');
INSERT INTO metrics VALUES ('loss', 0, 20, 'fit', 1, 1), ('loss', 7, 5, 'fit', 9, 0), ('loss', 0.5, 10, 'fit', 0, 0),
  ('loss', -1.7976931348623157e308, 30, 'fit', 2, 0);
INSERT INTO latest_metrics VALUES ('loss', -1.7976931348623157e308, 30, 2, 0, 'fit'), ('mae', 2, 30, 0, 0, 'fold');
`;

Deno.test("emulator reads nested runs from MLflow's database", async () => {
  await using temporary = await createFolder();
  const { root: folder } = temporary;
  await Deno.mkdir(`${folder}/mlflow`);
  const database = new DatabaseSync(`${folder}/mlflow/mlflow.db`);
  database.exec(TABLES);
  database.close();
  const disk = { fs: systemFs, folder };

  const runs = await readStored(disk, "job");
  const values = await readHistory(disk, "fit", "loss");

  const shown = runs.map(({ id, experiment, endTime, metrics, params }) =>
    [id, experiment, endTime, metrics.map(({ key, value }) => [key, value]), params] as const
  );
  deepEqual(shown, [
    ["job", "bikes", undefined, [], {}],
    ["fit", "bikes", 3, [["loss", -Infinity]], { rate: "0.1" }],
    ["fold", "bikes", 3, [["mae", 2]], {}],
  ]);
  deepEqual(values.map(({ value, step }) => [value, step]), [[7, 9], [0.5, 0], [NaN, 1], [-Infinity, 2]]);
  await recordRun(disk, "fit", { startedAt: 30 });
  await recordRun(disk, "fit", { endedAt: 40, end: "Failed" });
  await recordRun(disk, "job", { endedAt: 50, end: "Canceled" });
  await hideRuns(disk, ["fold"]);
  const after = await readStored(disk, "job");
  deepEqual(after.map(({ id, status, startTime, endTime }) => [id, status, startTime, endTime]), [
    ["job", "KILLED", 1, 50],
    ["fit", "FAILED", 30, 40],
  ]);
  const none = { fs: systemFs, folder: `${folder}/none` };
  deepEqual([await readStored(none, "job"), await readHistory(none, "fit", "loss")], [[], []]);
  deepEqual([await readStored(undefined, "job"), await readHistory(undefined, "fit", "loss")], [[], []]);
});
