import { equal, match } from "node:assert/strict";
import { cronProblem } from "../../../src/azureml/schedules/cron_syntax.ts";

const fine = [
  "0 2 * * *",
  "*/15 8-18 * * MON-FRI",
  "0,30 0 1,15 jan-Mar,12 sunday",
  "5/10 0-23/2 * * 0-6",
  "  0\t2 * * *  ",
  "0 0 29 2 *",
  "0 0 31 APR-may *",
];

const problems: readonly (readonly [string, RegExp])[] = [
  ["", /^five fields are expected/],
  ["0 2 * *", /^five fields are expected/],
  ["0 0 2 * * *", /^five fields are expected/],
  ["@daily", /^five fields are expected/],
  ["60 2 * * *", /^the minute is "60", and "60" is not one of 0 to 59$/],
  ["0 24 * * *", /^the hour is "24"/],
  ["0 2 0 * *", /^the day of the month is "0", and "0" is not one of 1 to 31$/],
  ["0 2 * 13 *", /^the month is "13", and "13" is not one of 1 to 12 and JAN to DEC$/],
  ["0 2 * * 7", /^the day of the week is "7", and "7" is not one of 0 to 6 and SUN to SAT$/],
  ["0 2 * * MON,FUNDAY", /"FUNDAY" is not one of/],
  ["0 2 ? * *", /"\?" is no value, range or step/],
  ["0 2 L * *", /"L" is not one of/],
  ["0 2 * * 5#3", /"5#3" is no value/],
  ["*/0 2 * * *", /a step of 0/],
  ["30-10 2 * * *", /"30-10" goes backwards/],
  ["*-5 2 * * *", /"\*-5" is no value/],
  ["1,,2 2 * * *", /"" is no value/],
  ["0 2 31 2,4,6-6 *", /^it never fires: no month of it has such a day$/],
  ["0 MON * * *", /the hour is "MON"/],
];

for (const expression of fine) {
  Deno.test(`cronProblem() takes "${expression}"`, () => equal(cronProblem(expression), undefined));
}

for (const [expression, problem] of problems) {
  Deno.test(`cronProblem() refuses "${expression}"`, () => match(cronProblem(expression)!, problem));
}
