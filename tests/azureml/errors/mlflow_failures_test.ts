import { testAdvice } from "./advice_cases.ts";

testAdvice({
  "too many parameters for MLflow":
    "mlflow.exceptions.RestException: BAD_REQUEST: Response: {'Error': {'Code': 'ValidationError', 'Severity': None, 'Message': 'Field Parameters is over the size limit. FieldName=Parameters, Limit=100, Size=148. See https://aka.ms/azure-machine-learning-service-limits', 'MessageFormat': None}}",
  "too many metrics for MLflow":
    "MlflowException: API request to https://eastus.api.azureml.ms/mlflow/v1.0/subscriptions/s/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws/api/2.0/mlflow/runs/log-batch failed with exception: Max retries exceeded (Caused by ResponseError('too many 429 error responses'))",
  "a run of another workspace":
    "mlflow.exceptions.RestException: RESOURCE_DOES_NOT_EXIST: Run with id=2bf891a5-5cb5-4e0e-8615-5b6ad4bd3504 not found",
  "an MLflow without azureml-mlflow":
    "UnsupportedModelRegistryStoreURIException:  Model registry functionality is unavailable; got unsupported URI 'azureml://northeurope.experiments.azureml.net/mlflow/v1.0/subscriptions/s?' for model registry data storage.",
  "an MLflow experiment other than the job's":
    "MlflowException: Cannot start run with ID 1b34 because active run ID does not match environment run ID. Make sure --experiment-name or --experiment-id matches experiment set with set_experiment(), or just use command-line arguments",
  "a second run of MLflow":
    "Exception: Run with UUID 1b34d40cbfad4ee781910b20a46da9b9 is already active. To start a new run, first end the current run with mlflow.end_run(). To start a nested run, call start_run with nested=True",
  "a changed parameter in the words of MLflow":
    "MlflowException: INVALID_PARAMETER_VALUE: Changing param values is not allowed. Param with key='model.depth' was already logged with value='3' for run ID='642ca'. Attempted logging new value '5'.",
  "a changed parameter in the words of Azure ML":
    "mlflow.exceptions.RestException: INVALID_PARAMETER_VALUE: Response: {'Error': {'Code': 'ValidationError', 'Severity': None, 'Message': 'A given key of Parameters can not modify its value after it is set', 'MessageFormat': None}}",
  "a file already in the run":
    "Exception: UserError: Resource Conflict: ArtifactId ExperimentRun/dcid.1b34/model/MLmodel already exists.",
  "an MLflow server that does not answer":
    "MlflowException: API request to https://eastus2.api.azureml.ms/mlflow/v1.0/x failed with exception HTTPSConnectionPool(host='eastus2.api.azureml.ms', port=443): Read timed out. (read timeout=120)",
  "more parameters than a run may have":
    "mlflow.exceptions.RestException: INVALID_PARAMETER_VALUE: Response: {'Error': {'Code': 'ValidationError', 'Message': 'A field of the entity is over the size limit. FieldName=Parameters, Limit=200, Size=207. See https://aka.ms/azure-machine-learning-limits'}}",
  "a too long value":
    "A field of the entity is over the size limit. FieldName=RunDto.Properties.Value/Length, Limit=550000, Size=697351",
  "a too large metric":
    "ServiceException: Code: 400 Message: (ValidationError) Metric Document is too large, 3650b is larger than the max metric size 3000b.",
}, import.meta.url);
