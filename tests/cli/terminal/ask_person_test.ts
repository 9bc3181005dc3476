import { deepEqual, equal } from "node:assert/strict";
import { UserError } from "../../../src/core/errors.ts";
import { openPerson, personAt } from "../../../src/cli/terminal/person.ts";
import { openProgress } from "../../../src/cli/terminal/progress.ts";
import { fakeContext } from "../../fakes/context.ts";

/** A person who gives these answers, and what is printed meanwhile. */
function personWith(...answers: readonly string[]) {
  const ctx = fakeContext({ interactive: true, answers });
  return { person: personAt(ctx, openProgress(ctx, {})), stderr: ctx.stderr };
}

Deno.test("commands ask questions only on a terminal outside CI", () => {
  const isThere = (interactive: boolean, env: Record<string, string>) => {
    const ctx = fakeContext({ interactive, env });
    return openPerson(ctx, openProgress(ctx, {})) !== undefined;
  };
  deepEqual([isThere(true, {}), isThere(false, {}), isThere(true, { CI: "true" })], [true, false, false]);
});

const REFUSED = new UserError("No browser", { code: "auth.browser" });

for (
  const [answer, offered] of [["", true], ["y", true], [" YES ", true], ["n", false], [
    "yesterday",
    false,
  ]] as const
) {
  Deno.test(`an offer takes "${answer}" as ${offered ? "yes" : "no"}`, async () => {
    equal(await personWith(answer).person.offer(REFUSED, "browser"), offered);
  });
}

Deno.test("an offer takes the end of input as no", async () => {
  const { person, stderr } = personWith();
  equal(await person.offer(REFUSED, "browser"), false);
  equal(await person.offer(REFUSED, "device code"), false);
  equal(
    stderr(),
    "error: No browser\nSign in with the browser instead? [Y/n] " +
      "error: No browser\nSign in with a device code instead? [Y/n] ",
  );
});

Deno.test("a confirmation accepts only y and yes", async () => {
  const { person, stderr } = personWith("y", "Yes ", "", "n", "yesterday", "y");
  const answers = [];
  for (let at = 0; at < 6; at++) answers.push(await person.confirm("Delete?"));
  deepEqual(answers, [true, true, false, false, true, false]);
  equal(stderr(), `${"Delete? [y/N] ".repeat(5)}Answer y or n\n${"Delete? [y/N] ".repeat(2)}`);
});

Deno.test("confirm() takes an empty answer for yes if that is the default, but not the end of the input", async () => {
  const { person, stderr } = personWith("", "n");
  deepEqual([await person.confirm("Run?", true), await person.confirm("Run?", true)], [true, false]);
  equal(await person.confirm("Run?", true), false);
  equal(stderr(), "Run? [Y/n] ".repeat(3));
});

const NAMES = Array.from({ length: 25 }, (_, at) => `name-${at + 1}`);

for (
  const [what, answers, chosen] of [
    ["a number", ["2"], "name-2"],
    ["a name beyond the first 20", ["name-23"], "name-23"],
    ["a part of one name in any case", ["ME-25"], "name-25"],
    ["a number from the list of similar names", ["me-2", "3"], "name-21"],
    ["a name after text without a match", ["fox", "name-1"], "name-1"],
    ["a name after a too large number", ["26", "1"], "name-1"],
    ["an empty answer as no choice", [""], undefined],
    ["the end of input as no choice", [], undefined],
  ] as const
) {
  Deno.test(`a list of choices takes ${what}`, async () => {
    equal(await personWith(...answers).person.choose("Which?", NAMES), chosen);
  });
}

Deno.test("a list of choices shows the first 20 names", async () => {
  const { person, stderr } = personWith("fox", "me-20", "2");
  equal(await person.choose("Which?", NAMES.slice(0, 23).concat("name-200")), "name-200");
  const prompt = "Number, name or a part of it (1-20): ";
  const list = NAMES.slice(0, 20).map((name, at) => `  ${at + 1}) ${name}\n`).join("");
  equal(
    stderr(),
    `Which?\n${list}  … and 4 more\n${prompt}Nothing matches "fox"\n${prompt}  1) name-20\n  2) name-200\n${
      prompt.replace("20", "2")
    }`,
  );
});
