/** Which module of `src/` may import which; files straight under `src/` are "core". */
const MAY_IMPORT: Record<string, readonly string[]> = {
  cli: ["azureml", "emulator", "credentials", "kedro", "config", "core"],
  azureml: ["kedro", "config", "core"],
  emulator: ["core"],
  credentials: ["core"],
  kedro: ["core"],
  config: ["core"],
  core: [],
};

/** Where each third-party package may be imported; a value is the start of a path below `src/`. */
const ONLY_IMPORTER: Record<string, readonly string[]> = {
  "yaml": ["config/yaml.ts", "config/write_yaml.ts"],
  "zod": ["config/schema.ts", "emulator/shape", "azureml/package_format.ts"],
  "fastest-levenshtein": ["suggest.ts"],
  "smol-toml": ["kedro/toml.ts"],
  "commander": ["cli/"],
  "@bomb.sh/tab": ["cli/"],
  "@peculiar/x509": ["emulator/certificate.ts"],
  "reflect-metadata": ["emulator/certificate.ts"],
  "pyodide": ["kedro/"],
  "@azure/identity": ["credentials/"],
  "@azure/msal-node": ["credentials/msal.ts"],
  "node-forge": ["credentials/certificate/forge.ts"],
  "log-update": ["system/pins.ts"],
  "p-limit": ["azureml/"],
  "@azure/storage-blob": ["azureml/"],
  "@azure/core-xml": ["azureml/code_blobs.ts"],
  "@zip.js/zip.js": ["azureml/zip.ts"],
  "croner": ["azureml/next_times.ts"],
  "rrule-temporal": ["azureml/next_times.ts"],
  "windows-iana": ["azureml/time_zones.ts"],
  "diff": ["azureml/text_changes.ts"],
  "@azure/core-rest-pipeline": ["azure_http.ts"],
  "ignore": ["azureml/git_ignored.ts"],
};

/** Globals that come from the Context instead. */
const OUTSIDE = [
  "MemberExpression[object.name=/^(Deno|process)$/]:not([property.name='errors'])",
  "MemberExpression[object.name='Date'][property.name='now']",
  "MemberExpression[object.name='Math'][property.name='random']",
  "NewExpression[callee.name='Date'][arguments.length=0]",
  "CallExpression[callee.name=/^(fetch|setTimeout|setInterval|prompt|confirm|alert)$/]",
  "MemberExpression[object.name='globalThis'][property.name='fetch']",
  "MemberExpression[object.name='crypto'][property.name='randomUUID']",
  "ImportDeclaration[source.value=/^node:(fs|child_process|net|http)/]",
];

/** The one file that is the outside, and the Worker, which has no Context. */
const IS_OUTSIDE = ["system.ts", "system/", "kedro/worker/"];

function below(filename: string): string | undefined {
  return filename.replaceAll("\\", "/").match(/\/src\/(.+)$/)?.[1];
}

function boxOf(path: string): string {
  return path.includes("/") && !path.startsWith("system/") ? path.split("/")[0]! : "core";
}

function checkImport(context: Deno.lint.RuleContext, node: Deno.lint.Node, source: string): void {
  const path = below(context.filename);
  if (path === undefined) return;
  if (source.startsWith(".")) {
    const target = below(new URL(source, `file://${context.filename.replaceAll("\\", "/")}`).pathname);
    const [from, to] = [boxOf(path), target === undefined ? undefined : boxOf(target)];
    if (to !== undefined && to !== from && !MAY_IMPORT[from]?.includes(to)) {
      context.report({ node, message: `"${from}" may not import "${to}"` });
    }
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
      create: (context) => ({
        ImportDeclaration: (node) => checkImport(context, node, node.source.value),
        ImportExpression: (node) => {
          if (node.source.type === "Literal") checkImport(context, node, String(node.source.value));
        },
        ExportNamedDeclaration: (node) => {
          if (node.source) checkImport(context, node, node.source.value);
        },
        ExportAllDeclaration: (node) => checkImport(context, node, node.source.value),
      }),
    },
    outside: {
      create: (context) => {
        const path = below(context.filename);
        if (path === undefined || IS_OUTSIDE.some((start) => path.startsWith(start))) return {};
        const report = (node: Deno.lint.Node) =>
          context.report({ node, message: "The outside is reached through the Context only" });
        return Object.fromEntries(OUTSIDE.map((selector) => [selector, report]));
      },
    },
  },
};
export default plugin;
