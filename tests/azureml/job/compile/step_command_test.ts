import { equal } from "node:assert/strict";
import { shellQuote, shellQuoteIfNeeded } from "../../../../src/azureml/job/compile/command.ts";

Deno.test("shellQuoteIfNeeded() leaves plain words unquoted", () => {
  for (const word of ["__default__", "data.processing", "table@spark", "params:a.b", "Élan", "conf/x"]) {
    equal(shellQuoteIfNeeded(word), word);
  }
});

Deno.test("shellQuoteIfNeeded() quotes shell syntax", () => {
  equal(shellQuoteIfNeeded("partial(merge)"), "'partial(merge)'");
  equal(shellQuoteIfNeeded("a b"), "'a b'");
  equal(shellQuoteIfNeeded("$(rm -rf ~)"), "'$(rm -rf ~)'");
  equal(shellQuoteIfNeeded(""), "''");
});

Deno.test("shellQuote() escapes single quotes", () => equal(shellQuote("it's"), `'it'\\''s'`));

Deno.test("shellQuote() splits Azure ML expressions so that Azure ML does not expand them", () => {
  equal(shellQuote("${{inputs.x}}"), "'$''{{inputs.x}}'");
  equal(shellQuoteIfNeeded("a $[[b]]"), "'a $''[[b]]'");
  equal(shellQuoteIfNeeded("$${{'x'}}"), `'$$''{{'\\''x'\\''}}'`);
  equal(shellQuote("${x} $[1] {{x}}"), "'${x} $[1] {{x}}'");
});
