/** Width of {@linkcode OVERVIEW}; without a terminal, the parser's help has the same width. */
export const OVERVIEW_COLUMNS = 80;

/** The help of the program, written by `scripts/docs/help_overview.ts`. */
export const OVERVIEW = `Usage: kedro-azureml <command> [options]

Run Kedro pipelines on Azure Machine Learning

Options:
  -V, --version          print the version
  -e, --env <name>       Kedro environment (default: KEDRO_ENV, else local)
  -C, --directory <dir>  run as if started in this folder
  --json                 print results, warnings and errors as JSON
  -q, --quiet            print only results and errors: no progress, warnings
                         and hints
  --verbose              log HTTP requests to stderr
  --credential <name>    use only this credential, such as azure-cli (default:
                         AZURE_TOKEN_CREDENTIALS)
  --ca-file <file>       PEM file with extra CA certificates (default:
                         KEDRO_AZUREML_CA_FILE)
  --cloud-file <file>    JSON file that describes a custom cloud (default:
                         KEDRO_AZUREML_CLOUD_FILE)
  --emulator             use the local emulator instead of Azure: the running
                         one, else one for this command
  --allow-outside <dir>  allow code and configuration in this folder outside the
                         project; can be repeated
  --no-color             disable color
  --no-input             never prompt
  -h, --help             print help

Project:
  init                   Add azureml.yml and .amlignore to a Kedro project
  migrate                Convert a project from getindata's kedro-azureml
  inspect                Print the project's pipelines, catalog and parameters
  files                  List the files that \`submit\` would upload, and those it
                         excludes
  validate [jobs...]     Check jobs for problems before you submit them
  compile [jobs...]      Compile jobs to YAML for \`az ml job create --file\`
  config                 Show the project's configuration
  list-patterns          List the job factories in azureml.yml
  resolve-patterns       List all jobs, including those from job factories

Run:
  rehearse [jobs...]     Run jobs on this machine as Azure ML would
  submit, run [jobs...]  Compile jobs, upload their code, and run them on Azure
                         ML
  rerun [job]            Run a submitted job again
  diff [jobs...]         Show what changed in a job since its last run
  pack [jobs...]         Pack jobs and their code into one file, to submit
                         without the project

Jobs:
  job                    Manage jobs in Azure ML
  ui                     Show the jobs of a workspace in a browser

Schedules:
  schedule               Create, update and manage job schedules

Workspace:
  setup [jobs...]        Create the compute, environment and data that jobs need
  data                   Manage data assets
  environment            Manage environments

Access:
  auth                   Sign in and check access
  doctor                 Diagnose the connection to Azure and the workspace

Tools:
  emulator               Run a local emulator of Azure ML
  completion <shell>     Print a shell completion script
  upgrade                Replace this program with that of a release
  help [topic...]        Show help for a command or a topic, or a page of the
                         documentation

Examples:
  # Add azureml.yml to a Kedro project
  kedro-azureml init
  # Show which account is used, and check its access
  kedro-azureml auth status
  # Check all jobs before you submit
  kedro-azureml validate
  # Show what would be submitted
  kedro-azureml submit main --dry-run
  # Run a job and wait until it ends
  kedro-azureml submit main --wait

Learn more:
  kedro-azureml help TOPIC
    exit-codes, environment, credentials, azureml.yml, man
  kedro-azureml help PAGE
    first-run, install, authentication, configuration, ci, rehearsal, report,
    recipes, json, errors, troubleshooting, sandbox, migrate, differences,
    benchmarks
`;
