import { deepEqual, equal } from "node:assert/strict";
import { parametersInCommand, parameterValue } from "../../src/page/run_view.ts";

Deno.test("page of a run reads --params in a step's command", () => {
  const command = (params: string) =>
    `kedro azureml execute --pipeline=p --node=a --params='${params}'; rc=$?; echo " --params='{}'"`;
  deepEqual(parametersInCommand(command(`{"a": {"b": 1}, "who": "it'\\''s"}`)), {
    a: { b: 1 },
    who: "it's",
  });
  equal(parametersInCommand(command("[1]")), undefined);
  // A step's command closes its quotes before a dollar sign that Azure ML would evaluate.
  deepEqual(parametersInCommand(command(`{"sql": "$''{{x}} $''[[y]]"}`)), { sql: "${{x}} $[[y]]" });
  equal(parametersInCommand(command("{")), undefined);
  equal(parametersInCommand("kedro azureml execute --node=a"), undefined);
});

Deno.test("page of a run finds a nested parameter", () => {
  const parameters = {
    train: { rate: 0.1, db: { password: "hush", port: 1 } },
    api_key: "hush",
    passwords: { prod: "hush" },
  };
  equal(parameterValue("params:train.rate", parameters), "0.1");
  equal(parameterValue("params:train.db", parameters), '{"password":"***","port":1}');
  equal(parameterValue("params:api_key", parameters), "***");
  equal(parameterValue("params:passwords.prod", parameters), "***");
  equal(parameterValue("params:train.none.x", parameters), undefined);
  equal(parameterValue("rate", parameters), undefined);
});
