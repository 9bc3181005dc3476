import { deepEqual, equal } from "node:assert/strict";
import { compareText, isGuid, prefixesOf, shortId } from "../../src/core/names.ts";

Deno.test("prefixesOf() returns each prefix of a name that ends at a separator, and the name itself", () => {
  deepEqual(prefixesOf("a.b.c"), ["a", "a.b", "a.b.c"]);
  deepEqual(prefixesOf("a"), ["a"]);
  deepEqual(prefixesOf("a/b.c", "/"), ["a", "a/b.c"]);
});

const WORKSPACE =
  "/subscriptions/1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws";

Deno.test("shortId() shortens ids, and does not change other text", () => {
  equal(shortId(`${WORKSPACE}/environments/kedro-env/versions/12`), "kedro-env:12");
  equal(shortId(`azureml:${WORKSPACE}/environments/kedro-env/labels/latest`), "kedro-env:latest");
  for (const kind of ["codes", "data", "components"]) {
    equal(shortId(`${WORKSPACE}/${kind}/rides/versions/3`), "rides:3");
  }
  equal(shortId(`${WORKSPACE}/computes/cpu`), "cpu");
  equal(shortId(`azureml:${WORKSPACE}/computes/cpu`), "cpu");
  equal(shortId(`${WORKSPACE.replace("subscriptions", "Subscriptions")}/computes/cpu`), "cpu");
  for (const text of ["azureml:kedro-env:12", "cpu", "a/b", ""]) equal(shortId(text), text);
});

Deno.test("compareText() orders by code point, and a prefix before longer text", () => {
  const ordered = ["", "A", "B", "a", "aa", "ab", "é", "\uFF5E", "\u{1F600}", "\u{1F600}a", "\u{1F601}"];
  deepEqual([...ordered].reverse().sort(compareText), ordered);
});

Deno.test("compareText() returns 0 only for equal texts", () => {
  for (const [a, b, sign] of [["", "", 0], ["ab", "ab", 0], ["a", "b", -1], ["ab", "a", 1]] as const) {
    equal(Math.sign(compareText(a, b)), sign);
  }
});

Deno.test("isGuid() recognizes ids of tenants in any case, and nothing longer or shorter", () => {
  const guid = "0a1b2c3d-0000-4000-8000-00000000000f";
  deepEqual([guid, guid.toUpperCase()].map(isGuid), [true, true]);
  const others = [`${guid}0`, `0${guid}`, guid.slice(1), guid.replaceAll("-", ""), "contoso.example", ""];
  deepEqual(others.filter(isGuid), []);
});
