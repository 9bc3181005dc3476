import type { PipelineJob, UriFolderJobOutput } from "@azure/arm-machinelearning";

/** A model of Azure's before its empty fields are left out: for `satisfies`, which checks a body as it is written. */
export type DraftOf<T> = { readonly [Field in keyof T]: T[Field] | undefined };

/** A pipeline job as it is sent: `assetName` of outputs came with api-version 2023-04-01-preview, after the package. */
export type PipelineJobModel = Omit<PipelineJob, "outputs"> & {
  readonly outputs?: Readonly<Record<string, PipelineOutputModel>>;
};

/** An output of a pipeline job as it is sent. */
export type PipelineOutputModel = Pick<UriFolderJobOutput, "uri" | "mode" | "description"> & {
  readonly jobOutputType: string;
  readonly assetName?: string | undefined;
};
