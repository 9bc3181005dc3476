/** First line of the file with the emulator's CA certificate, by which the file is left out of uploaded code. */
export const AUTHORITY_HEADER = "# CA certificate of a kedro-azureml emulator";
