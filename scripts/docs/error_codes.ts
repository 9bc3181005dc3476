/**
 * What each code of an error or warning means and what to do, for docs/errors.md. The codes `azure.*` and `network.*`
 * that explain a refusal or a failed connection are in the tables of `src`; a test fails if any other code is missing here.
 */
export const ERROR_CODES: Readonly<Record<string, string>> = {
  "access.missing":
    "Your identity lacks a right in the workspace. Ask its owner for the role that the message names.",
  "access.unknown":
    "Whether your identity has a right could not be determined. Submit to find out, or ask for permission to read role assignments.",
  "auth.aadsts53003":
    "The tenant blocks device codes, or another policy blocks the sign-in. Sign in on a machine with a browser, or use another credential.",
  "auth.aadsts700024": "The federated token has expired. Request a new one right before the command.",
  "auth.assertion": "The federated token is empty or not a JWT. Check what writes or issues it.",
  "auth.audience":
    "The credential works, but not for this service. Grant the application access to it, or use another credential.",
  "auth.busy":
    "Entra ID kept answering with an error. Try again in a few minutes, then run `kedro-azureml doctor`.",
  "auth.certificate_expired":
    "The client certificate has expired. Create a new one and add it to the application.",
  "auth.certificate_file":
    "The file in AZURE_CLIENT_CERTIFICATE_PATH cannot be read. Set the variable to a PEM or PFX file.",
  "auth.certificate_format":
    "The certificate file is not PEM or PFX. Convert it, or set AZURE_CLIENT_CERTIFICATE_PATH to another file.",
  "auth.certificate_kind":
    "The certificate's key is not RSA, which Entra ID requires. Create a certificate with an RSA key.",
  "auth.certificate_missing":
    "The certificate file has no certificate. Put the certificate and the key into one file.",
  "auth.certificate_no_key":
    "The certificate file has no private key for the certificate. Put both into one file.",
  "auth.certificate_not_yet":
    "The client certificate is not valid yet. Correct this machine's clock, or wait.",
  "auth.certificate_password":
    "The certificate file needs another password. Set AZURE_CLIENT_CERTIFICATE_PASSWORD.",
  "auth.claims_required":
    "Azure requires more than this sign-in proves, such as multi-factor authentication. Run the `auth login` command of the hint.",
  "auth.declined": "The sign-in was declined. Run the command again.",
  "auth.no_credential":
    "No credential works. Run `kedro-azureml auth status` to see why, then `kedro-azureml auth login`.",
  "auth.nobody":
    "The sign-in needs a person, but nobody can be asked here. Run it on a terminal, or use a service principal.",
  "auth.passed_over":
    "A credential that is set up was skipped because it does not work. Fix it as the message says, or remove it.",
  "auth.refused":
    "Entra ID refused the sign-in. Look the AADSTS number up in [troubleshooting](troubleshooting.md).",
  "auth.session_damaged": "The saved session cannot be read. Run `kedro-azureml auth login`.",
  "auth.session_file": "The session cannot be saved. Set HOME, or use `--no-store`.",
  "auth.session_not_first":
    "Another credential takes precedence over the session. Unset its variables, or use `--credential session`.",
  "auth.session_refused": "Entra ID no longer accepts the saved session. Run `kedro-azureml auth login`.",
  "auth.tenant": "The tenant is neither a GUID nor a domain name. Correct AZURE_TENANT_ID or `--tenant`.",
  "auth.tenant_required":
    "Azure requires a token from another tenant. Use a credential of the tenant that the message names.",
  "auth.too_late": "Nobody completed the sign-in in time. Run the command again.",
  "auth.unknown_credential":
    "`--credential` or AZURE_TOKEN_CREDENTIALS names no credential. Use one of those that the hint lists.",
  "azure.blob_role":
    "Your identity lacks a role at the storage account. Ask for Storage Blob Data Contributor.",
  "azure.busy": "Azure throttles requests, and kept doing so. Try again in a few minutes.",
  "azure.clock": "Azure rejected a token because this machine's clock is wrong. Set it.",
  "azure.conflict": "Someone else changed the resource at the same time. Run the command again.",
  "azure.forbidden": "Your identity lacks a role in Azure. Ask for the role that the message names.",
  "azure.not_found":
    "The workspace or another resource does not exist. Correct `workspace` in azureml.yml, or create it.",
  "azure.quota":
    "The subscription's quota is too small for the cluster. Choose another machine type or region, or request quota in Azure ML studio.",
  "azure.rejected":
    "Azure rejected the request for the reason that the message gives. Change the job or the command accordingly.",
  "azure.storage_firewall":
    "The storage account's firewall blocks this machine. Connect to an allowed network.",
  "azure.unauthorized":
    "Azure did not accept the token. Run `kedro-azureml auth status`, then sign in again.",
  "azure.unavailable": "Azure kept answering with a server error. Try again later.",
  "azure.unfinished":
    "A long-running operation did not end in time. Run the command again; nothing is done twice.",
  "bug": "A defect of this program. Report it with the text that it printed.",
  "callback.failed":
    "The function of `--on-job-scheduled` failed; the job runs. Follow it, and do not submit it again.",
  "callback.not_found":
    "The function of `--on-job-scheduled` was not found. Pass the project's Python with `--python`.",
  "cancel_previous.no_branch":
    "`--cancel-previous` needs the branch, which is unknown. Run it in a CI job, or check out a branch.",
  "catalog.data_asset": "A key of an AzureMLAssetDataset has an invalid value. Change it in the catalog.",
  "ci.not_told":
    "The outputs or summary of the CI run could not be written. Check the file that the CI service names.",
  "cloud.address": "An address of the cloud is invalid or not HTTPS. Write it as https://host/path.",
  "cloud.file": "The cloud file cannot be read. Write it with `az cloud show`.",
  "cloud.metadata":
    "ARM_CLOUD_METADATA_URL did not answer with the metadata of a cloud. Correct the address.",
  "cloud.not_chosen": "Several clouds are listed. Set AZUREML_CURRENT_CLOUD to one of them.",
  "cloud.unknown":
    "The cloud is unknown. Set AZUREML_CURRENT_CLOUD to a known one, or describe yours with `--cloud-file`.",
  "code.backslash_pattern":
    "A line of the ignore file has a backslash, which is no separator. Write a slash.",
  "code.being_written": "A file grows while the command runs, so it is not uploaded. Add it to .amlignore.",
  "code.broken_link": "A link points to nothing, so it is not uploaded. Fix or remove it.",
  "code.changed":
    "A file changed during the upload. Wait until nothing writes to it, or add it to .amlignore.",
  "code.changed_name": "The storage would change the name of a file. Rename it, or add it to .amlignore.",
  "code.credentials_left_out":
    "A file with credentials is not uploaded. Add a `!` line to .amlignore if the job needs it.",
  "code.empty": "Nothing is left to upload. Set `execution.code_directory`, or change the ignore file.",
  "code.env_not_in_step":
    "The code requires an environment variable that steps may not have. Pass it with `--env-var`.",
  "code.file_not_uploaded":
    "The project's code reads a file when Kedro starts that is excluded from the upload. Add a `!` line to .amlignore.",
  "code.ignore_pattern": "A line of the ignore file is not a pattern. Correct it.",
  "code.ignored_by_git":
    "Files that .gitignore excludes are uploaded, because .amlignore replaces it. Add its lines to .amlignore.",
  "code.large": "The code is larger than Azure ML accepts by default. Add data and results to .amlignore.",
  "code.link_outside":
    "A link leads out of the code folder, so it is not uploaded. Allow it with `--allow-outside` if the job needs it.",
  "code.long_name":
    "The path of a file is longer than the storage allows. Rename it, or add it to .amlignore.",
  "code.many_files":
    "Very many files would be uploaded. Add folders that the job does not need to .amlignore.",
  "code.module_missing": "Steps import a module or name that the project does not have. Correct the import.",
  "code.module_not_uploaded":
    "Steps import a module of the project that is excluded from the upload. Change the line of the ignore file.",
  "code.no_folder": "`execution.code_directory` is not a folder. Correct it, or set it to null.",
  "code.no_pyproject":
    "pyproject.toml is not uploaded, so Kedro does not start. Add a `!` line to .amlignore.",
  "code.no_source": "The project's package is not uploaded. Add a `!` line to .amlignore.",
  "code.not_the_project":
    "The code folder is not the project's folder, so steps do not find pyproject.toml. Change `execution.code_directory`.",
  "code.outside":
    "`execution.code_directory` is outside the project. Allow it with `--allow-outside`, or change it.",
  "code.same_name": "Names that differ only in case can overwrite each other. Rename one of the files.",
  "code.secret": "A file that looks like a secret would be uploaded. Add it to .amlignore, or allow it.",
  "code.snapshot_size":
    "The code is larger than the 300 MB that Microsoft documents. Add data and results to .amlignore.",
  "code.unreadable": "A file cannot be read. Make it readable, or add it to .amlignore.",
  "compare.no_run":
    "This machine remembers no such run. Pass the names that `kedro-azureml job list` prints.",
  "compare.runs": "A comparison needs at least two runs. Pass their names, or `last~1 last`.",
  "compile.asset_name":
    "The name of a data asset is not a valid output name. Rename the asset in the catalog.",
  "compile.code_not_a_folder":
    "The code folder does not exist, so the compiled job cannot be submitted. Correct `execution.code_directory`.",
  "compile.dataset_name": "The name of a dataset starts with a digit. Rename the dataset.",
  "compile.distributed":
    "The parameters of `@distributed_job` are invalid. Correct them in the node's function.",
  "compile.kedro_env_variable": "KEDRO_ENV cannot be set for steps. Use `-e` instead.",
  "compile.load_version":
    "`--load-versions` names a dataset that has no version in Azure ML. Use it for data assets only.",
  "compile.no_cluster":
    "The default compute has no name. Set `compute.__default__.cluster_name` in azureml.yml.",
  "compile.not_in_catalog":
    "A dataset between steps is not in the catalog, so it becomes a pickle file. Add it if that is not what you want.",
  "compile.notification_needs_experiment":
    "A notification on success needs an experiment for several last steps. Set `experiment_name`.",
  "compile.processes_ignored": "`processes_per_node` has no effect with TensorFlow. Remove it.",
  "compile.same_file": "Two jobs would be written to the same file. Rename one, or compile them separately.",
  "compile.two_computes": "A node has tags for several computes. Keep one of them.",
  "compile.uri_file": "A `uri_file` asset cannot be used this way. Use `uri_folder`.",
  "compute.errors": "The compute reports errors. Look at it in Azure ML studio.",
  "compute.name": "Azure ML does not allow the name of the compute in azureml.yml. Correct it.",
  "compute.no_nodes": "The compute may start no machine. Raise its maximum as the hint says.",
  "compute.not_found": "The compute does not exist. Change `compute` in azureml.yml, or create it.",
  "compute.notice":
    "Azure has a notice about the compute, such as that its machine type retires. Jobs still run on it.",
  "compute.serverless":
    "Azure ML chooses the machines of serverless steps. Nothing to do if the quota suffices.",
  "compute.state":
    "The compute is being deleted or failed to be created. Create it again, or use another one.",
  "compute.stopped": "The compute instance is stopped, and a job does not start it. Start it.",
  "compute.too_few_nodes":
    "A distributed step needs more machines than the compute may start. Raise its maximum, or use fewer.",
  "compute.unused_key":
    "No node has this key of `compute` as a tag, and no job uses it. Correct it, or remove it.",
  "config.case": "A configuration folder has another case on disk than its name. Rename it.",
  "config.default_env":
    "The default environment is used although another one is set. Pass `-e`, or set KEDRO_ENV.",
  "config.deprecated": "A deprecated key is used. Use the new one.",
  "config.duplicate_key": "A key is defined in two files of one environment. Remove one of them.",
  "config.env_default":
    "Steps use the default of `oc.env`, because they lack the variable. Pass it with `--env-var` if that is wrong.",
  "config.env_not_in_step":
    "`oc.env` fails in steps, because they lack the variable. Pass it with `--env-var`.",
  "config.file_not_uploaded":
    "A configuration file is not uploaded, so steps run with other values. Add a `!` line to .amlignore.",
  "config.folder_outside":
    "The configuration folder is outside the project. Allow it with `--allow-outside`.",
  "config.hidden_env": "A hidden folder cannot be an environment. Use another name.",
  "config.interpolation":
    "An interpolation `${…}` cannot be resolved. Correct it at the place that the message names.",
  "config.key": "YAML reads a key as something other than text. Write it in quotes.",
  "config.link_outside":
    "A configuration file is a link to outside the project. Allow it with `--allow-outside`, or copy the file.",
  "config.localhost":
    "A parameter or credential names this machine, which steps cannot reach. Use an address that the compute can reach.",
  "config.merge": "Two files give a key values that cannot be merged. Make both a mapping, or remove one.",
  "config.no_azureml": "The project has no azureml.yml. Run `kedro-azureml init`.",
  "config.no_env": "The environment has no folder. Choose one that exists with `-e`, or create the folder.",
  "config.no_experiment": "No experiment name is set. Set `experiment_name` of the job.",
  "config.no_folder": "The project has no configuration folder. Create it, or correct CONF_SOURCE.",
  "config.not_a_mapping": "A configuration file has no keys at the top. Write `key: value` lines.",
  "config.not_uploaded":
    "No file of an environment is uploaded, and Kedro does not start without its folder. Change the ignore file.",
  "config.not_utf8": "A configuration file is not UTF-8. Save it as UTF-8.",
  "config.placeholder": "A value is still a placeholder of `init`. Fill it in.",
  "config.schema": "azureml.yml has invalid keys or values. Correct the lines that the message lists.",
  "config.secret":
    "A key of the uploaded configuration looks like a secret, which everyone in the workspace can read. Read it from a key vault in the step.",
  "config.unreadable": "A configuration file or folder cannot be read. Correct its permissions.",
  "data.dataset_name":
    "A dataset has this name, and its data asset another one. Use the latter, or `--allow data.dataset_name`.",
  "data.kind":
    "The file or folder is not what the catalog reads. Pass the one that it names, or use `--allow data.kind`.",
  "data.link":
    "A folder of data has a link that is not followed, so a file would be missing. Use `--allow-outside`, or `--allow data.link` to leave it out.",
  "data.name":
    "Azure ML does not allow the name of a data asset. Use letters, digits, hyphens and underscores.",
  "data.no_file": "The path names no file, or an empty folder. Put the data there, or pass another path.",
  "data.no_path":
    "Neither the command nor the catalog says which file the data asset is made of. Pass its path.",
  "data.not_found":
    "A data asset or its version does not exist. Correct `azureml_dataset` in the catalog, or create it.",
  "data.outside":
    "The data is outside the project, or behind a link that leads there. Allow it with `--allow-outside` if it is what you want to upload.",
  "data.secret":
    "A file to upload as data looks like a secret (move it elsewhere, or pass `--allow data.secret`), or the folder holds the whole project (move the data to a folder of its own).",
  "data.type_changed":
    "The data asset's versions have another type, which Azure ML may not accept. Use another name for another type.",
  "dataset.absolute_path":
    "A dataset has a path of one machine, or a mounted dataset an absolute path. Use a cloud path, or a relative one.",
  "dataset.asset_name":
    "`azureml_dataset` cannot be the name of a data asset. Write the version as `azureml_version`.",
  "dataset.asset_type": "The plugin does not know this `azureml_type`. Use `uri_file` or `uri_folder`.",
  "dataset.credentials":
    "Kedro cannot load the catalog in steps, because credentials are missing there. Pass them as variables.",
  "dataset.factory_not_mounted":
    "A dataset from a factory is not mounted in steps. Write an entry of its own into the catalog.",
  "dataset.given_filepath":
    "A partitioned dataset sets this argument of its inner dataset itself. Remove it.",
  "dataset.local_between_steps":
    "A step saves data on its own machine, where later steps cannot read it. Use a cloud path or an AzureMLAssetDataset.",
  "dataset.localhost":
    "A dataset names this machine, which steps cannot reach. Use an address that the compute can reach.",
  "dataset.missing_argument": "A dataset lacks an argument that its class needs. Add it.",
  "dataset.no_account":
    "A dataset in Azure Storage does not name its account, which Kedro does not take from the path. Add `fs_args`.",
  "dataset.no_filepath": "The dataset inside an Azure ML dataset has no path. Add `filepath`.",
  "dataset.no_type": "A dataset, or one inside it, has no class. Add `type`.",
  "dataset.not_a_mapping": "Options of a dataset are no mapping. Write them as keys.",
  "dataset.not_uploaded":
    "A step reads a file that is not uploaded. Use a cloud path or an AzureMLAssetDataset.",
  "dataset.other_plugin":
    "A dataset class is of getindata's plugin. Use the class of kedro-azureml-pipeline.",
  "dataset.output_lost":
    "A step writes to its container only, so the result is lost. Run `setup`, remove the catalog entry, or use a cloud path.",
  "dataset.outside_mount": "The path of a mounted dataset leads out of the mounted folder. Remove `..`.",
  "dataset.removed_class":
    "Only some versions of kedro-datasets that the requirements allow have the class. Use its new name.",
  "dataset.transcoded": "Transcoded names of a dataset are not both in the catalog. Add both.",
  "dataset.unknown_argument":
    "A class does not take an argument of a dataset, so no step starts. Correct or remove it.",
  "dataset.unknown_class":
    "No package has the class of a dataset, so no step starts. Correct `type`, or require its package.",
  "dataset.uri_file_name":
    "Steps will not find the file of a uri_file. Use its bare name, without spaces, or a uri_folder.",
  "dataset.versioned":
    "The plugin refuses a versioned dataset inside an Azure ML dataset. Remove `versioned`.",
  "datastore.no_container": "The datastore is not a blob container. Use another one, or tools of its own.",
  "datastore.no_default": "The workspace has no default blob datastore. Set one.",
  "datastore.not_found": "The datastore does not exist. Run `az ml datastore list`.",
  "diff.by_display_name":
    "A job is compared with a run that may be of another job with the same display name. Name one with `--against`.",
  "diff.no_run": "There is no earlier run to compare with. Name one with `--against`.",
  "download.exists":
    "A file with other contents is where one is downloaded to. Choose another folder, or pass `--force`.",
  "download.model": "An output is a model, which is not downloaded. Use `az ml model download`.",
  "download.no_dataset": "No step writes the dataset of `--dataset`. Use one that the message lists.",
  "download.nothing": "The job has no files to download. Look at its status with `job show`.",
  "download.path": "The name of a file leads out of the download folder. Download it in Azure ML studio.",
  "download.refused": "The storage refused to hand out a file. Check your role at the storage account.",
  "emulator.ca_file":
    "The emulator's certificate cannot be written. Choose a writable file with `--ca-file`.",
  "emulator.gone":
    'The variables of this shell refer to an emulator that has ended. Run `eval "$(kedro-azureml emulator off)"`.',
  "emulator.no_home": "The emulator needs a home folder to run in the background. Set HOME.",
  "emulator.not_running": "No emulator is running. Run `kedro-azureml emulator start`.",
  "emulator.not_started": "The emulator ended at its start. Run it in the foreground to see why.",
  "emulator.notice": "A message of the emulator, such as a step of `--fail` that no job has.",
  "emulator.port": "The port is invalid or in use. Choose another with `--port`.",
  "emulator.running":
    "The emulator of this project is already running. Use it with `--emulator`, or stop it.",
  "emulator.several": "Emulators of several projects are running. Name a project with `-C`.",
  "emulator.state": "The state folder is a file. Name a folder with `--state`.",
  "emulator.state_in_use": "Another emulator uses the state folder. Stop it, or choose another folder.",
  "environment.build_failed":
    "Azure ML could not build the image. Read the log, and change environment/conda.yml.",
  "environment.definition":
    "The conda file of environment/environment.yml is missing, or refers to files that Azure ML does not get. Correct it.",
  "environment.ignored_folder": "`working_directory` has no effect on uploaded code. Remove it.",
  "environment.kedro_version":
    "The environment has a Kedro that the plugin does not support. Require `kedro~=1.2`.",
  "environment.latest":
    "The job uses the latest version of the environment at each submission. Pin a version for the same result each time.",
  "environment.moving_image": "The image's tag can move. End it with a digest or a version.",
  "environment.no_file": "The project defines no environment. Run `kedro-azureml init --environment`.",
  "environment.no_version": "The environment names no version. Write `name:version` or `name@latest`.",
  "environment.not_found":
    "The environment or its version does not exist. Correct it in azureml.yml, or create it.",
  "environment.package_missing":
    "The environment lacks a package that steps need. Add it to the file that the message names.",
  "environment.pinned": "Which version of the environment is used. Nothing to do.",
  "environment.plugin":
    "Steps need the plugin kedro-azureml-pipeline in their environment, which is not checked. Make sure that it is there.",
  "environment.python_version":
    "The environment has a Python that the plugin or the code does not support. Use Python 3.11.",
  "environment.registry_label": "A label of a registry's environment can move. Write the version.",
  "environment.secret":
    "The definition of the environment has a secret, which everyone in the workspace can read. Remove it.",
  "environment.start_folder":
    "Steps start in the image's own folder, which must contain the project. Set `working_directory`.",
  "environment.unclear":
    "The environment is written in no known form. Write `name@latest`, `name:version`, an ID or an image.",
  "environment.unused":
    "azureml.yml names another environment. Change `execution.environment` in azureml.yml.",
  "environment.version_ignored":
    "environment/environment.yml names a version, which `environment push` ignores. Remove it.",
  "environment.version_latest":
    "`:latest` is a version of that name. Write `@latest` for the newest version.",
  "file.exists": "A file is there that kedro-azureml did not write. Choose another file, or pass `--force`.",
  "file.in_use": "Another program has a file open. Close it, or choose another file.",
  "file.link_outside":
    "A link would lead a written file out of the project. Remove the link, or name another file.",
  "file.name": "Windows would change the name of a file. Choose another name.",
  "file.not_written":
    "A file cannot be written. Choose another one, or correct the permissions or the disk space.",
  "file.refused": "The operating system refused a file operation. Correct what the message names.",
  "file.too_large":
    "A configuration file has more than 2 MiB, which are not parsed. Split it, or move data out of it.",
  "follow.lost_sight":
    "The contact with Azure was lost while a job was followed. It is retried; nothing to do.",
  "follow.no_steps": "The steps of a job cannot be read for now. It is retried; nothing to do.",
  "git.detached": "No branch is checked out, so the job records the commit only. Set AZUREML_GIT_BRANCH.",
  "git.dirty":
    "The code has changes that the recorded commit does not have. Commit them for a job that can be traced.",
  "git.foreign_owner":
    "Another user owns the checkout, so git does not read it. Add it to `safe.directory`, as in CI containers.",
  "group.mode": "A grouping is not valid. Use none, chain, namespace[:DEPTH], tag:PREFIX or all.",
  "group.none":
    "The grouping applies to no node. Use another one; `kedro-azureml inspect` shows tags and namespaces.",
  "group.split": "A group needs several steps, because one would wait for its own results. Nothing to do.",
  "group.two_tags": "A node has several tags of the grouping. Keep one.",
  "init.no_folder": "The environment of `init` has no folder. Create it, or omit `-e`.",
  "init.no_subscription": "The account sees no subscription. Sign in to another tenant, or ask for access.",
  "init.no_workspace": "The subscription has no such workspace. Create it, then run `init` again.",
  "init.not_applied": "A file exists and was left as it is. Edit it.",
  "init.offline":
    "Your workspaces could not be looked up, so azureml.yml has placeholders. Fill them in, or sign in and run it again.",
  "init.requirement": "A requirement cannot be installed in the job's image. Add it there yourself.",
  "interrupted": "Ctrl+C or a signal ended the command. The message says which jobs go on.",
  "job.experiment_name": "The experiment name is not valid. Use letters, digits, `_` and `-`.",
  "job.factory": "A job factory of azureml.yml does not fit the name. Correct its pattern.",
  "job.factory_empty":
    "A job factory makes no jobs, because no namespace of its pipeline matches. Correct `node_namespaces`.",
  "job.groups": "How many container starts the grouping saves. Nothing to do.",
  "job.is_step": "The name is that of a step's run. Pass the name of the job, which the message gives.",
  "job.long_command":
    "The command of a step is too long to start. Pass fewer parameters or shorter variables.",
  "job.long_text": "A text of the job is longer than Azure ML allows. Shorten it.",
  "job.no_browser": "No browser could be opened. Open the printed address.",
  "job.no_logs": "The job or step has logged nothing. Look at its status with `job show`.",
  "job.no_pipeline": "The run is not a pipeline job. Pass the name of a pipeline job.",
  "job.no_run": "The job of azureml.yml has no run in the workspace. Submit it, or choose another workspace.",
  "job.no_step": "The job has no such step. Use one of those that the message lists.",
  "job.no_steps": "The steps cannot be shown for the reason that the message gives.",
  "job.none_submitted": "No job was submitted from this project. Pass a name of `kedro-azureml job list`.",
  "job.not_found":
    "The workspace has no such job. Run `kedro-azureml job list`, or choose another workspace with `-w`.",
  "job.not_remembered":
    "This machine cannot remember submitted jobs. Pass their names, or set HOME to a writable folder.",
  "job.other": "The workspace has a different job of this name. Use another `--name`.",
  "job.renamed": "Names that are the same for Azure ML got a number. Nothing to do.",
  "job.short_timeout": "The time limit of steps is very short. Raise `limits.timeout`.",
  "job.step_failed": "A step failed; the message has Azure's reason. Read its log.",
  "job.timed_out": "`--timeout` was reached. The job goes on; follow it with `job follow`.",
  "job.too_large": "The job is larger than Azure accepts. Split the pipeline, or pass fewer parameters.",
  "job.unknown": "azureml.yml or the package has no such job. Use one of those that the message lists.",
  "job.visible_secret":
    "A variable or parameter that looks like a secret can be read by everyone who can read the job. Use a key vault.",
  "job_list.cut": "Only the newest jobs were searched. Use fewer filters, or search in Azure ML studio.",
  "job_list.empty": "No job matches the filters, or the workspace has none.",
  "jobs_file.folder":
    "Jobs in a folder ran on this machine, and cannot be canceled, opened or rerun. Name a file of `submit --output-file`.",
  "jobs_file.no_job": "The file of `--output-file` has no such job. Use one that is in it.",
  "jobs_file.not_found": "The jobs file does not exist. Write it with `submit --output-file`.",
  "jobs_file.unknown": "The file was not written by `submit --output-file`. Name another one.",
  "kedro.answer_unreadable":
    "The project's code disturbed the reader. Look for code that changes Kedro or Python at import.",
  "kedro.catalog": "The catalog cannot be read. Correct the entry that the message names.",
  "kedro.context": "Kedro cannot create the project's context. Correct what the traceback names.",
  "kedro.ended":
    "The project's code ended the interpreter. Look for what it does at import, or use `--python`.",
  "kedro.env_withheld":
    "A variable that identifies you stays hidden from the project's code. Remove it from `--allow-env-names`.",
  "kedro.exit": 'The project\'s code exits at import. Move the call below `if __name__ == "__main__"`.',
  "kedro.folder_name":
    "The brackets or stars in the project's path are a pattern for Kedro. Rename the folder.",
  "kedro.link_refused":
    "A link to outside the project stays hidden from its code. Allow it with `--allow-outside`.",
  "kedro.module_missing":
    "The project imports a module that it does not have. Correct the import, or use `--python`.",
  "kedro.old":
    "The project was made for Kedro 0.x, but steps need Kedro 1.2. Migrate it, or use `--allow-kedro-0`.",
  "kedro.out_of_memory":
    "Reading the project needs too much memory. Do not load data at import, or use `--python`.",
  "kedro.parameters": "The parameters cannot be read. Correct the file that the message names.",
  "kedro.project_code": "The project's code failed. Correct the line that the message names.",
  "kedro.python":
    "The Python of `--python` cannot read the project. Use one that has the project's packages.",
  "kedro.timeout": "The project's code did not end in time. Look for long work at import.",
  "kedro.version":
    "The project was made for a Kedro version that is not built in. Use `--python`, or migrate.",
  "kept.no_job": "The folder has no such job. Omit the name, or use one of those that the message lists.",
  "kept.none":
    "The folder has no jobs of an emulator or a rehearsal. Name the folder of `rehearse --keep` or `emulator --state`.",
  "machine.clock": "This machine's clock is wrong, so sign-ins fail. Set it.",
  "metrics.none": "The job has logged no metrics. Call `mlflow.log_metric()` in a node.",
  "migrate.nothing": "The project has no azureml.yml of getindata's plugin. Run `kedro-azureml validate`.",
  "mlflow.localhost":
    "MLflow is set to this machine, which steps cannot reach. Leave `mlflow_tracking_uri` empty.",
  "network.answer":
    "Something other than the service answered, such as a login page of a proxy. Run `kedro-azureml doctor`.",
  "network.ca_file":
    "The file of certificate authorities cannot be used. Correct SSL_CERT_FILE or `--ca-file`.",
  "network.foreign_host":
    "A token or code would go to a host that is not the cloud's. Check who can change the workspace.",
  "network.private_link":
    "The workspace only accepts private endpoints, but its name resolves to a public address. Connect to its network.",
  "network.proxy": "The proxy cannot be reached. Correct the variable that the message names.",
  "network.proxy_address": "The proxy's address is not a URL. Write http://host:port.",
  "network.proxy_login": "The proxy requires a sign-in. Set user and password in its address.",
  "network.proxy_refused": "The proxy refuses the host. Have it allowed, or add it to NO_PROXY.",
  "notification.payload":
    "A file that notifications need is not uploaded. Add it, or change the notification.",
  "notification.variable":
    "A notification reads a variable that steps lack. Pass it with `--env-var`, or set it in the image.",
  "output.not_written": "Standard output cannot be written. The message says which jobs were submitted.",
  "pack.secret":
    "A variable or parameter that looks like a secret cannot be packed. Pass a variable when the package is submitted.",
  "package.damaged": "The package was changed or cut off. Copy or pack it again.",
  "package.not_one": "The file is not a package. Use one made by `kedro-azureml pack`.",
  "package.sha256": "The package is not the one with the given SHA-256. Copy it again, and check the sum.",
  "package.unsafe": "The package has content that `pack` cannot have made. Do not use it.",
  "package.version": "Another version made the package. Pack and submit with the same version.",
  "params.missing": "No parameters file defines a parameter that a node reads. Add it, or correct its name.",
  "params.unknown": "`--params` names a parameter that the project lacks. Correct the name, or add it.",
  "pipeline.empty": "The filters leave no node of the pipeline. Change them.",
  "pipeline.no_sum":
    "Pipelines that `--pipelines` names cannot be one. Run them one after the other, or follow the hint.",
  "pipeline.repeated_node": "A node is selected twice. Name it once.",
  "pipeline.unknown": "The project has no such pipeline. Use one of those that the message lists.",
  "pipeline.unknown_dataset":
    "The pipeline has no such dataset. Correct `from_inputs` or `to_outputs`, or the option.",
  "pipeline.unknown_namespace":
    "The pipeline has no such namespace. Correct `node_namespaces` or `--namespaces`.",
  "pipeline.unknown_node": "The pipeline has no such node. Correct the filter or the option.",
  "project.encoding": "pyproject.toml is not UTF-8. Save it as UTF-8.",
  "project.missing_key": "A key is missing below [tool.kedro] in pyproject.toml. Add it.",
  "project.no_source":
    "The source folder does not exist or is outside the project. Correct `source_dir` in pyproject.toml.",
  "project.not_found": "No Kedro project was found here. Change to its folder, or use `-C`.",
  "project.not_kedro": "pyproject.toml has no [tool.kedro] section. Use `-C` with the project's folder.",
  "project.setting": "A setting of `[tool.kedro-azureml]` in pyproject.toml is invalid. Correct it.",
  "project.toml_syntax": "pyproject.toml is not valid TOML. Correct the line that the message names.",
  "project.too_old": "The project was made for a Kedro version that cannot be read. Migrate it.",
  "project.unreadable": "pyproject.toml cannot be read. Correct its permissions.",
  "rehearse.conda_packages":
    "Packages of conda were left out of the rehearsal. Use `--venv` if steps need them.",
  "rehearse.data": "`--data` does not fit an input of the job. Correct it as the message says.",
  "rehearse.environment":
    "No Python environment could be made for the steps. Install uv or Python, or use `--venv`.",
  "rehearse.fail": "`--fail` names no step. Use one of those that the hint lists.",
  "rehearse.keep": "The folder of `--keep` cannot be used. Name an empty or new one.",
  "rehearse.placeholders":
    "azureml.yml still has placeholders, which a rehearsal does not need. Fill them in before you submit.",
  "rehearse.python": "The Python of `--python` does not run. Use the path of an interpreter, or `--venv`.",
  "rehearse.requirements": "The requirements cannot be read. Use a requirements.txt or conda.yml.",
  "rehearse.windows": "Steps are bash commands, which do not run on Windows. Use WSL.",
  "report.incomplete": "A part of the report could not be read. The report says which.",
  "rerun.all_completed":
    "All steps completed, so there is nothing to rerun. Rerun the whole job as the hint says.",
  "rerun.input_unbound": "A failed step needs data that the run no longer has. Rerun the whole job.",
  "rerun.not_ended": "The run has not ended. Wait for it, or cancel it.",
  "resource.missing":
    "The embedded Kedro is missing. Run `deno task setup` in the checkout, or install again.",
  "run_history.not_found": "The workspace does not name its run history. Open the job in Azure ML studio.",
  "schedule.config": "A schedule in azureml.yml is invalid. Correct the lines that the message lists.",
  "schedule.cron": "A cron expression is invalid. Correct it.",
  "schedule.day_ignored":
    "Azure ML ignores the day of the month and the month of a cron expression. Use a recurrence.",
  "schedule.end_time": "A schedule ends before it starts, or its end is no time. Correct `end_time`.",
  "schedule.ended": "The end of a schedule has passed. Set a later `end_time`, or remove the schedule.",
  "schedule.frequency": "The frequency of a schedule is unknown. Use one of those that the message lists.",
  "schedule.hours": "An hour of a schedule is out of range. Use 0 to 23.",
  "schedule.interval": "The interval of a schedule is below 1. Correct it.",
  "schedule.leftover":
    "Azure ML has a schedule of the job that azureml.yml does not define. Run `kedro-azureml schedule delete NAME`.",
  "schedule.minutes": "A minute of a schedule is out of range. Use 0 to 59.",
  "schedule.name": "The name of a schedule is not valid. Use letters, digits, `-` and `_`.",
  "schedule.none": "The job has no schedule. Set `schedule` in azureml.yml.",
  "schedule.not_found": "The workspace has no such schedule. Run `kedro-azureml schedule list`.",
  "schedule.run_not_named":
    "The schedule was triggered, but Azure did not name the job. Run `kedro-azureml schedule runs`.",
  "schedule.same_name": "Two schedules would have the same name. Rename one.",
  "schedule.start_time": "The start of a schedule is no time. Correct `start_time`.",
  "schedule.starts_at_once":
    "A recurrence without `start_time` runs the job as soon as the schedule is created. Set `start_time`.",
  "schedule.time_zone": "Azure ML does not know the time zone. Use a Windows or IANA name.",
  "schedule.unknown": "The job refers to a schedule that azureml.yml lacks. Correct the name, or define it.",
  "schedule.week_day": "A day of the week is unknown. Use one of those that the message lists.",
  "setup.incomplete":
    "Something that the jobs need is missing and cannot be created. Each line says what to do.",
  "setup.not_confirmed":
    "Nobody agreed to the plan, so nothing was created. Pass `--yes`, or run it on a terminal.",
  "snapshot.mismatch":
    "The snapshot is of another project or environment. Write a new one with `inspect --json`.",
  "snapshot.resolver":
    "A resolver of the project cannot be asked, because a snapshot has no code. Omit `--snapshot`.",
  "snapshot.unreadable": "The snapshot cannot be read. Write a new one with `inspect --json`.",
  "snapshot.version": "Another version wrote the snapshot. Write a new one with `inspect --json`.",
  "submit.no_environment": "No environment is set. Set `execution.environment`, or pass `--aml-env`.",
  "submit.no_steps": "The job has no steps. Change the pipeline or the filters.",
  "submit.step_name": "The name of a step is not valid. Rename the node.",
  "submit.undeclared_input":
    "A dataset is neither written by a step nor in the catalog. Add it, or widen the filters.",
  "ui.port": "The page cannot be served on that port. Choose another one with `--port`, or omit it.",
  "upload.refused":
    "The storage refused the upload. Check this machine's clock and the storage account's network rules.",
  "usage.against_several": "`--against` takes one job. Compare each job separately.",
  "usage.all_and_job": "`--all` and names of jobs exclude each other. Omit one.",
  "usage.allow_unused": "`--allow` names a code that no finding has. Omit it.",
  "usage.claims_challenge": "`--claims-challenge` is not base64. Copy it whole.",
  "usage.delete_and_environment": "`--delete` needs no environment. Omit `--aml-env`.",
  "usage.display_name": "`--display-name` is not valid, or names a job that is not submitted. Correct it.",
  "usage.from_and_name": "`--from` and names exclude each other. Omit one.",
  "usage.invalid_argument": "An argument or option has an invalid value. Write it as the message says.",
  "usage.name_of_several": "`--name` takes one job. Submit each job separately.",
  "usage.needs_wait": "An option only works with `--wait`. Add it.",
  "usage.no_help": "There is no help for this name. Run `kedro-azureml --help`.",
  "usage.no_job": "No job was named. Choose one of those that the message lists.",
  "usage.no_name": "The name of a job is empty. Check the variable that holds it.",
  "usage.not_confirmed": "Nobody confirmed. Add `--yes`, or name the job.",
  "usage.output_without_html": "`--output` only works with `--html`. Add it.",
  "usage.package": "An option does not work with a package. Omit it.",
  "usage.params_file":
    "The file of `--params` cannot be used. Give it `.yml` or `.json` and key-value content.",
  "usage.pipelines": "`--pipeline` and `--pipelines` exclude each other. Use `--pipelines` for all.",
  "usage.rerun_several": "The file of `--output-file` has several jobs. Name the one to run again.",
  "usage.status": "The status is unknown. Use one of those that the hint lists.",
  "usage.unknown_option": "The command has no such option. Run it with `--help`.",
  "validate.problems": "`validate` found several problems. Fix those that it lists.",
  "workspace.name":
    "Azure does not allow the name of the workspace or resource group in azureml.yml. Correct it.",
  "workspace.subscription_id": "The subscription in azureml.yml is not an ID. Write its ID.",
  "workspace.unknown":
    "azureml.yml or the package has no such workspace. Use one of those that the message lists.",
};
