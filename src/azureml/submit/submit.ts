import { onceEach } from "../../core/async.ts";
import { bytesOf } from "../../core/format.ts";
import { UserError, type Warning } from "../../core/errors.ts";
import type { RunStatus, SentRun } from "../../core/runs.ts";
import {
  downgradeAllowed,
  type Finding,
  findingsError,
  findingToWarning,
  mergeFindings,
} from "../checks/finding.ts";
import { computeFindings } from "../checks/online.ts";
import { requestLimit } from "../client/pace.ts";
import type { Workspace } from "../client/workspace.ts";
import { type JobBody, jobBody, type Pinned } from "../job/body.ts";
import { OWN_FILE, OWN_FOLDER } from "../job/code/exclusions.ts";
import type { PreparedCode } from "../job/code/select.ts";
import type { JobSpec } from "../job/job_spec.ts";
import {
  assetsOf,
  computesOf,
  type LookupEvent,
  type Lookups,
  openLookups,
  type PinnedEnvironment,
} from "../resources/pin.ts";
import { type PreparedJob, requireSame } from "../runs/job_changes.ts";
import type { UploadProgress } from "../storage/put_files.ts";
import { sendJob } from "./send_job.ts";
import {
  codeId,
  findCode,
  prepareUpload,
  uploadCode,
  type UploadGrant,
  type UploadMemory,
} from "./upload.ts";
import {
  componentsOf,
  isAboutComponents,
  type KnownComponents,
  knownOf,
  registerComponents,
} from "./components.ts";

/** A job that is ready to be sent, with its components in Azure ML. */
interface RegisteredJob extends PreparedJob {
  readonly known: KnownComponents;
}

