import type { Finding } from "./finding.ts";
import { eachJob, selectionOf } from "./subject.ts";

/** Variables that hold a webhook or token, and that no step has. */
export const notificationVariables = eachJob(
  "Can notifications be sent?",
  (_, { config, passedVariables, place }, { config: job }) => {
    const name = job.notifications;
    const definition = name === null ? undefined : config.notifications[name];
    if (definition === undefined) return [];
    const keys = ["webhook_env", "token_env"] as const;
    return keys.flatMap((key): Finding[] => {
      const variable = definition[key];
      if (variable === null || passedVariables.includes(variable)) return [];
      return [{
        severity: "warning",
        code: "notification.variable",
        message: `Steps do not have the variable ${variable} that notification "${name}" takes its ${
          key === "webhook_env" ? "address" : "token"
        } from, unless their environment sets it`,
        hint: `Pass it with \`--env-var ${variable}=VALUE\`, or set it in the image`,
        place: place(["notifications", name!, key]),
      }];
    });
  },
);

/** A function of the project that is not there. */
export const notificationPayload = eachJob(
  "Is the function there that writes notifications?",
  (_, subject, { config: job }) => {
    const name = job.notifications;
    const payload = name === null ? null : subject.config.notifications[name]?.payload ?? null;
    const selection = selectionOf(subject);
    const { packageFolder, packageName } = subject.project;
    const [module = ""] = (payload ?? "").split(":");
    if (selection === undefined || (module !== packageName && !module.startsWith(`${packageName}.`))) {
      return [];
    }
    const path = `${packageFolder}${module.slice(packageName.length).replaceAll(".", "/")}`;
    const isThere = selection.files.some((file) =>
      file.name === `${path}.py` || file.name === `${path}/__init__.py`
    );
    return isThere ? [] : [{
      severity: "warning",
      code: "notification.payload",
      message:
        `There is no module ${module} among the uploaded files, from which notification "${name}" takes its text`,
      hint: `Change \`notifications.${name}.payload\` in azureml.yml`,
      place: subject.place(["notifications", name!, "payload"]),
    }];
  },
);
