import { deepEqual } from "node:assert/strict";
import { logsToShow, userLogs } from "../../../src/azureml/runs/history.ts";

Deno.test("userLogs() falls back to azureml-logs", () => {
  const names = (...files: readonly string[]) =>
    userLogs(Object.fromEntries(files.map((file) => [file, "url"]))).map(([name]) => name);
  deepEqual(names("user_logs/std_log.txt", "retry_001/user_logs/std_log.txt", "system_logs/a.txt"), [
    "retry_001/user_logs/std_log.txt",
    "user_logs/std_log.txt",
  ]);
  deepEqual(names("user_logs/std_log.txt", "user_logs/std_log.txt.gz"), ["user_logs/std_log.txt"]);
  deepEqual(names("azureml-logs/70_driver_log.txt", "azureml-logs/hyperdrive.txt", "logs/azureml/a.txt"), [
    "azureml-logs/70_driver_log.txt",
  ]);
});

Deno.test("logsToShow() returns all logs if the user has none", () => {
  const names = (...files: readonly string[]) =>
    logsToShow(Object.fromEntries(files.map((file) => [file, "url"]))).map(([name]) => name);
  deepEqual(names("system_logs/a.txt", "user_logs/std_log.txt"), ["user_logs/std_log.txt"]);
  deepEqual(names("system_logs/b.txt", "system_logs/a.txt"), ["system_logs/a.txt", "system_logs/b.txt"]);
});
