import { deepEqual, equal } from "node:assert/strict";
import { paramsOption, shellWord, singleQuoted } from "../../src/core/untrusted.ts";

Deno.test("shellWord() leaves plain words unquoted", () => {
  for (const word of ["main", "a/b.kap", "x=1", "50%", "a@b:1", "été"]) equal(shellWord(word), word);
});

Deno.test("shellWord() quotes words with shell syntax", () => {
  equal(shellWord("a b#.kap"), "'a b#.kap'");
  equal(shellWord("$(rm -rf ~)"), "'$(rm -rf ~)'");
  equal(shellWord("~"), "'~'");
  equal(shellWord(""), "''");
  equal(shellWord("it's"), `"it's"`, "PowerShell takes two pairs of quotes for two words");
  equal(shellWord("\\’;x"), `"\\’;x"`, "fish escapes a quote with \\, PowerShell ends one with ’");
  equal(shellWord("’”;x"), `''"’"'”;x'`, "PowerShell ends quotes with ”, too");
  equal(shellWord("it's $5"), `'it'"'"'s $5'`);
  equal(shellWord("a b\\"), `'a b'"\\\\"''`);
  equal(shellWord("\\\\host\\a b"), "'\\\\host\\a b'");
  equal(shellWord("@home"), "'@home'", "PowerShell would take it for a variable");
  equal(shellWord("--python=./x"), "-- --python=./x", "a name must not become an option");
  equal(singleQuoted("main"), "'main'");
  for (const character of ' *?[]{}()<>|&;!#$`"~^\n\t') equal(shellWord(`a${character}`), `'a${character}'`);
});

Deno.test("paramsOption() returns the --params of a step's command", () => {
  const option = ` --params='{"a":"it'\\''s $''{{x}}"}'`;
  deepEqual(paramsOption(`kedro run${option} --x`), { option, json: '{"a":"it\'s ${{x}}"}' });
  equal(paramsOption("kedro run --params=a:1"), undefined);
});