export function openSubmitter(workspace: Workspace, options: {
  readonly experiment: string;
  /** The code in a project folder, selected and hashed once. */
  readonly code: (directory: string) => Promise<PreparedCode>;
  /** Properties of every job, such as git information. */
  readonly properties: Readonly<Record<string, string>>;
  /** Tags of a job of azureml.yml, such as those of the CI run (default: none). */
  readonly tags?: (job: string) => Readonly<Record<string, string>>;
  readonly onEvent: (event: SubmitEvent) => void;
  /** Stores unfinished uploads (default: not stored). */
  readonly uploads?: UploadMemory;
  /** Whether warnings about resources in Azure also prevent submitting. */
  readonly strict?: boolean | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly inAzure?: ChecksInAzure | undefined;
  /** Components of a job that was sent earlier, which probably exist (default: none). */
  readonly knownComponents?: (job: string) => Promise<KnownComponents>;
  /** Called before a job is sent, so that its name is recorded even if the response is lost. */
  readonly beforeSending?: (job: SendingJob, body: JobBody) => Promise<void>;
}): Submitter {
  const { onEvent } = options;
  const limit = requestLimit(workspace);
  const lookups = openLookups(workspace, onEvent, limit);
  const findInAzure = onceEach(async (directory: string) =>
    await findCode(workspace, await options.code(directory))
  );
  const containers = new Map<string, Promise<UploadGrant | undefined>>();
  const code = onceEach(async (directory: string) => {
    const prepared = await options.code(directory);
    const grant = containers.get(directory);
    const { id, wasThere } = await uploadCode(workspace, prepared, {
      found: findInAzure(directory),
      ...(grant && { grant }),
      onUploaded: (event) => onEvent({ type: "upload", ...event }),
      ...(options.uploads && { memory: options.uploads }),
    });
    const sizeBytes = bytesOf(prepared.files);
    const own = prepared.leftOut.filter(({ reason }) => reason === OWN_FILE || reason === OWN_FOLDER);
    onEvent({
      type: "code",
      id,
      files: prepared.files.length,
      sizeBytes,
      wasThere,
      ...(own.length > 0 && { own: own.map(({ name }) => name) }),
    });
    return id;
  });

  /** Saves a round trip where the code is probably not in Azure ML; a failure is reported by the upload. */
  function prepareContainer(directory: string): void {
    if (containers.has(directory)) return;
    const prepared = options.code(directory).then((code) => prepareUpload(workspace, code, options.uploads));
    containers.set(directory, prepared.catch(() => undefined));
  }

  /** Looks up everything a job refers to, in parallel. @param isChecked Whether a job that would fail is refused. */
  async function lookUp(spec: JobSpec, isChecked: boolean): Promise<Omit<Pinned, "code">> {
    const [computes, data] = [computesOf(spec), assetsOf(spec)];
    // Started early to save a round trip; a failure is reported where the result is awaited.
    if (spec.codeDirectory !== undefined) findInAzure(spec.codeDirectory).catch(() => {});
    const [, found, pinned, dataIds] = await Promise.all([
      lookups.workspace(),
      Promise.all(computes.map(lookups.compute)),
      lookups.environment(spec.environment!),
      Promise.all(data.map(lookups.data)),
      spec.codeDirectory === undefined ? undefined : options.code(spec.codeDirectory),
    ]).catch(async (thrown) => {
      const isMissing = ({ code }: { code: string }) =>
        /^(?:compute|data|environment)\.not_found$/.test(code);
      if (!(thrown instanceof UserError) || !isMissing(thrown)) throw thrown;
      const all = await options.inAzure?.missing(spec, lookups) ?? [];
      throw findingsError("submit", mergeFindings(all.filter(isMissing)), { jobs: [spec.job] }) ?? thrown;
    });
    if (isChecked) await check(spec, found, pinned);
    const ids = new Map(found.map(({ name, id }) => [name, id]));
    const assets = new Map(data.map(({ path }, at) => [path, dataIds[at]!]));
    return {
      environment: pinned.reference,
      computeId: (name) => ids.get(name)!,
      dataId: (path) => assets.get(path)!,
    };
  }

  async function check(
    spec: JobSpec,
    computes: Parameters<typeof computeFindings>[1],
    environment: PinnedEnvironment,
  ): Promise<void> {
    const findings = [
      ...computeFindings(spec, computes),
      ...await options.inAzure?.environment(spec, environment) ?? [],
    ].map(downgradeAllowed(options.allow ?? []));
    const error = findingsError("submit", findings, options);
    if (error !== undefined) throw error;
    for (const finding of findings) onEvent({ type: "warnings", warnings: [findingToWarning(finding)] });
  }

  async function register(
    spec: JobSpec,
    pinned: Pinned,
    known: KnownComponents = new Map(),
  ): Promise<RegisteredJob> {
    let [done, there] = [0, 0];
    const onDone = (wasThere: boolean) => {
      if (wasThere) there++;
      onEvent({ type: "component", job: spec.job, done: ++done, there, total: spec.steps.length });
    };
    const components = componentsOf(workspace, spec, pinned);
    const ids = await registerComponents(workspace, components, { limit, known, onDone });
    return {
      body: bodyOf(spec, pinned, ids),
      components: new Map(components.map(({ step, spec }) => [ids.get(step.key)!, spec])),
      known: knownOf(components, ids),
    };
  }

  function bodyOf(spec: JobSpec, pinned: Pinned, components: ReadonlyMap<string, string>): JobBody {
    return jobBody(spec, pinned, {
      componentId: (key) => components.get(key)!,
      fallbackExperiment: options.experiment,
      properties: options.properties,
      tags: options.tags?.(spec.job) ?? {},
    });
  }

  /** @param codeOf Returns the id of the code in a folder (default: refuses a job that would fail, and uploads it). */
  async function pin(spec: JobSpec, codeOf?: (directory: string) => Promise<string>): Promise<Pinned> {
    const found = await lookUp(spec, codeOf === undefined);
    return {
      ...found,
      code: spec.codeDirectory === undefined ? undefined : await (codeOf ?? code)(spec.codeDirectory),
    };
  }

  async function prepare(spec: JobSpec): Promise<JobBody> {
    const pinned = await pin(spec);
    return (await register(spec, pinned)).body;
  }

  async function preview(spec: JobSpec): Promise<PreparedJob> {
    const pinned = await pin(
      spec,
      async (directory) => codeId(workspace, await options.code(directory), await findInAzure(directory)),
    );
    const components = componentsOf(workspace, spec, pinned);
    return {
      body: bodyOf(spec, pinned, new Map(components.map(({ step, id }) => [step.key, id]))),
      components: new Map(components.map((component) => [component.id, component.spec])),
    };
  }

  return {
    prepare,
    preview,
    async submit(spec, { name } = {}) {
      let pinned: Pinned | undefined;
      let known: KnownComponents = new Map();
      let registered: RegisteredJob | undefined;
      const sent = await sendJob(workspace, {
        name,
        async body() {
          // Started early to save a round trip: the job is sent with a second token.
          workspace.prepareToken(workspace.cloud.mlScope);
          known = await options.knownComponents?.(spec.job) ?? known;
          if (known.size === 0 && spec.codeDirectory !== undefined) prepareContainer(spec.codeDirectory);
          pinned = await pin(spec);
          registered = await register(spec, pinned, known);
          return registered.body;
        },
        async mend(thrown) {
          if (pinned === undefined || known.size === 0 || !isAboutComponents(thrown)) return undefined;
          registered = await register(spec, pinned);
          return registered.body;
        },
        requireSame: async (there, sent) =>
          requireSame(workspace, there, sent === undefined ? await preview(spec) : registered!),
        async beforeSending(job, body) {
          const sending = { job: spec.job, ...job, components: registered!.known };
          await options.beforeSending?.(sending, body);
          onEvent({ type: "sending", job: spec.job, name: job.name, url: job.studioUrl });
        },
      });
      return {
        job: spec.job,
        name: sent.name,
        status: sent.job.status,
        studioUrl: sent.studioUrl,
        id: `${workspace.id}/jobs/${sent.name}`,
        properties: sent.body.properties,
        components: registered?.known ?? new Map(),
        wasThere: sent.wasThere,
      };
    },
  };
}

