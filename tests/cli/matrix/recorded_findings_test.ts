import { deepEqual, equal, match, ok } from "node:assert/strict";
import type { Answer } from "./variations.ts";
import { SNAPSHOT, variedWorld } from "./varied_world.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** An error as Azure ML's own service writes it. */
function serviceError(status: number, error: Record<string, unknown>): Answer {
  return { status, headers: new Headers(JSON_TYPE), body: { error: { details: [], ...error } } };
}

/** The innermost of nested codes is the cause. */
function inner(...codes: readonly string[]) {
  const value = codes.reduceRight<unknown>((innerError, code) => ({ code, innerError }), null);
  return [{ type: "InnerError", info: { value } }];
}

Deno.test("submit --name succeeds after a lost response", async () => {
  const { does, azure } = variedWorld({}, {
    emulator: { faults: [{ method: "PUT", url: /\/jobs\//, happens: { kind: "cut", afterServer: true } }] },
  });
  match(await does(`submit main ${SNAPSHOT} --name first`), /Submitted job main as first/);
  equal(azure.resources("jobs").length, 1);
});

Deno.test("validate --online --verbose shows a notice about a machine type", async () => {
  const message = "The specified VMSize STANDARD_D2_V2 has upcoming deprecation.";
  const { does } = variedWorld({
    answer: (answer, _, path) => {
      if (!path.startsWith("computes/")) return answer;
      const body = structuredClone(answer.body) as { properties: { properties: Record<string, unknown> } };
      body.properties.properties.errors = [{ error: { code: "ClusterHasWarnings", message } }];
      return { ...answer, body };
    },
  });
  const text = await does(`validate main ${SNAPSHOT} --online --verbose`);
  match(text, /upcoming deprecation/);
  ok(!/quota/.test(text), text);
});

Deno.test("rerun fails before it sends anything if the compute is missing", async () => {
  let isGone = false;
  const { does, sent } = variedWorld({
    answer: (answer, _, path) =>
      isGone && path.startsWith("computes/")
        ? { status: 404, headers: new Headers(), body: undefined }
        : answer,
  });
  await does(`submit main ${SNAPSHOT} --name first --wait`);
  isGone = true;
  sent();
  match(await does("rerun first --name again", 5), /[Cc]ompute "?cpu-cluster"? not found|"cpu-cluster"/);
  deepEqual(sent().filter((one) => one.startsWith("PUT ")), []);
});

Deno.test("submit prints Azure's innermost error code", async () => {
  const { does } = variedWorld({
    answer: (answer, { method }, path) =>
      method === "PUT" && path.startsWith("components/")
        ? serviceError(400, {
          code: "UserError",
          message: 'Failed to update component c since field "code" is immutable.',
          additionalInfo: inner("BadArgument", "ArgumentInvalid", "UpdateComponentFailed"),
        })
        : answer,
  });
  match(await does(`submit main ${SNAPSHOT}`, 5), /immutable\. \(UserError: UpdateComponentFailed\)/);
  const { error } = JSON.parse((await does(`--json submit main ${SNAPSHOT}`, 5)).trim().split("\n").at(-1)!);
  deepEqual([error.azureCode, error.azureInnerCode], ["UserError", "UpdateComponentFailed"]);
});

Deno.test("submit names a missing component", async () => {
  const { does } = variedWorld({
    answer: (answer, _, path) =>
      path.startsWith("jobs/")
        ? serviceError(404, {
          code: "NotFound",
          message:
            "key: /subscriptions/s/components/c/versions/9, Message: Not found component c (version: 9).",
          additionalInfo: [],
        })
        : answer,
  });
  const text = await does(`submit main ${SNAPSHOT}`, 5);
  match(text, /component "?c:9"?/);
  ok(!/Check its name/.test(text), text);
});

Deno.test("job logs prints the log of an image build", async () => {
  let isBuilding = false;
  const { does } = variedWorld({
    answer(answer, _, path) {
      if (!isBuilding || !path.includes("/history/v1.0/")) return answer;
      const text = JSON.stringify(answer.body).replaceAll(/"startTimeUtc":"[^"]*"/g, '"startTimeUtc":null')
        .replaceAll(/"endTimeUtc":"[^"]*"/g, '"endTimeUtc":null')
        .replaceAll('"status":"Completed"', '"status":"Preparing"')
        .replaceAll('"user_logs/std_log.txt":', '"azureml-logs/20_image_build_log.txt":');
      return { ...answer, body: JSON.parse(text) };
    },
  });
  await does(`submit main ${SNAPSHOT} --name first --wait`);
  isBuilding = true;
  match(await does("job logs first"), /clean has run/);
});

Deno.test("job logs names the firewall if the storage refuses a log", async () => {
  const refuse = {
    kind: "refuse",
    status: 403,
    code: "AuthorizationFailure",
    message: "Not authorized.",
  } as const;
  const { does } = variedWorld({}, {
    emulator: { faults: [{ method: "GET", url: /user_logs/, times: 9, happens: refuse }] },
  });
  await does(`submit main ${SNAPSHOT} --name first --wait`);
  match(await does("job logs first", 4), /firewall of the workspace's storage account/);
});
