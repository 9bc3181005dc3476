import type { OfflineCheck } from "./subject.ts";

/** Reports checkouts from which a run cannot be reproduced: a detached HEAD, uncommitted changes. */
export const checkoutState: OfflineCheck = {
  question: "Can the run be reproduced from git?",
  run({ properties }) {
    const branch = properties["mlflow.source.git.branch"];
    const commit = properties["mlflow.source.git.commit"];
    if (commit === undefined) return [];
    const short = commit.slice(0, 12);
    return [
      ...(branch === undefined
        ? [
          {
            severity: "note",
            code: "git.detached",
            message: `No branch is checked out, so the job records only commit ${short}`,
            hint: "Set AZUREML_GIT_BRANCH to the branch name",
          } as const,
        ]
        : []),
      ...(properties["azureml.git.dirty"] === "True"
        ? [
          {
            severity: "note",
            code: "git.dirty",
            message: `There are uncommitted changes; the job records commit ${short} without them`,
            hint: "Commit the changes",
          } as const,
        ]
        : []),
    ];
  },
};
