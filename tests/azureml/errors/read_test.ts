import { deepEqual, equal } from "node:assert/strict";
import { accountOf, readProblem } from "../../../src/azureml/errors/problem.ts";

const problemOf = (text: string, code?: string) =>
  readProblem({ text, header: (name) => name === "x-ms-error-code" ? code : undefined });

Deno.test("readProblem() reads an error from JSON", () => {
  for (const text of ['{"error":{"code":"X","message":"Y"}}', '{"code":"X","message":"Y"}']) {
    const { code, message } = problemOf(text)!;
    deepEqual([code, message], ["X", "Y"]);
  }
});

Deno.test("readProblem() reads an error of Blob Storage", () => {
  const xml = "<Error><Code>NoAuth</Code><Message>No.\nTime</Message></Error>";
  deepEqual(problemOf(xml), { code: "NoAuth", message: "No.", detail: undefined });
  equal(problemOf("", "BlobNotFound")?.code, "BlobNotFound");
  deepEqual(problemOf("{}", "BlobNotFound"), { code: "BlobNotFound" });
});

Deno.test("readProblem() returns undefined for a response without a code", () => {
  for (const text of ["", "{}", "null", '{"error":null}', "<html></html>"]) equal(problemOf(text), undefined);
});

Deno.test("accountOf() returns the storage account of a URL", () => {
  const accounts = [
    "https://acc.blob.core.windows.net/c",
    "https://acc.privatelink.blob.core.windows.net/c",
    "https://acc.queue.core.windows.net/c",
    "not a URL",
    undefined,
  ].map((url) => accountOf(url === undefined ? {} : { url }));
  deepEqual(accounts, ["acc", "acc", undefined, undefined, undefined]);
});
