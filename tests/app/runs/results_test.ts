import { deepEqual } from "node:assert/strict";
import { metricsIn } from "../../../src/app/runs/results.ts";

const namesIn = (value: unknown) =>
  metricsIn({ path: "scores.json", text: JSON.stringify(value) }).map(({ name }) => name);

Deno.test("metricsIn() returns the numbers of each model", () =>
  deepEqual(namesIn({ small: { rmse: 1, model: "a" }, r2: 2 }), ["scores.small.rmse", "scores.r2"]));

Deno.test("metricsIn() returns no places and colors of a Plotly figure", () =>
  deepEqual(namesIn({ data: [{ x: [1] }], layout: { height: 300 } }), []));

Deno.test("metricsIn() returns no numbers of deep data", () =>
  deepEqual(namesIn({ a: { b: { c: { d: 1 } } }, e: 1 }), []));
