/** Which layer may import which. Circles of files and folders: `tests/scripts/import_circles_test.ts`. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  cli: ["app", "core"],
  app: ["azureml", "emulator", "credentials", "kedro", "config", "page", "core"],
  azureml: ["kedro", "config", "core"],
  emulator: ["core"],
  credentials: ["core"],
  kedro: ["core"],
  config: ["core"],
  system: ["core"],
  page: ["core"],
  core: [],
};

/** Layers of which a layer may import types only: `cli` renders what they define, and calls `app`. */
const MAY_IMPORT_TYPES: Record<string, readonly string[]> = {
  cli: ["azureml", "emulator", "credentials", "kedro", "config", "page"],
};

/** Where each third-party package may be imported; a value is the start of a path below `src/`. */
const ONLY_IMPORTER: Record<string, readonly string[]> = {
  "@secretlint/secretlint-rule-preset-recommend": ["azureml/checks/secret_forms.ts"],
  "yaml": [
    "config/omegaconf/yaml",
    "config/write_yaml.ts",
    "app/setup/rewrite_catalog.ts",
    "emulator/state/seed.ts",
  ],
  "zod": [
    "config/schema.ts",
    "emulator/arm/shapes.ts",
    "emulator/http/refusal.ts",
    "azureml/submit/job_package_format.ts",
  ],
  "fastest-levenshtein": ["core/suggest.ts"],
  "smol-toml": ["kedro/project.ts"],
  "commander": ["cli/"],
  "@peculiar/x509": ["emulator/certificate.ts"],
  "reflect-metadata": ["emulator/certificate.ts"],
  "pyodide": ["kedro/"],
  "@azure/identity": ["credentials/"],
  "@azure/msal-node": ["credentials/"],
  "node-forge": ["credentials/pfx.ts"],
  "log-update": ["system/terminal.ts"],
  "p-limit": ["azureml/", "emulator/runner/", "kedro/"],
  "@azure/arm-machinelearning": ["azureml/"],
  "@azure/core-xml": ["azureml/storage/blobs.ts"],
  "@zip.js/zip.js": ["azureml/submit/job_package.ts"],
  "croner": ["azureml/schedules/next_times.ts"],
  "rrule-temporal": ["azureml/schedules/next_times.ts"],
  "windows-iana": ["azureml/schedules/time_zones.ts", "emulator/arm/shapes.ts"],
  "temporal-polyfill": ["azureml/schedules/"],
  "diff": ["app/setup/migrate.ts", "app/setup/rewrite_catalog.ts"],
  "@azure/core-rest-pipeline": ["core/net/"],
  "@dagrejs/dagre": ["page/graph_layout.ts"],
  "anser": ["page/widgets/ansi.ts"],
  "preact": ["page/widgets/", "page/client/"],
};

/**
 * Code that is bundled for elsewhere, and all that it may import: with more of the program, Node's modules and large
 * packages would come along.
 */
const BUNDLES: readonly { readonly of: readonly string[]; readonly from: readonly string[] }[] = [
  // For browsers, by `scripts/build/page_client.ts`.
  {
    of: ["page/client/", "page/widgets/", "page/graph_", "page/view.ts"],
    from: ["runs", "json", "text_match", "change", "format", "loader_settings", "python_log"].map((name) =>
      `core/${name}.ts`
    ),
  },
  // For the process that reads projects.
  {
    of: ["kedro/sandbox/", "kedro/python/"],
    from: ["bytes", "json", "text_match"].map((name) => `core/${name}.ts`),
  },
].map(({ of, from }) => ({ of: [...of, ...from], from }));

/** Globals that come from the Context instead: the word that a file has which uses one, and where it may not. */
const OUTSIDE: Readonly<Record<string, string>> = {
  Deno: "MemberExpression[object.name='Deno']:not([property.name='errors'])",
  process: "MemberExpression[object.name='process']:not([property.name='errors'])",
  "Date.now": "MemberExpression[object.name='Date'][property.name='now']",
  "Math.random": "MemberExpression[object.name='Math'][property.name='random']",
  "new Date()": "NewExpression[callee.name='Date'][arguments.length=0]",
  "fetch(": "CallExpression[callee.name='fetch']",
  "setTimeout(": "CallExpression[callee.name='setTimeout']",
  "setInterval(": "CallExpression[callee.name='setInterval']",
  "prompt(": "CallExpression[callee.name='prompt']",
  "confirm(": "CallExpression[callee.name='confirm']",
  "alert(": "CallExpression[callee.name='alert']",
  globalThis: "MemberExpression[object.name='globalThis'][property.name='fetch']",
  crypto: "MemberExpression[object.name='crypto'][property.name='randomUUID']",
  "node:": "ImportDeclaration[source.value=/^node:(fs|child_process|net|http)/]",
};

