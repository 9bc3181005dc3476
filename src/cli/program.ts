import { Command } from "commander";
import type { AppContext } from "../app/context.ts";
import type { Context } from "../core/context.ts";
import { VERSION } from "../core/version.ts";
import type { Declaring } from "./command/declare.ts";
import { declareAuth } from "./auth/declare.ts";
import { declareCompile } from "./compile/declare_compile.ts";
import { declareCompletion } from "./completion/declare.ts";
import { declareConfig } from "./config/declare.ts";
import { declareDoctor } from "./doctor/declare.ts";
import { declareFiles } from "./compile/declare_files.ts";
import { declareDiff } from "./submit/declare_diff.ts";
import { declareEmulator } from "./emulator/declare.ts";
import { declareHelp } from "./help/declare.ts";
import { declareInit } from "./init/declare.ts";
import { declareInspect } from "./compile/declare_inspect.ts";
import { declareJob } from "./job/declare.ts";
import { declarePack } from "./submit/declare_pack.ts";
import { prepareReader } from "./prepare_reader.ts";
import { declareRerun } from "./submit/declare_rerun.ts";
import { declareSchedule } from "./schedule/declare.ts";
import { declareSubmit } from "./submit/declare_submit.ts";
import { declareValidate } from "./compile/declare_validate.ts";
import type { Globals } from "./command/globals.ts";
import type { Outputs } from "./command/output.ts";
import { throwUsage } from "./command/usage.ts";
import { repeated } from "./command/argument_types.ts";

/** Declares every command, in the order of the help text, and loads none of them. */
export function program(ctx: Context, done: (result: Outputs) => Promise<void>): Command {
  const root = new Command("kedro-azureml")
    .description("Take a Kedro project to Azure Machine Learning")
    .version(VERSION, "-V, --version", "print the version")
    .option("-e, --env <name>", "Kedro environment; else KEDRO_ENV, else local")
    .option("-C, --directory <dir>", "work in this folder instead of the current one")
    .option("--json", "print results, warnings and errors as JSON")
    .option("--verbose", "say on standard error what is asked of Azure")
    .option(
      "--credential <name>",
      "sign in with this one only, such as azure-cli; else AZURE_TOKEN_CREDENTIALS",
    )
    .option("--ca-file <file>", "PEM file with further certificate authorities; else KEDRO_AZUREML_CA_FILE")
    .option("--cloud-file <file>", "JSON file that describes your cloud; else KEDRO_AZUREML_CLOUD_FILE")
    .option(
      "--allow-outside <folder>",
      "let the project's code folder or configuration be in this folder outside of it; may be repeated",
      repeated,
    )
    .option("--no-color", "print without colour")
    .option("--no-input", "never ask")
    .helpOption("-h, --help", "print help")
    .helpCommand(false)
    .configureHelp({ sortOptions: false, showGlobalOptions: false })
    .configureOutput({
      writeOut: (text) => ctx.terminal.out(text),
      writeErr: (text) => ctx.terminal.out(text),
      outputError: () => {},
    })
    .showSuggestionAfterError()
    .exitOverride((error) => throwUsage(error, root));
  let app: AppContext | undefined;
  const declaring: Declaring = {
    app: () => app!,
    done,
    globals: () => root.opts<Globals>(),
    declare(parent, name, description) {
      const command = parent.command(name).description(description).allowExcessArguments(false)
        .helpCommand(false);
      return command.exitOverride((error) => throwUsage(error, command));
    },
  };
  declareInit(root, declaring);
  declareInspect(root, declaring);
  declareCompile(root, declaring);
  declareValidate(root, declaring);
  declareFiles(root, declaring);
  declareSubmit(root, declaring);
  declareDiff(root, declaring);
  declareRerun(root, declaring);
  declareSchedule(root, declaring);
  declarePack(root, declaring);
  declareConfig(root, declaring);
  declareJob(root, declaring);
  declareAuth(root, declaring);
  declareDoctor(root, declaring);
  declareEmulator(root, declaring);
  declareCompletion(root, declaring);
  declareHelp(root, declaring);
  prepareReader(root, ctx);
  root.hook("preAction", async () => {
    app = (await import("./terminal/open_app.ts")).openApp(ctx, root.opts<Globals>());
  });
  return root;
}
