import type { PipelineJob, UriFolderJobOutput } from "@azure/arm-machinelearning";

/** An Azure model whose optional fields may be `undefined`, for `satisfies` before empty fields are removed. */
export type DraftOf<T> = { readonly [Field in keyof T]: T[Field] | undefined };

/** A pipeline job as sent: `assetName` of outputs (api-version 2023-04-01-preview) is newer than the package. */
export type PipelineJobModel = Omit<PipelineJob, "outputs"> & {
  readonly outputs?: Readonly<Record<string, PipelineOutputModel>>;
};

/** An output of a pipeline job as sent. */
export type PipelineOutputModel = Pick<UriFolderJobOutput, "uri" | "mode" | "description"> & {
  readonly jobOutputType: string;
  readonly assetName?: string | undefined;
};