/** The one folder that is the outside, the sandbox, and what runs in a browser: these have no Context. */
const IS_OUTSIDE = ["system/", "kedro/sandbox/", "page/widgets/", "page/client/"];

/** How an option in backticks starts. */
const OPTION_START = "`-";

/** An option in backticks, unless it belongs to a command line. */
const OPTION = /(?<!\w)`-{1,2}[a-z]/;

/** Says that a message below `cli` names an option: only `cli` knows what is typed; a hint may name it as what to do. */
function checkMessage(context: Deno.lint.RuleContext, node: Deno.lint.Node | undefined): void {
  if (node === undefined) return;
  const text = context.sourceCode.getText(node).slice(1).replaceAll("\\`", "`");
  if (OPTION.test(text)) context.report({ node, message: "Only hints name options below cli" });
}

/** The path below `src/`; a checkout may itself be below a folder of that name. */
function below(filename: string): string | undefined {
  return filename.replaceAll("\\", "/").match(/^.*\/src\/(?!(?:tests|scripts|\.cache)\/)(.+)$/)?.[1];
}

/** Says why `from` may not import `to`; `undefined` when it may. Both are paths below `src/`. */
export function refusal(from: string, to: string, isType = false): string | undefined {
  const [layer, other] = [from.split("/")[0]!, to.split("/")[0]!];
  const isIn = (starts: readonly string[], path: string) => starts.some((start) => path.startsWith(start));
  const bundle = isType ? undefined : BUNDLES.find(({ of }) => isIn(of, from) && !isIn(of, to));
  if (bundle !== undefined) return `"${from}" is bundled and may import only ${bundle.of.join(", ")}`;
  const allowed = [...MAY_IMPORT[layer] ?? [], ...isType ? MAY_IMPORT_TYPES[layer] ?? [] : []];
  if (layer === other || allowed.includes(other)) return undefined;
  const types = MAY_IMPORT_TYPES[layer]?.includes(other) ? ", except for types" : "";
  return `"${layer}" may not import "${other}"${types}`;
}

function checkImport(
  context: Deno.lint.RuleContext,
  node: Deno.lint.Node,
  { path, source, isType = false }: {
    readonly path: string;
    readonly source: string;
    readonly isType?: boolean;
  },
): void {
  if (source.startsWith(".")) {
    const target = below(new URL(source, `file://${context.filename.replaceAll("\\", "/")}`).pathname);
    const message = target === undefined ? undefined : refusal(path, target, isType);
    if (message !== undefined) context.report({ node, message });
    return;
  }
  const name = source.replace(/^npm:/, "").match(/^(@[^/]+\/)?[^/@]+/)?.[0] ?? source;
  const allowed = ONLY_IMPORTER[name];
  if (allowed !== undefined && !allowed.some((start) => path.startsWith(start))) {
    context.report({ node, message: `"${name}" may be imported in ${allowed.join(", ")} only` });
  }
}

const plugin: Deno.lint.Plugin = {
  name: "boundaries",
  rules: {
    imports: {
      create: (context) => {
        const path = below(context.filename);
        if (path === undefined) return {};
        const check = (node: Deno.lint.Node, source: string, isType = false) =>
          checkImport(context, node, { path, source, isType });
        return {
          ImportDeclaration: (node) => check(node, node.source.value, node.importKind === "type"),
          ImportExpression: (node) => {
            if (node.source.type === "Literal") check(node, String(node.source.value));
          },
          ExportNamedDeclaration: (node) => {
            if (node.source) check(node, node.source.value);
          },
          ExportAllDeclaration: (node) => check(node, node.source.value),
        };
      },
    },
    options: {
      create: (context) => {
        if ((below(context.filename) ?? "cli/").startsWith("cli/")) return {};
        if (!context.sourceCode.text.includes(OPTION_START)) return {};
        return {
          "NewExpression[callee.name='UserError']": (node: Deno.lint.NewExpression) =>
            checkMessage(context, node.arguments[0]),
          "Property[key.name='message']": (node: Deno.lint.Property) => checkMessage(context, node.value),
        };
      },
    },
    outside: {
      create: (context) => {
        const path = below(context.filename);
        if (path === undefined || IS_OUTSIDE.some((start) => path.startsWith(start))) return {};
        const report = (node: Deno.lint.Node) =>
          context.report({ node, message: "The outside is reached through the Context only" });
        // Most files have none of the words, and a selector costs time at every node.
        const { text } = context.sourceCode;
        const used = Object.entries(OUTSIDE).filter(([word]) => text.includes(word));
        return Object.fromEntries(used.map(([, selector]) => [selector, report]));
      },
    },
  },
};
export default plugin;
