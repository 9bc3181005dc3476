import { deepEqual, equal } from "node:assert/strict";
import { accountOf, innerCode, readProblem } from "../../../src/azureml/errors/problem.ts";

const problemOf = (text: string, code?: string) =>
  readProblem({ text, header: (name) => name === "x-ms-error-code" ? code : undefined });

Deno.test("readProblem() reads an error with or without an outer `error`", () => {
  for (const text of ['{"error":{"code":"X","message":"Y"}}', '{"code":"X","message":"Y"}']) {
    const { code, message } = problemOf(text)!;
    deepEqual([code, message], ["X", "Y"]);
  }
});

Deno.test("readProblem() reads an error of Blob Storage from XML or the x-ms-error-code header", () => {
  const xml = "<Error><Code>NoAuth</Code><Message>No.\nTime</Message></Error>";
  deepEqual(problemOf(xml), { code: "NoAuth", message: "No.", detail: undefined });
  equal(problemOf("", "BlobNotFound")?.code, "BlobNotFound");
  deepEqual(problemOf("{}", "BlobNotFound"), { code: "BlobNotFound" });
});

Deno.test("readProblem() returns undefined for a response that names no code", () => {
  for (const text of ["", "{}", "null", '{"error":null}', "<html></html>"]) equal(problemOf(text), undefined);
});

Deno.test("readProblem() does not parse a response of more than 256 KiB", () => {
  const json = (length: number) => JSON.stringify({ error: { code: "X", message: "m".repeat(length) } });
  deepEqual([problemOf(json(200_000))?.code, problemOf(json(300_000)), problemOf(json(300_000), "Y")?.code], [
    "X",
    undefined,
    "Y",
  ]);
});

Deno.test("readProblem() shortens long messages and details, and skips invalid details", () => {
  const long = "x".repeat(20_000);
  const details = [{ code: "A", message: long }, null, "text", { code: "B", message: 7 }];
  const problem = problemOf(JSON.stringify({ error: { code: "X", message: long, details } }))!;
  equal(problem.message!.length < 9000, true);
  deepEqual(problem.details!.map(({ code, message }) => [code, (message ?? "").length < 9000]), [
    ["A", true],
    ["B", true],
  ]);
  deepEqual(problemOf(JSON.stringify({ error: { code: "X", details: "none" } })), { code: "X" });
  deepEqual(problemOf(JSON.stringify({ error: { code: "X", message: 7 } })), { code: "X" });
});

Deno.test("innerCode() returns the innermost code that is a string", () => {
  const inner = (value: unknown, type = "InnerError") =>
    innerCode({ additionalInfo: [{ type: "Other" }, { type, info: { value } }] });
  equal(inner({ code: "A", innerError: { code: "B", innerError: { code: 7 } } }), "B");
  equal(inner({ code: "A", innerError: null }), "A");
  for (const value of [undefined, null, {}]) equal(inner(value), undefined);
  equal(inner({ code: "A" }, "Other"), undefined);
  equal(innerCode({ additionalInfo: "none" as never }), undefined);
  equal(innerCode({}), undefined);
  const innerError = { code: "BadArgument", innerError: { code: "ArgumentInvalid", innerError: null } };
  equal(
    innerCode(problemOf(JSON.stringify({ error: { code: "UserError", innerError } }))!),
    "ArgumentInvalid",
  );
});

Deno.test("accountOf() returns the storage account of a blob host, including a private endpoint", () => {
  const accounts = [
    "https://acc.blob.core.windows.net/c",
    "https://acc.privatelink.blob.core.windows.net/c",
    "https://acc.queue.core.windows.net/c",
    "not a URL",
    undefined,
  ].map((url) => accountOf(url === undefined ? {} : { url }));
  deepEqual(accounts, ["acc", "acc", undefined, undefined, undefined]);
});

Deno.test("readProblem() ignores truncated elements of an error", () => {
  equal(problemOf("<Error><Code>A</Code><Message>No")?.message, "");
  equal(problemOf("<Error><Code>A"), undefined);
  deepEqual(problemOf("<Error><Code>A</Code><Code>B</Code></Error>")?.code, "A");
});
