import { isAbsolute } from "node:path";
import { dirname } from "node:path/posix";
import { CODE_LIMITS } from "../../core/azure_limits.ts";
import { UserError } from "../../core/errors.ts";
import { bytesOf, countText } from "../../core/format.ts";
import { isCredentialsFile } from "../../core/secrets.ts";
import { isOutside, shownName } from "../../core/untrusted.ts";
import type { CodeFile } from "../job/code/file.ts";
import { addTo } from "../job/code/ignore.ts";
import type { SecretFile } from "./secrets_in_upload.ts";
import { errorToFindings, type Finding, type Severity, warningToFinding } from "./finding.ts";
import {
  type Check,
  eachJob,
  nodesOfJob,
  projectRow,
  selectionOf,
  type Subject,
  type Upload,
  uploadOf,
} from "./subject.ts";

type CodeSubject = Pick<Subject, "code" | "secrets" | "place">;

const MIB = 1024 * 1024;
/** Size limits, largest first; the first one exceeded determines the warning. */
const SIZES: readonly { readonly bytes: number; readonly code: string; readonly what: string }[] = [
  {
    bytes: CODE_LIMITS.bytes,
    // code.snapshot_size: The code is larger than the 300 MB that Microsoft documents. Add data and results
    //   to .amlignore.
    code: "code.snapshot_size",
    what: `Microsoft documents a limit of ${CODE_LIMITS.bytes / 1e6} MB, and every step downloads it`,
  },
  // code.large: The code is larger than Azure ML accepts by default. Add data and results to .amlignore.
  { bytes: 100 * MIB, code: "code.large", what: "every step downloads it" },
];

const codeSelected: Check<CodeSubject> = {
  asks: "Can the code be uploaded?",
  run({ code, place }) {
    if (code === undefined) return [];
    if (code instanceof UserError) {
      const codePlace = place(["execution", "code_directory"]);
      return errorToFindings(code).map((finding) => ({ ...finding, place: finding.place ?? codePlace }));
    }
    return code.warnings.map(warningToFinding);
  },
};

export const projectInUpload: Check = {
  asks: "Is the project uploaded?",
  run(subject) {
    const selection = selectionOf(subject);
    if (selection === undefined) return [];
    const { project: { folder, packageFolder, packageName }, place } = subject;
    const codePlace = place(["execution", "code_directory"]);
    if (folder !== "") {
      return [{
        // Not an error: an image can change the folder before it runs a step.
        severity: "warning",
        // code.not_the_project: The code folder is not the project's folder, so steps do not find
        //   pyproject.toml. Change `execution.code_directory`.
        code: "code.not_the_project",
        message: /^(\.\.\/?)+$/.test(folder)
          ? "The code folder is inside the project, so steps will not find pyproject.toml, unless the image starts them elsewhere"
          : isOutside(folder)
          ? "The code folder is outside the project, so steps will not find pyproject.toml, unless the image starts them elsewhere"
          : `The code folder contains the project in ${folder}, so steps start in a folder without pyproject.toml, unless the image starts them elsewhere`,
        hint:
          'Set `execution.code_directory` to "." in azureml.yml, and exclude what is not needed in .amlignore',
        place: codePlace,
      }];
    }
    const names = selection.files.map(({ name }) => name);
    const missing: Finding[] = [];
    const upload = uploadOf(subject)!;
    const lacks = (code: string, message: string, path: string, severity: Severity = "error") =>
      missing.push({
        severity,
        code,
        message,
        hint: addTo(selection.ignoreFile, `!${path}`),
        place: upload.leftOutBy(path.replace(/\/\*\*$/, ""))?.place,
      });
    if (!names.includes("pyproject.toml")) {
      lacks(
        // code.no_pyproject: pyproject.toml is not uploaded, so Kedro does not start. Add a `!` line to
        //   .amlignore.
        "code.no_pyproject",
        "pyproject.toml is not uploaded, so steps will not find the project",
        "pyproject.toml",
      );
    }
    if (!names.some((name) => name.startsWith(`${packageFolder}/`))) {
      // Kedro starts if the source folder is there, and an installed package can be in another place.
      const sourceFolder = dirname(packageFolder);
      const hasSource = names.some((name) => sourceFolder === "." || name.startsWith(`${sourceFolder}/`));
      lacks(
        // code.no_source: The project's package is not uploaded. Add a `!` line to .amlignore.
        "code.no_source",
        `No file of package ${packageName} (${packageFolder}) is uploaded${
          hasSource ? ", so the image must have it" : ""
        }`,
        `${packageFolder}/**`,
        hasSource ? "warning" : "error",
      );
    }
    return missing;
  },
};

const uploadSize: Check<CodeSubject> = {
  asks: "Is the upload small enough?",
  run(subject) {
    const selection = selectionOf(subject);
    if (selection === undefined) return [];
    const { files } = selection;
    const bytes = bytesOf(files);
    const size = SIZES.find((size) => bytes > size.bytes);
    const largest = files.reduce((a, b) => b.sizeBytes > a.sizeBytes ? b : a);
    return [
      ...(size === undefined ? [] : [
        {
          severity: "warning",
          code: size.code,
          message: `The code is ${mebibytes(bytes)} in ${countText(files.length, "file")}, of which "${
            shownName(largest.name)
          }" is ${mebibytes(largest.sizeBytes)}; ${size.what}`,
          hint: `${
            addTo(selection.ignoreFile, shownName(largest.name.replace(/\/[^]*$/, "/")))
          } if no step needs it`,
        } as const,
      ]),
      ...(files.length <= CODE_LIMITS.files ? [] : [
        {
          severity: "warning",
          // code.many_files: Very many files would be uploaded. Add folders that the job does not need to
          //   .amlignore.
          code: "code.many_files",
          message:
            `The code has ${files.length} files; Microsoft documents a limit of ${CODE_LIMITS.files}. Most are in ${
              fullest(files)
            }`,
          hint: `${addTo(selection.ignoreFile, fullest(files))} if no step needs it`,
        } as const,
      ]),
    ];
  },
};