export type SubmitEvent =
  | LookupEvent
  /** Warnings of which those with the same cause are told once. */
  | { readonly type: "warnings"; readonly warnings: readonly Warning[] }
  | { readonly type: "upload" } & UploadProgress
  | {
    readonly type: "code";
    readonly id: string;
    readonly files: number;
    readonly sizeBytes: number;
    readonly wasThere: boolean;
    /** What was not uploaded because this program wrote it. */
    readonly own?: readonly string[];
  }
  | {
    readonly type: "component";
    readonly job: string;
    /** Components that exist now. */
    readonly done: number;
    /** How many of them were not sent, because the last job has them. */
    readonly there: number;
    readonly total: number;
  }
  | { readonly type: "sending"; readonly job: string; readonly name: string; readonly url: string };

export interface SubmittedJob extends SentRun {
  /** Whether the same job already existed under the requested name, so that nothing was sent. */
  readonly wasThere: boolean;
  readonly status: RunStatus;
  readonly id: string;
  readonly properties: JobBody["properties"];
  readonly components: KnownComponents;
}

export interface SendingJob extends SentRun {
  readonly components?: KnownComponents;
}

/** Checks of a job by what there is in Azure and in the project's files. */
export interface ChecksInAzure {
  /** Finds what a job needs and its environment does not have. */
  environment(spec: JobSpec, environment: PinnedEnvironment): Promise<readonly Finding[]>;
  /** Finds all that a job names and the workspace does not have, each with the place of the name. */
  missing(spec: JobSpec, lookups: Lookups): Promise<readonly Finding[]>;
}

export interface Submitter {
  /**
   * Checks, uploads and registers everything a job needs, and returns the job's body; the job itself is not sent.
   *
   * @throws {UserError} as {@linkcode Submitter.submit}.
   */
  prepare(spec: JobSpec): Promise<JobBody>;
  /**
   * Looks up everything a job refers to, and returns what would be sent; uploads neither code nor components.
   *
   * @throws {UserError} as {@linkcode Submitter.submit}.
   */
  preview(spec: JobSpec): Promise<PreparedJob>;
  /**
   * Checks, uploads, registers and sends one job; lookups of earlier jobs are reused.
   *
   * @param options.name The job's name in Azure ML; if the same job already exists there, it is returned.
   * @throws {UserError} `submit.*` before anything is sent, `job.other` if a different job has the name, `azure.*`,
   *   `compute.*`, `environment.*`, `data.*`, `code.*`, `upload.*`.
   */
  submit(spec: JobSpec, options?: { readonly name?: string | undefined }): Promise<SubmittedJob>;
}
