import { isAbsolute } from "node:path";
import { addTo } from "../../job/code/ignore_file.ts";
import type { Finding } from "./finding.ts";
import { eachJob, nodesOfJob, type OfflineCheck, type Subject, type Upload, uploadOf } from "./subject.ts";

/** Reports configuration that steps need but that is not uploaded. */
export const confInUpload: OfflineCheck = {
  question: "Is the configuration uploaded?",
  run(subject) {
    const upload = uploadOf(subject);
    if (upload === undefined || subject.project.folder.startsWith("..")) return [];
    const { folders, files } = subject.conf;
    const hasAny = (folder: string) =>
      [...upload.names].some((name) => name.startsWith(`${upload.inCode(folder)}/`));
    const missing = [folders.base, folders.env].filter((folder) => !hasAny(folder));
    const [first] = missing;
    if (first !== undefined && (first.startsWith("..") || isAbsolute(first))) return [outsideCode(first)];
    const leftOut = files.filter((file) =>
      !upload.has(file) && !/(?:^|\/)credentials[^/]*$/.test(file) && inOtherCase(upload, file) === undefined
    );
    return [
      ...missing.map((folder) => notUploaded(folder, upload)),
      ...leftOut.map((file): Finding => {
        const needed = neededKey(subject, file, upload);
        return {
          severity: needed === undefined ? "warning" : "error",
          code: "config.file_not_uploaded",
          message: needed === undefined
            ? `${file} is not uploaded, so steps run with a different configuration than this job was compiled with`
            : `${file} is not uploaded, but steps need its ${needed}`,
          hint: addTo(upload.ignoreFile, `!${file}`),
          place: upload.leftOutBy(file)?.place,
        };
      }),
    ];
  },
};

/** Reports passwords and tokens, by their keys, in configuration that is uploaded and that no rule for secrets finds. */
export const secretsInConf: OfflineCheck = {
  question: "Does the uploaded configuration have secrets?",
  run(subject) {
    const upload = uploadOf(subject);
    if (upload === undefined) return [];
    const isFound = (file: string, line: number | undefined) =>
      subject.secrets.some((secret) => secret.name === upload.inCode(file) && (secret.line ?? line) === line);
    return subject.conf.secrets.filter(({ place }) =>
      upload.has(place.file) && !isFound(place.file, place.line)
    )
      .map(({ key, place }): Finding => ({
        severity: "warning",
        code: "config.secret",
        message:
          `"${key}" looks like a secret, and everyone in the workspace can read ${place.file} after the upload`,
        hint:
          "Read it from a key vault in the step; if it is no secret, end its line with `# secretlint-disable-line`",
        place,
      }));
  },
};

/** A dataset or parameter of a job that no uploaded file defines, only this one. */
function neededKey(subject: Subject, file: string, upload: Upload): string | undefined {
  const onlyHere = (kind: string) =>
    [...subject.conf.keys(kind)].filter(([, files]) => files.includes(file) && !files.some(upload.has)).map((
      [key],
    ) => key);
  const used = new Set(subject.jobs.flatMap(({ spec, config }) => {
    const nodes = spec === undefined ? [] : nodesOfJob(spec, subject.snapshot);
    const given = Object.keys(config.params ?? {});
    return nodes.flatMap(({ inputs, outputs }) => [...inputs, ...outputs])
      .filter((name) => !given.some((key) => `${name}.`.startsWith(`params:${key}.`)));
  }));
  const parameter = onlyHere("parameters").find((key) =>
    [...used].some((name) => name === `params:${key}` || name.startsWith(`params:${key}.`))
  );
  if (parameter !== undefined) return `parameter "${parameter}"`;
  const keys = new Set(onlyHere("catalog"));
  const dataset = [...used].find((name) => keys.has(subject.conf.factoryOf(name) ?? name));
  return dataset === undefined ? undefined : `dataset "${dataset}"`;
}

function notUploaded(folder: string, upload: Upload): Finding {
  const severity = "error";
  // Windows and macOS find a folder whose name differs in case.
  const found = inOtherCase(upload, folder);
  if (found !== undefined) {
    return {
      severity,
      code: "config.case",
      message: `"${folder}" is named "${found}" on disk, and the compute distinguishes upper and lower case`,
      hint: `Rename "${found}" to "${folder}"`,
    };
  }
  return {
    severity,
    code: "config.not_uploaded",
    message: `No file of ${folder} is uploaded, and Kedro does not start without that folder`,
    hint: addTo(upload.ignoreFile, `!${folder}/**`),
  };
}

function outsideCode(folder: string): Finding {
  const isInImage = isAbsolute(folder);
  return {
    severity: isInImage ? "warning" : "error",
    code: "config.not_uploaded",
    message: `Configuration folder ${folder} is outside the code folder, so steps do not have it${
      isInImage ? ", unless the image does" : ""
    }`,
    hint: "Add a link to it to the project, such as `conf`, and set CONF_SOURCE in settings.py to that link",
  };
}

/** An uploaded file or folder whose path differs only in case. */
function inOtherCase({ names, inCode }: Upload, projectPath: string): string | undefined {
  const path = inCode(projectPath);
  const lower = path.toLowerCase();
  const other = [...names].find((name) => `${name.toLowerCase()}/`.startsWith(`${lower}/`));
  const start = other?.slice(0, path.length);
  return start === path ? undefined : start;
}

/** Reports credentials that the catalog uses but that are not uploaded: Kedro then cannot load the catalog at all. */
export const catalogCredentials = eachJob(
  "Does every step have the credentials that the catalog uses?",
  (_, subject) => {
    const upload = uploadOf(subject);
    if (upload === undefined) return [];
    const { credentials } = subject.conf;
    const isThere = (name: string) => (credentials.get(name) ?? []).some(upload.has);
    const uses = Object.entries(subject.snapshot.catalog).flatMap(([dataset, entry]) =>
      namesOf(entry).map((name) => ({ name, dataset }))
    );
    const hook = subject.source.placeOf(/def after_context_created\b/);
    const wanted = Map.groupBy(uses.filter(({ name }) => !isThere(name)), ({ name }) => name);
    return [...wanted].map(([name, datasets]): Finding => {
      const files = credentials.get(name) ?? [];
      return {
        severity: hook === undefined ? "error" : "warning",
        code: "dataset.credentials",
        message: (files.length === 0
          ? `The catalog uses credentials "${name}", which no configuration file defines, so Kedro cannot load the catalog`
          : `Credentials "${name}" are in ${files.join(" and ")}, which ${
            files.length === 1 ? "is" : "are"
          } not uploaded, so Kedro cannot load the catalog in steps`) +
          (hook === undefined ? "" : `, unless the hook in ${hook.file}:${hook.line} adds them`),
        hint:
          `Add "${name}" to a credentials.yml that is uploaded, with \${oc.env:NAME} values, and pass them with \`--env-var\``,
        details: datasets.map(({ dataset }) =>
          `dataset "${dataset}"`
        ),
        place: subject.conf.placeOfDataset(datasets[0]!.dataset),
      };
    });
  },
);

function namesOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    // Credentials that stand in the catalog itself are masked.
    key === "credentials" && typeof child === "string" ? child === "[hidden]" ? [] : [child] : namesOf(child)
  );
}