function fullest(files: readonly CodeFile[]): string {
  const counts = new Map<string, number>();
  for (const { name } of files) {
    const folder = name.replace(/\/[^]*$/, "/");
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return shownName([...counts].reduce((a, b) => b[1] > a[1] ? b : a)[0]);
}

function mebibytes(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}

// code.secret: A file that looks like a secret would be uploaded. Add it to .amlignore, or allow it.
const secretFiles = projectRow<SecretFile & { exclude: string }, CodeSubject>("code.secret", {
  asks: "Are secrets excluded?",
  severity: ({ isUnsearched }) => isUnsearched ? "warning" : "error",
  find: (subject) =>
    subject.secrets.map((secret) => ({
      ...secret,
      exclude: addTo(selectionOf(subject)?.ignoreFile, shownName(secret.name)),
    })),
  says: ({ name, target, reason, line, isUnsearched }) =>
    isUnsearched
      ? `"${shownName(name)}" was not searched for secrets: too many files look as if they had one`
      : `"${shownName(name)}"${target === undefined ? "" : `, a link to "${shownName(target)}",`} ${
        line === undefined ? "looks like" : "contains"
      } ${reason} and must not be uploaded`,
  hint: ({ line, exclude }) =>
    `${
      line === undefined ? exclude : `Remove it from line ${line}, or ${exclude.replace("Add", "add")}`
    }; if it is no secret, use \`--allow code.secret\``,
  place: ({ name, line }) => line === undefined ? undefined : { file: shownName(name), line },
});

export const CODE_CHECKS: readonly Check<CodeSubject>[] = [
  codeSelected,
  uploadSize,
  secretFiles,
];

export const confInUpload: Check = {
  asks: "Is the configuration uploaded?",
  run(subject) {
    const upload = uploadOf(subject);
    if (upload === undefined || isOutside(subject.project.folder)) return [];
    const { folders, files } = subject.conf;
    const missing = [folders.base, folders.env].filter((folder) => !upload.hasAnyBelow(folder));
    const [first] = missing;
    if (first !== undefined && isOutside(first)) return [outsideCode(first)];
    const leftOut = files.filter((file) =>
      !upload.has(file) && !isCredentialsFile(file) && inOtherCase(upload, file) === undefined
    );
    return [
      ...missing.map((folder) => notUploaded(folder, upload)),
      ...leftOut.map((file): Finding => {
        const needed = neededKey(subject, file, upload);
        return {
          severity: needed === undefined ? "warning" : "error",
          // config.file_not_uploaded: A configuration file is not uploaded, so steps run with other values.
          //   Add a `!` line to .amlignore.
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

// By their keys; no rule for secrets finds them.
// config.secret: A key of the uploaded configuration looks like a secret, which everyone in the workspace can
//   read. Read it from a key vault in the step; if it is none, end its line with `# secretlint-disable-line`.
export const secretsInConf = projectRow("config.secret", {
  asks: "Does the uploaded configuration have secrets?",
  severity: "warning",
  find(subject) {
    const upload = uploadOf(subject);
    if (upload === undefined) return [];
    const isFound = (file: string, line: number | undefined) =>
      subject.secrets.some((secret) => secret.name === upload.inCode(file) && (secret.line ?? line) === line);
    return subject.conf.secrets
      .filter(({ place }) => upload.has(place.file) && !isFound(place.file, place.line));
  },
  says: ({ key, place }) =>
    `"${key}" looks like a secret, and everyone in the workspace can read ${place.file} after the upload`,
  hint:
    "Read it from a key vault in the step; if it is no secret, end its line with `# secretlint-disable-line`",
  place: ({ place }) => place,
});

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
      // config.case: A configuration folder has another case on disk than its name. Rename it.
      code: "config.case",
      message: `"${folder}" is named "${found}" on disk, and the compute distinguishes upper and lower case`,
      hint: `Rename "${found}" to "${folder}"`,
    };
  }
  return {
    severity,
    // config.not_uploaded: No file of an environment is uploaded, and Kedro does not start without its
    //   folder. Change the ignore file.
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
    // A hook may add them, or the code may do without, by changing a function of Kedro.
    const hook = subject.source.placeOf(/def after_context_created\b|\b_get_credentials\b/);
    const wanted = Map.groupBy(uses.filter(({ name }) => !isThere(name)), ({ name }) => name);
    return [...wanted].map(([name, datasets]): Finding => {
      const files = credentials.get(name) ?? [];
      return {
        severity: hook === undefined ? "error" : "warning",
        // dataset.credentials: Kedro cannot load the catalog in steps, because credentials are missing there.
        //   Write `${oc.env:NAME}` into a credentials.yml that is uploaded, and pass `--env-var NAME=VALUE`.
        code: "dataset.credentials",
        message: (files.length === 0
          ? `The catalog uses credentials "${name}", which no configuration file defines, so Kedro cannot load the catalog`
          : `Credentials "${name}" are in ${files.join(" and ")}, which ${
            files.length === 1 ? "is" : "are"
          } not uploaded, so Kedro cannot load the catalog in steps`) +
          (hook === undefined ? "" : `, unless the code in ${hook.file}:${hook.line} adds them`),
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
