import { tryParse, UserError } from "../../../core/errors.ts";
import { checkAccess } from "../../service/access/access.ts";
import { parseEnvironment } from "../../job/compile/environment_ref.ts";
import type { JobSpec } from "../../job/job_spec.ts";
import { assetsOf, computesOf, type Lookups } from "../../service/assets/lookups.ts";
import type { PinnedEnvironment } from "../../service/assets/pin.ts";
import type { Workspace } from "../../service/client/workspace.ts";
import { computeFindings } from "./compute.ts";
import { errorToFindings, type Finding } from "./finding.ts";
import type { Subject } from "./subject.ts";

/**
 * Checks in Azure that everything a job names exists. Read-only; reports everything that is missing.
 *
 * @param place Returns where a value of azureml.yml is written.
 * @throws {UserError} `network.*` or `auth.*` if Azure cannot be queried at all.
 */
export async function checkOnline(
  spec: JobSpec,
  lookups: Lookups,
  place: Subject["place"],
): Promise<{ readonly findings: Finding[]; readonly environment: PinnedEnvironment | undefined }> {
  const problems: Finding[] = [];
  const attempt = async <T>(look: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await look();
    } catch (thrown) {
      if (!(thrown instanceof UserError) || CUTS_OFF.test(thrown.code)) throw thrown;
      problems.push(...errorToFindings(thrown).map((finding) => ({ ...finding, jobs: [spec.job] })));
    }
  };
  const { environment } = spec;
  const [computes, pinned] = await Promise.all([
    Promise.all(computesOf(spec).map((name) => attempt(() => lookups.compute(name)))),
    isLookedUp(environment) ? attempt(() => lookups.environment(environment!)) : undefined,
    ...assetsOf(spec).map((asset) => attempt(() => lookups.data(asset))),
  ]);
  problems.push(...computeFindings(spec, computes.filter((compute) => compute !== undefined)));
  if (pinned !== undefined && pinned.shown !== pinned.asked) {
    problems.push({
      severity: "note",
      code: "environment.pinned",
      message: `"${pinned.asked}" currently resolves to ${pinned.shown}`,
      jobs: [spec.job],
    });
  }
  const findings = problems.map((finding) => ({ ...finding, place: placeFor(finding, place) }));
  return { findings, environment: pinned };
}

/** The key of azureml.yml that a finding refers to, by the area of its code. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  environment: ["execution", "environment"],
  compute: ["compute"],
};

function placeFor({ code }: Finding, place: Subject["place"]): Finding["place"] {
  const key = KEYS[code.split(".")[0]!];
  return key && place(key);
}

const CUTS_OFF = /^(?:network|auth)\./;

/** Whether a lookup has no side effects: looking up an image would register it. An id needs no lookup. */
function isLookedUp(environment: string | undefined): boolean {
  const reference = environment === undefined ? undefined : tryParse(() => parseEnvironment(environment));
  return reference?.kind === "named" && (reference.version !== undefined || reference.label === "latest");
}

/** Checks what the signed-in identity is allowed to do in a workspace. */
export async function accessFindings(
  workspace: Workspace,
  identity: string | undefined,
): Promise<Finding[]> {
  const { access } = await checkAccess(workspace, { identity });
  return access.filter(({ right }) => right === "read_workspace" || right === "submit_jobs").flatMap(
    ({ right, answer, reason, role, error }): Finding[] => {
      if (answer === "yes") return [];
      if (error !== undefined && (right === "read_workspace" || CUTS_OFF.test(error.code))) {
        return errorToFindings(error);
      }
      return [{
        severity: answer === "no" ? "error" : "note",
        code: answer === "no" ? "access.missing" : "access.unknown",
        message: answer === "no"
          ? `This identity cannot submit jobs in workspace "${workspace.config.name}"`
          : `Could not determine whether this identity can submit jobs in workspace "${workspace.config.name}"`,
        ...(reason !== undefined && { details: [reason] }),
        ...(role !== undefined && { hint: `Ask an owner to run \`${role.command}\`` }),
      }];
    },
  );
}
