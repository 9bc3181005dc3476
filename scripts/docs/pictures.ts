/**
 * Makes the pictures in docs/pictures from real runs: `deno run -A scripts/docs/pictures.ts VENV` runs the steps of the
 * example in an emulator, with the Python environment VENV, and takes pictures of the pages in Chromium. VENV needs
 * the example's packages, mlflow and matplotlib, because the models of the example's copy log metrics and figures here.
 */
import { chromium, type Page } from "playwright-core";
import { cleanEnvironment, program, PROJECT } from "../demo/world.ts";
import { firstLine, outputOf } from "../shared/run_program.ts";

const PICTURES = new URL("../../docs/pictures/", import.meta.url);
/** Readers load all pictures of a page. */
const MOST_BYTES = 150_000;
const JOB = "main";

/** What the copied models log before they return: their error by number of trees, and their guesses. */
const LOGGED = `    trees = [tree.predict(table.to_numpy()) for tree in model.estimators_]
    for count in range(1, len(trees) + 1):
        error = mean_absolute_error(test["rides"], sum(trees[:count]) / count)
        mlflow.log_metric("mean_absolute_error", error, step=count)
    plot = pd.DataFrame({"rides": test["rides"], "guess": guess}).plot.scatter("rides", "guess", figsize=(5, 3))
    plot.figure.tight_layout()
    mlflow.log_figure(plot.figure, "guesses.png")
    return`;

/** Copies the example to a repository of its own, and lets its models log to MLflow. */
async function copyExample(folder: string): Promise<void> {
  await outputOf("cp", ["-r", PROJECT, folder]);
  await edit(
    `${folder}/src/bikes/pipelines/training.py`,
    (text) =>
      text.replace("import pandas as pd\n", "import mlflow\nimport pandas as pd\n").replace(
        'guess = model.predict(test.drop(columns=["rides", "station"]))\n    return',
        `table = test.drop(columns=["rides", "station"])\n    guess = model.predict(table)\n${LOGGED}`,
      ),
  );
  await edit(
    `${folder}/environment/conda.yml`,
    (text) => text.replace('- "scikit-learn"', '- "scikit-learn"\n      - "mlflow"\n      - "matplotlib"'),
  );
  await outputOf("git", ["init", "-q", folder]);
  await commit(folder);
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  const before = await Deno.readTextFile(file);
  const after = change(before);
  if (after === before) throw new Error(`${file} has changed: adapt scripts/docs/pictures.ts`);
  await Deno.writeTextFile(file, after);
}

async function commit(folder: string): Promise<void> {
  await outputOf("git", ["-C", folder, "add", "-A"]);
  const who = ["-c", "user.name=a", "-c", "user.email=a@localhost"];
  await outputOf("git", ["-C", folder, ...who, "commit", "-qm", "x"]);
}

/** Starts the program in the copy, with its emulator in place of Azure. */
type Start = (args: readonly string[], options?: Deno.CommandOptions) => Deno.ChildProcess;

/** Runs the job three times, the last time with a parameter that makes it fail, and writes pages of the runs. */
async function makePages(start: Start, folder: string): Promise<void> {
  const command = async (args: readonly string[], isOk = true) => {
    const { success } = await start(args).status;
    if (success !== isOk) throw new Error(args.join(" "));
  };
  const parameters = `${folder}/conf/base/parameters.yml`;
  await command(["submit", JOB, "--name", "amber_otter_1", "--wait"]);
  await edit(parameters, (text) => text.replace("n_estimators: 200", "n_estimators: 40"));
  await commit(folder);
  await command(["submit", JOB, "--name", "brave_heron_2", "--wait"]);
  await edit(parameters, (text) => text.replace("test_share: 0.2", "test_share: 1.5"));
  await commit(folder);
  await command(["submit", JOB, "--name", "calm_lynx_3", "--wait"], false);
  await command(["job", "report", "brave_heron_2", "--previews", "-o", `${folder}/run.html`]);
  await command(["job", "report", "calm_lynx_3", "-o", `${folder}/failure.html`]);
  await command(["job", "compare", "amber_otter_1", "brave_heron_2", "--html", `${folder}/comparison.html`]);
}

/** Takes a picture of a page. @throws {Error} where it is too large. */
async function take(page: Page, name: string): Promise<void> {
  await page.waitForTimeout(500);
  const picture = await page.screenshot();
  if (picture.length > MOST_BYTES) throw new Error(`${name}.png has ${picture.length} bytes`);
  await Deno.writeFile(new URL(`${name}.png`, PICTURES), picture);
}

async function takeAll(start: Start, folder: string): Promise<void> {
  const executablePath = Deno.env.get("CHROMIUM") ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const ui = start(["ui", "--no-open", "--json"], { stdout: "piped" });
  try {
    const viewport = { width: 1200, height: 720 };
    const open = async (url: string) => {
      const page = await browser.newPage({ viewport, locale: "en-US", timezoneId: "UTC" });
      await page.goto(url);
      await page.waitForSelector("h1");
      return page;
    };
    await take(await open(`file://${folder}/run.html`), "run");
    await take(await open(`file://${folder}/run.html#tab=graph&step=small_score`), "graph");
    await take(await open(`file://${folder}/failure.html`), "failure");
    await take(await open(`file://${folder}/comparison.html`), "comparison");
    const page = await open(JSON.parse(await firstLine(ui.stdout)).url);
    for (const row of [1, 2]) await page.locator("tbody input").nth(row).check();
    await take(page, "ui");
  } finally {
    ui.kill("SIGTERM");
    await ui.status;
    await browser.close();
  }
}

if (import.meta.main) {
  const [venv] = Deno.args;
  if (venv === undefined) throw new Error("Name a Python environment");
  const above = await Deno.makeTempDir();
  const folder = `${above}/bikes`;
  await copyExample(folder);
  await Deno.mkdir(PICTURES, { recursive: true });
  const data = ["rides", "weather"].map((name) => `bikes-${name}=${folder}/data/01_raw/${name}.csv`);
  const env = { ...cleanEnvironment(), XDG_STATE_HOME: `${above}/state` };
  const start: Start = (args, options) =>
    program(["-C", folder, "--emulator", ...args], { env, clearEnv: true, ...options });
  const emulator = [
    "emulator",
    "start",
    "--run-steps",
    "--venv",
    venv,
    ...data.flatMap((one) => ["--data", one]),
  ];
  try {
    await start(emulator).status;
    await makePages(start, folder);
    await takeAll(start, folder);
  } finally {
    await start(["emulator", "stop"]).status;
    await Deno.remove(above, { recursive: true });
  }
}
