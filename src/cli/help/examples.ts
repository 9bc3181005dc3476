/** An example command line, without the program's name. */
export interface Example {
  readonly line: string;
  /** What it does, in the imperative. */
  readonly does: string;
}

/** Examples by command; `""` is the program itself. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  "": [
    { line: "init", does: "Add azureml.yml to a Kedro project" },
    { line: "auth status", does: "Show which account is used, and check its access" },
    { line: "validate", does: "Check all jobs before you submit" },
    { line: "submit main --dry-run", does: "Show what would be submitted" },
    { line: "submit main --wait", does: "Run a job and wait until it ends" },
  ],
  init: [
    { line: "init", does: "Write azureml.yml with placeholders" },
    {
      line:
        "init --subscription-id 0000 --resource-group rg --workspace-name ws --compute cpu-cluster --environment my-env@latest",
      does: "Write it filled in",
    },
    { line: "init --environment", does: "Also write the files of an Azure ML environment" },
    {
      line: "init --ci github --subscription-id 0000 --resource-group rg --workspace-name ws",
      does: "Also write a GitHub workflow that submits on every push",
    },
  ],
  inspect: [
    { line: "inspect", does: "List pipelines, nodes and datasets" },
    {
      line: "inspect -p training --from-nodes split",
      does: "Show only a node and the nodes after it",
    },
    { line: "inspect --json > snapshot.json", does: "Save a snapshot for --snapshot" },
    { line: "inspect --html -o pipelines.html", does: "Draw the pipelines on an HTML page" },
  ],
  compile: [
    { line: "compile main", does: "Write pipeline.yaml" },
    { line: "compile --all --check", does: "Compile all jobs without writing files" },
    { line: "compile main -o - --format mermaid", does: "Draw the steps as a Mermaid graph" },
    {
      line: "-e prod compile main --params '{\"alpha\": 5}'",
      does: "Compile for another Kedro environment, with a parameter",
    },
  ],
  rehearse: [
    { line: "rehearse main", does: "Run the steps of a job on this machine" },
    {
      line: "rehearse main --venv .venv --data rides=data/rides.csv",
      does: "Use your virtual environment, and a local file for a data asset",
    },
    { line: "rehearse main --keep rehearsed", does: "Keep the working copies, outputs and logs" },
  ],
  submit: [
    { line: "submit main", does: "Upload the code and start the job" },
    { line: "submit main --dry-run", does: "Show what would be submitted" },
    { line: "submit main --wait --timeout 7200", does: "Wait for at most two hours" },
    { line: "submit prepare train", does: "Submit two jobs, one after the other" },
    {
      line: "submit main --aml-env my-env:7 --env-var LOG_LEVEL=DEBUG",
      does: "Override the Azure ML environment, and set a variable in every step",
    },
    {
      line: "submit main --name nightly-2026-01-31",
      does: "Submit the job only once, even if you run this again",
    },
    {
      line: `submit --package main.kap --sha256 ${"9f86d081".repeat(8)}`,
      does: "Submit a package on a machine without the project",
    },
  ],
  pack: [
    { line: "pack main -o main.kap", does: "Pack a job for a machine without the project" },
    { line: "pack --all -e prod -o all.kap", does: "Pack all jobs for another Kedro environment" },
  ],
  diff: [
    { line: "diff main", does: "Show what changed since the last run" },
    {
      line: "diff main --against brave_fox_1234567890 --patch",
      does: "Compare with an earlier run, line by line",
    },
    { line: "diff main --exit-code", does: "Exit with code 9 if there are changes, for scripts" },
  ],
  rerun: [
    { line: "rerun", does: "Run the last job again" },
    { line: "rerun brave_fox_1234567890 --from-failed --dry-run", does: "Show which steps would run again" },
    {
      line: "rerun brave_fox_1234567890 --from-failed --wait",
      does: "Run only the steps that did not complete, and wait",
    },
  ],
  schedule: [
    { line: "schedule main", does: "Create or update the schedules of a job" },
    { line: "schedule main --dry-run", does: "Show them without creating them" },
    { line: "schedule main --delete", does: "Delete the schedules of a job" },
    { line: "schedule list", does: "List schedules and when they run next" },
  ],
  "schedule list": [{ line: "schedule list", does: "List schedules and when they run next" }],
  "schedule show": [{ line: "schedule show main", does: "Show the next five runs" }],
  "schedule pause": [{ line: "schedule pause main", does: "Pause a schedule" }],
  "schedule delete": [{
    line: "schedule delete main",
    does: "Delete a schedule that is no longer in azureml.yml",
  }],
  "schedule trigger": [
    { line: "schedule trigger main --wait", does: "Run the scheduled job now and wait until it ends" },
  ],
  "schedule runs": [{ line: "schedule runs main --limit 5", does: "List the last five jobs of a schedule" }],
  "schedule resume": [{ line: "schedule resume main", does: "Resume a schedule" }],
  "list-patterns": [{ line: "list-patterns", does: "List job factories" }],
  "resolve-patterns": [{ line: "resolve-patterns --json", does: "List all jobs, for scripts" }],
  "config show": [
    { line: "config show", does: "Print the merged azureml.yml" },
    { line: "-e prod config show --origin", does: "Show the file and line of each value" },
  ],
  "config schema": [{ line: "config schema > azureml.schema.json", does: "Save the schema for your editor" }],
  validate: [
    { line: "validate", does: "Check all jobs, offline" },
    {
      line: "validate main --online --strict",
      does: "Check a job against the workspace, and fail on warnings",
    },
    { line: "validate main --group-by chain", does: "See how many container starts grouping saves" },
  ],
  files: [{ line: "files", does: "List what would be uploaded, and what is excluded and why" }],
  "job list": [{ line: "job list", does: "List the newest jobs" }],
  "job logs": [
    { line: "job logs --failed", does: "Print the logs of failed steps of the last job" },
    { line: "job logs brave_fox_1234567890 --follow", does: "Print logs while the job runs" },
  ],
  "job metrics": [
    { line: "job metrics", does: "Print the metrics that the last job logged" },
    { line: "job metrics brave_fox_1234567890 --csv", does: "Get the metrics of a job for a spreadsheet" },
  ],
  "job report": [
    { line: "job report -o report.html", does: "Write a report on the last job" },
    {
      line: "job report --from azureml-jobs.json --no-logs",
      does: "Write a report on each job in a file, without logs",
    },
  ],
  "job open": [{ line: "job open", does: "Open the last job in Azure ML studio" }],
  "job download": [{
    line: "job download --outputs -o results",
    does: "Download the datasets that the last job wrote",
  }],
  "job follow": [{ line: "job follow brave_fox_1234567890", does: "Follow a running job" }],
  "job show": [{ line: "job show brave_fox_1234567890 --json", does: "Get the status, for scripts" }],
  "job cancel": [{ line: "job cancel brave_fox_1234567890", does: "Cancel a job" }],
  "auth login": [
    { line: "auth login", does: "Sign in with your browser" },
    { line: "auth login --device-code", does: "Sign in on a machine without a browser" },
  ],
  "auth logout": [{ line: "auth logout", does: "Sign out" }],
  "auth status": [
    { line: "auth status", does: "Show the credential in use" },
    { line: "auth status --credential azure-cli", does: "Check a single credential" },
    { line: "auth status --json", does: "List missing roles, for scripts" },
  ],
  doctor: [
    { line: "doctor", does: "Find the first problem" },
    { line: "doctor --endpoints", does: "List hosts and ports for a firewall request" },
    { line: "--ca-file corporate-ca.pem doctor", does: "Test with a private CA certificate" },
  ],
  emulator: [
    { line: "emulator start", does: "Try commands without Azure: add `--emulator` to them" },
    { line: "emulator --port 8443", does: "Run it in this terminal, on a fixed port" },
    { line: "emulator --fail train", does: "Simulate a failing step" },
    { line: "emulator --run-steps --venv .venv", does: "Run the steps of submitted jobs on this machine" },
    { line: "emulator --state .emulator --accept-any", does: "Keep all data, and accept any name" },
    {
      line: "emulator --fault 'PUT jobs/*:429:2' --role reader",
      does: "See what happens when Azure rejects requests",
    },
  ],
  "emulator start": [
    { line: "emulator start", does: "Start it, then add `--emulator` to other commands" },
    { line: "emulator start --run-steps", does: "Run the steps of submitted jobs on this machine" },
  ],
  "emulator stop": [{ line: "emulator stop", does: "Stop it" }],
  "emulator status": [{ line: "emulator status --json", does: "Find out its address in a script" }],
  "emulator env": [{ line: "emulator env --shell fish", does: "Print lines for the fish shell" }],
  "emulator off": [{ line: "emulator off", does: "Print the lines that undo `emulator env`" }],
  completion: [
    { line: "completion bash >> ~/.bashrc", does: "Enable completion in bash" },
    {
      line: "completion zsh > ~/.zsh/completions/_kedro-azureml",
      does: "Enable completion in zsh, from a folder in fpath",
    },
    {
      line: "completion fish > ~/.config/fish/completions/kedro-azureml.fish",
      does: "Enable completion in fish",
    },
    { line: "completion powershell >> $PROFILE", does: "Enable completion in PowerShell" },
  ],
};
