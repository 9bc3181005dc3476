import { fileURLToPath } from "node:url";
import { deepStrictEqual as assertEquals, ok } from "node:assert/strict";
import { exec } from "../../src/system/exec.ts";
import { GOLDEN_WORKSPACE, SERVICE_PRINCIPAL } from "../fakes/seed.ts";
import { peerPath, peerTest, skippedWithout } from "./peer.ts";
import { suiteHandler } from "./suite/serve.ts";
import RESULTS from "./suite/results.json" with { type: "json" };

const FOLDER = peerPath("azure-ai-ml");
const skipped = skippedWithout("azure-ai-ml/tests/conftest.py");
/** `all` also runs the tests that fail, to see which of them pass now. */
const MODE = Deno.env.get("AZURE_AI_ML_SUITE") ?? "passing";

/** What became of each test, by its file below `tests/` and its name. */
type Outcomes = ReadonlyMap<string, "passed" | "failed" | "skipped">;

peerTest("azure-ai-ml's own tests pass against the emulator", skipped, async () => {
  const listed = MODE === "all" ? { ...RESULTS.passes, ...inGroups(RESULTS.fails) } : RESULTS.passes;
  const outcomes = await runSuite(listed);
  const failed = [...outcomes].filter(([, outcome]) => outcome === "failed").map(([name]) => name).sort();
  assertEquals(failed, MODE === "all" ? Object.keys(RESULTS.fails).sort() : []);
  const passed = [...outcomes.values()].filter((outcome) => outcome === "passed").length;
  ok(passed >= 60, `${passed} passed`);
});

Deno.test("each failing test of azure-ai-ml has a reason in results.json", () => {
  for (const [name, reason] of Object.entries(RESULTS.fails)) {
    ok(reason in RESULTS.reasons, `${name}: ${reason}`);
    ok(
      !Object.entries(RESULTS.passes).some(([file, tests]) =>
        tests.some((test) => `${file} ${test}` === name)
      ),
    );
  }
});

/** Tests by file, from names such as `code_asset/e2etests/test_code.py test_list`. */
function inGroups(named: object): Readonly<Record<string, readonly string[]>> {
  const files = Object.groupBy(Object.keys(named), (name) => name.split(" ")[0]!);
  return Object.fromEntries(
    Object.entries(files).map(([file, names]) => [
      file,
      [
        ...names!.map((name) => name.split(" ")[1]!),
        ...(RESULTS.passes as Readonly<Record<string, readonly string[]>>)[file] ?? [],
      ],
    ]),
  );
}

/** Runs tests with an emulator as Azure. */
async function runSuite(tests: Readonly<Record<string, readonly string[]>>): Promise<Outcomes> {
  const folder = await Deno.makeTempDir();
  const report = `${folder}/report.xml`;
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, suiteHandler());
  try {
    const names = Object.entries(tests).flatMap(([file, all]) =>
      all.map((test) => `tests/${file}::${test.replace(/^(Test\w+)\./, "$1::")}`)
    );
    const args = ["-m", "pytest", "-p", "emulator_plugin", "-p", "no:cacheprovider", "-q", "-W", "ignore"];
    await exec(`${FOLDER}/bin/python`, [...args, `--junitxml=${report}`, ...names], {
      cwd: FOLDER,
      env: {
        HOME: folder,
        PATH: "/usr/bin:/bin",
        PYTHONDONTWRITEBYTECODE: "1",
        PYTHONPATH: `${fileURLToPath(new URL("suite", import.meta.url))}:tests`,
        EMULATOR: `http://127.0.0.1:${server.addr.port}`,
        ML_TENANT_ID: SERVICE_PRINCIPAL.tenant,
        ML_CLIENT_ID: SERVICE_PRINCIPAL.client,
        ML_CLIENT_SECRET: SERVICE_PRINCIPAL.secret,
        ML_SUBSCRIPTION_ID: GOLDEN_WORKSPACE.subscription_id,
        ML_RESOURCE_GROUP: GOLDEN_WORKSPACE.resource_group,
        ML_WORKSPACE_NAME: GOLDEN_WORKSPACE.name,
      },
    });
    return outcomesOf(await Deno.readTextFile(report));
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

function outcomesOf(xml: string): Outcomes {
  const cases = [
    ...xml.matchAll(/<testcase classname="([^"]+)" name="([^"]+)"[^>]*?(?:\/>|>(.*?)<\/testcase>)/gs),
  ];
  return new Map(cases.map(([, name, test, inside = ""]) => {
    const [file, inClass] = /^tests\.(.+)\.(Test\w+)$/.exec(name!)!.slice(1) as [string, string];
    const outcome = /<(failure|error)\b/.test(inside)
      ? "failed"
      : /<skipped\b/.test(inside)
      ? "skipped"
      : "passed";
    return [`${file.replaceAll(".", "/")}.py ${inClass}.${test}`, outcome] as const;
  }));
}
