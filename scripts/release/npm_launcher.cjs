#!/usr/bin/env node
// Starts the executable that npm has installed for this system, and ends as it does. Without Node's own exec, it stays
// and hands signals on.
"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");

const { optionalDependencies } = require("../package.json");
const name = `@kedro-azureml/cli-${process.platform}-${process.arch}`;

function fail(problem, hint) {
  process.stderr.write(`error: ${problem}\nhint: ${hint}\n`);
  process.exit(1);
}

function find() {
  try {
    return require.resolve(`${name}/bin/kedro-azureml${process.platform === "win32" ? ".exe" : ""}`);
  } catch {
    const report = process.report?.getReport?.();
    if (process.platform === "linux" && report && !report.header.glibcVersionRuntime) {
      fail(
        "kedro-azureml needs glibc 2.27 or later, and this system has musl",
        "Use a system with glibc, such as Debian, Ubuntu or RHEL",
      );
    }
    if (!(name in optionalDependencies)) {
      fail(
        `There is no kedro-azureml for ${process.platform} on ${process.arch}`,
        `Use one of ${Object.keys(optionalDependencies).join(", ")}`,
      );
    }
    fail(
      `The package ${name} is not installed`,
      "Install again without `--omit=optional`, from a registry or folder that has it",
    );
  }
}

const program = find();
const args = process.argv.slice(2);
if (process.execve && process.platform !== "win32") {
  process.removeAllListeners("warning");
  process.on("warning", () => {});
  process.execve(program, [program, ...args], process.env);
}
// Before there is a child: a signal must find this process listening. Node calls back once the child is there.
// A terminal sends Ctrl+C to both; whoever sends it to this process alone has no terminal.
process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
const child = spawn(program, args, { stdio: "inherit" });
child.on("error", (error) => fail(`Cannot start ${program}: ${error.message}`, "Install it again"));
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
