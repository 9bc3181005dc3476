import { equal, throws } from "node:assert/strict";
import { quoted, quotedIfNeeded } from "../../../src/azureml/compile/shell_quote.ts";

Deno.test("quotedIfNeeded() leaves plain words alone", () => {
  for (const word of ["__default__", "data.processing", "table@spark", "params:a.b", "Élan", "conf/x"]) {
    equal(quotedIfNeeded(word), word);
  }
});

Deno.test("quotedIfNeeded() quotes what a shell would read", () => {
  equal(quotedIfNeeded("partial(merge)"), "'partial(merge)'");
  equal(quotedIfNeeded("a b"), "'a b'");
  equal(quotedIfNeeded("$(rm -rf ~)"), "'$(rm -rf ~)'");
  equal(quotedIfNeeded(""), "''");
});

Deno.test("quoted() survives a single quote", () => equal(quoted("it's"), `'it'\\''s'`));

Deno.test("an Azure ML expression in a value is refused, as there is no way to write it", () => {
  throws(() => quoted("${{inputs.x}}"), { code: "compile.expression_in_value" });
});
