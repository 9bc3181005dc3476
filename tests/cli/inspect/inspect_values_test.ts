import { doesNotMatch, equal } from "node:assert/strict";
import { parse } from "yaml";
import { paramsOption } from "../../../src/core/untrusted.ts";
import { parseJson, pythonJson } from "../../../src/core/json.ts";
import { makeWorld } from "../world.ts";

/** JSON of values that a careless reader changes: CI commands, control characters, and what JavaScript's numbers lack. */
const ODD = [
  '{"sep":"::"',
  '"lines":"a\\n::error::b\\r\\n  ::x"',
  '"azure":"##vso[a]b"',
  '"##[x":["##[x",{"::":null}]',
  '"control":"\\u0000\\u001b[2Jx\\u007f\\u0085\\u2028\\u202e\\ud83d\\ude00"',
  '"__proto__":{"__proto__":1}',
  '"constructor":{"rawJSON":"1"}',
  '"long":[714642336027545834,-9007199254740993,123456789012345678901234567890]',
  '"floats":[1e+22,1.0,-0.0,1e+16,5e-324,0.1]}',
].join(",");

/** What a text has after `"odd":`, with all escapes as in {@linkcode ODD}. */
function oddIn(text: string): string {
  const escaped = text.replace(
    /[\u007f-\uffff]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return escaped.replaceAll("\\u0023", "#").slice(escaped.indexOf('"odd":') + '"odd":'.length).slice(
    0,
    ODD.length,
  );
}

Deno.test("inspect and compile keep unusual parameter values unchanged", async () => {
  const world = makeWorld();
  const { ctx } = world;
  const printed = async (line: string) => {
    const out = await world.printed(line);
    // deno-lint-ignore no-control-regex -- these are what must not be printed
    doesNotMatch(out, /^\s*::|##(?:vso)?\[|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e]/m);
    return out;
  };
  await ctx.fs.writeText(`${ctx.cwd}/conf/base/parameters.yml`, `{"odd":${ODD}}`);
  const catalog = `${ctx.cwd}/conf/base/catalog.yml`;
  await ctx.fs.writeText(catalog, `${await ctx.fs.readText(catalog)}\nkept: {type: a.B, "odd":${ODD}}\n`);

  const snapshot = await printed("inspect --json");
  for (const part of ["catalog", "parameters"]) {
    equal(oddIn(snapshot.slice(snapshot.indexOf(`"${part}":`))), ODD, part);
  }
  equal(await printed("inspect --json"), snapshot, "from the cache");
  await ctx.fs.writeText(`${ctx.cwd}/snapshot.json`, snapshot);
  equal(await printed("inspect --json --snapshot snapshot.json"), snapshot.replace('"embedded"', '"file"'));
  equal(oddIn((await printed("inspect")).replace(/\n {2}odd +/, '\n"odd":')), ODD);

  await printed("inspect --html");
  const html = await ctx.fs.readText(`${ctx.cwd}/pipelines.html`);
  const { view } = JSON.parse(/id="data">(.*?)<\/script>/s.exec(html)![1]!);
  equal(oddIn(`"odd":${Object.fromEntries(view.parameters).odd}`), ODD);

  const azureml = `${ctx.cwd}/conf/base/azureml.yml`;
  const jobs = (await ctx.fs.readText(azureml)).replace("  main:\n", `  main:\n    params: {"odd":${ODD}}\n`);
  await ctx.fs.writeText(azureml, jobs);
  for (const format of ["yaml", "json", "rest"]) {
    const text = await printed(`compile main -o - --format ${format}`);
    const job = format === "yaml" ? parse(text) : JSON.parse(text);
    const { json } = paramsOption(find(job, "command"))!;
    equal(json, pythonJson(parseJson(`{"odd":${ODD}}`)), format);
  }
});

/** The first text with this key. */
function find(value: unknown, key: string): string {
  const all: string[] = [];
  JSON.stringify(value, (name, each) => {
    if (name === key && typeof each === "string") all.push(each);
    return each;
  });
  return all[0]!;
}
