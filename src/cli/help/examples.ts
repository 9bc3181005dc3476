/** A command line to learn from, without the program's name. */
export interface Example {
  readonly line: string;
  /** What it does, as a short imperative. */
  readonly does: string;
}

/** By the command's words; `""` is the program itself. */
export const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  "": [
    { line: "init", does: "Start: write azureml.yml and fill it in" },
    { line: "auth status", does: "See who you are to Azure, and why" },
    { line: "compile --all --check", does: "Check every job, without Azure" },
    { line: "submit -j main --dry-run", does: "See all that would be sent" },
    { line: "submit -j main --wait-for-completion", does: "Run a job and follow it to its end" },
  ],
  init: [
    { line: "init", does: "Write the files, with places to fill in" },
    {
      line:
        "init --subscription-id 0000 --resource-group rg --workspace ws --compute cpu-cluster --environment my-env@latest",
      does: "Write them complete",
    },
    {
      line: "init --ci github --subscription-id 0000 --resource-group rg --workspace ws",
      does: "Write a workflow that submits on every push, and print the `az` lines that let it sign in",
    },
  ],
  inspect: [
    { line: "inspect", does: "See pipelines, nodes and datasets" },
    { line: "inspect -p training --from-nodes split", does: "See what of a pipeline a filter leaves" },
    { line: "inspect --json", does: "Keep it as a file for --snapshot" },
  ],
  compile: [
    { line: "compile -j main", does: "Write pipeline.yaml" },
    { line: "compile --all --check", does: "Check every job and write nothing" },
    { line: "compile -j main -o - --format mermaid", does: "Draw the steps" },
    { line: "-e prod compile -j main --params '{\"alpha\": 5}'", does: "Compile for another environment" },
  ],
  submit: [
    { line: "submit -j main", does: "Upload the code and start the job" },
    { line: "submit -j main --dry-run", does: "Show what would be sent" },
    { line: "submit -j main --wait-for-completion --timeout 7200", does: "Follow it for two hours at most" },
    { line: "submit -j prepare -j train", does: "Start two jobs, one after the other" },
    {
      line: "submit -j main --aml-env my-env:7 --env-var LOG_LEVEL=DEBUG",
      does: "Change what its steps run with",
    },
    {
      line: "submit -j main --name nightly-2026-01-31",
      does: "Send it once only, however often this is run",
    },
    {
      line: `submit --package main.kap --sha256 ${"9f86d081".repeat(8)}`,
      does: "Submit where there is no project",
    },
  ],
  pack: [
    { line: "pack -j main -o main.kap", does: "Pack a job for a machine without the project" },
    { line: "pack --all -e prod -o all.kap", does: "Pack every job of another environment" },
  ],
  diff: [
    { line: "diff -j main", does: "See what changed since the last run" },
    { line: "diff -j main --against brave_fox_1234567890 --patch", does: "Compare with a run, texts too" },
    { line: "diff -j main --exit-code", does: "Let a script know: 9 where there are changes" },
  ],
  rerun: [
    { line: "rerun", does: "Run the last job again, as it was" },
    { line: "rerun brave_fox_1234567890 --from-failed --dry-run", does: "See which steps are left to run" },
    { line: "rerun brave_fox_1234567890 --from-failed --wait-for-completion", does: "Run them" },
  ],
  schedule: [
    { line: "schedule main", does: "Create or update the schedules of a job" },
    { line: "schedule main --dry-run", does: "Show them" },
    { line: "schedule main --delete", does: "Delete them" },
    { line: "schedule list", does: "See what is scheduled, and when it fires next" },
  ],
  "schedule list": [{ line: "schedule list", does: "See what is scheduled, and when it fires next" }],
  "schedule show": [{ line: "schedule show main", does: "See the next five times" }],
  "schedule pause": [{ line: "schedule pause main", does: "Stop it for a while" }],
  "schedule delete": [{
    line: "schedule delete main",
    does: "Delete a schedule that azureml.yml no longer has",
  }],
  "schedule trigger": [
    { line: "schedule trigger main --wait", does: "Run its job now and follow it" },
  ],
  "schedule runs": [{ line: "schedule runs main --limit 5", does: "See what became of its last jobs" }],
  "schedule resume": [{ line: "schedule resume main", does: "Let it go on" }],
  "list-patterns": [{ line: "list-patterns", does: "See which names make jobs" }],
  "resolve-patterns": [{ line: "resolve-patterns --json", does: "See every job that there is, in a script" }],
  "config show": [
    { line: "config show", does: "See azureml.yml as all layers make it" },
    { line: "-e prod config show --origin", does: "See which file and line each value is from" },
  ],
  validate: [
    { line: "validate", does: "Check every job, without Azure" },
    { line: "validate -j main --online --strict", does: "Check one against Azure; warnings fail, too" },
  ],
  files: [{ line: "files", does: "See what would be uploaded, and what is left out and why" }],
  "job list": [{ line: "job list", does: "See the newest jobs" }],
  "job logs": [
    { line: "job logs --failed", does: "See the logs of the steps that failed" },
    { line: "job logs brave_fox_1234567890 --follow", does: "Print them as they grow" },
  ],
  "job open": [{ line: "job open", does: "Open the last job in the studio" }],
  "job download": [{ line: "job download -o results", does: "Fetch the logs and outputs of the last job" }],
  "job follow": [{ line: "job follow brave_fox_1234567890", does: "Follow a job that runs" }],
  "job show": [{ line: "job show brave_fox_1234567890 --json", does: "Read the state in a script" }],
  "job cancel": [{ line: "job cancel brave_fox_1234567890", does: "Stop a job" }],
  "auth login": [
    { line: "auth login", does: "Sign in by the browser" },
    { line: "auth login --device-code", does: "Sign in on a machine without one" },
  ],
  "auth logout": [{ line: "auth logout", does: "Forget that again" }],
  "auth status": [
    { line: "auth status", does: "See which credential is used, and why" },
    { line: "auth status --credential azure-cli", does: "Try one alone" },
    { line: "auth status --json", does: "Let a script see the roles that are missing" },
  ],
  doctor: [
    { line: "doctor", does: "Find the first thing that is wrong" },
    { line: "doctor --endpoints", does: "List hosts and ports for a firewall ticket" },
    { line: "--ca-file corporate-ca.pem doctor", does: "Try a certificate authority" },
  ],
  emulator: [
    { line: "emulator --port 8443 --ca-file ca.pem", does: "Rehearse without Azure" },
    { line: "emulator --fail train", does: "Rehearse what to do when a step fails" },
  ],
  completion: [
    { line: "completion bash >> ~/.bashrc", does: "Complete in bash from now on" },
    {
      line: "completion zsh > ~/.zsh/completions/_kedro-azureml",
      does: "Complete in zsh, from a folder of fpath",
    },
    { line: "completion fish > ~/.config/fish/completions/kedro-azureml.fish", does: "Complete in fish" },
    { line: "completion powershell >> $PROFILE", does: "Complete in PowerShell" },
  ],
};
