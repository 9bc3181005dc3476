import type { OfflineCheck } from "./subject.ts";

/** Checkouts of which nobody can say later what ran. */
export const checkoutState: OfflineCheck = {
  asks: "Can the code be found again?",
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
            message: `No branch is checked out, so that the job notes commit ${short} alone`,
            hint: "Set AZUREML_GIT_BRANCH to the branch's name",
          } as const,
        ]
        : []),
      ...(properties["azureml.git.dirty"] === "True"
        ? [
          {
            severity: "note",
            code: "git.dirty",
            message: `The code differs from commit ${short} that the job notes`,
            hint: "Commit what is to run",
          } as const,
        ]
        : []),
    ];
  },
};
