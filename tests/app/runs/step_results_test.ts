import { deepEqual } from "node:assert/strict";
import { metricsIn } from "../../../src/app/runs/step_results.ts";

const namesIn = (value: unknown) =>
  metricsIn({ path: "scores.json", text: JSON.stringify(value) }).map(({ name }) => name);

Deno.test("job compare reads the numbers of each model in a JSON file", () =>
  deepEqual(namesIn({ small: { rmse: 1, model: "a" }, r2: 2 }), ["scores.small.rmse", "scores.r2"]));

Deno.test("job compare ignores Plotly figures", () =>
  deepEqual(namesIn({ data: [{ x: [1] }], layout: { height: 300 } }), []));

Deno.test("job compare ignores deeply nested numbers", () =>
  deepEqual(namesIn({ a: { b: { c: { d: 1 } } }, e: 1 }), []));
