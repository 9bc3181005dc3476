/** Width that {@linkcode OVERVIEW} is made for; also what the parser takes where there is no terminal. */
export const OVERVIEW_COLUMNS = 80;

/** The help of the program as a whole, as `scripts/help_overview.ts` writes it. */
export const OVERVIEW = `Usage: kedro-azureml [options] [command]

Take a Kedro project to Azure Machine Learning

Options:
  -V, --version               print the version
  -e, --env <name>            Kedro environment; else KEDRO_ENV, else local
  -C, --directory <dir>       work in this folder instead of the current one
  --json                      print results, warnings and errors as JSON
  --verbose                   say on standard error what is asked of Azure
  --credential <name>         sign in with this one only, such as azure-cli;
                              else AZURE_TOKEN_CREDENTIALS
  --ca-file <file>            PEM file with further certificate authorities;
                              else KEDRO_AZUREML_CA_FILE
  --cloud-file <file>         JSON file that describes your cloud; else
                              KEDRO_AZUREML_CLOUD_FILE
  --allow-outside <folder>    let the project's code folder or configuration be
                              in this folder outside of it; may be repeated
  --no-color                  print without colour
  --no-input                  never ask
  -h, --help                  print help

Commands:
  init [options]              Write conf/base/azureml.yml and .amlignore
  inspect [options]           Print the project's pipelines, catalog and
                              parameters
  compile [options]           Compile jobs to the YAML that \`az ml job create
                              -f\` takes
  validate [options]          Check jobs for all that would fail in the cloud
  files [options]             List the files that a submit would upload, and
                              what is left out
  submit|run [options]        Compile jobs, upload the code, and run them on
                              Azure ML
  diff [options]              Show what of a job changed since its last run
  rerun [options] [job]       Run a job again as it was; the last submitted from
                              here where none is named
  schedule [options] [word]   Create or update the schedules of jobs on Azure ML
  pack [options]              Pack jobs and their code into one file, to submit
                              where there is no project
  list-patterns [options]     List the job factories of azureml.yml
  resolve-patterns [options]  List all jobs, those that job factories make too
  config                      The project's configuration
  job                         Look after jobs; without a name, the last
                              submitted from this project
  auth                        Who you are to Azure
  doctor [options]            Find what is wrong between this machine and the
                              workspace
  emulator [options]          Serve a local Azure ML workspace to rehearse with
  completion <shell>          Print a script that makes a shell complete
                              commands, options and names
  help [topic...]             Print help for a command or a topic

Examples:
  # Start: write azureml.yml and fill it in
  kedro-azureml init
  # See who you are to Azure, and why
  kedro-azureml auth status
  # Check every job, without Azure
  kedro-azureml compile --all --check
  # See all that would be sent
  kedro-azureml submit -j main --dry-run
  # Run a job and follow it to its end
  kedro-azureml submit -j main --wait-for-completion

More: kedro-azureml help exit-codes | environment | credentials | azureml.yml | man
`;
