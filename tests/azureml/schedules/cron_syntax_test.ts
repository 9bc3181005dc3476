import { equal, match } from "node:assert/strict";
import { cronProblem } from "../../../src/azureml/schedules/cron.ts";

const fine = [
  "0 2 * * *",
  "*/15 8-18 * * MON-FRI",
  "0,30 0 1,15 jan-Mar,12 sunday",
  "5/10 0-23/2 * * 0-6",
  "  0\t2 * * *  ",
  "0 0 29 2 *",
  "0 0 31 APR-may *",
  "0 2 31 2,4,6-6 *",
];

const problems: readonly (readonly [string, RegExp])[] = [
  ["", /^expected five fields/],
  ["0 2 * *", /^expected five fields/],
  ["0 0 2 * * *", /^expected five fields/],
  ["@daily", /^expected five fields/],
  ["60 2 * * *", /^the minute field is "60": "60" is not one of 0 to 59$/],
  ["0 24 * * *", /^the hour field is "24"/],
  ["0 2 0 * *", /^the day of the month field is "0": "0" is not one of 1 to 31$/],
  ["0 2 * 13 *", /^the month field is "13": "13" is not one of 1 to 12 and JAN to DEC$/],
  ["0 2 * * 7", /^the day of the week field is "7": "7" is not one of 0 to 6 and SUN to SAT$/],
  ["0 2 * * MON,FUNDAY", /"FUNDAY" is not one of/],
  ["0 2 ? * *", /"\?" is not a value, range or step/],
  ["0 2 L * *", /"L" is not one of/],
  ["0 2 * * 5#3", /"5#3" is not a value/],
  ["*/0 2 * * *", /the step must be 1 or more/],
  ["30-10 2 * * *", /"30-10" ends before it starts/],
  ["*-5 2 * * *", /"\*-5" is not a value/],
  ["1,,2 2 * * *", /"" is not a value/],
  ["0 2 * * MO", /"MO" is not one of 0 to 6 and SUN to SAT/],
  ["0 2 * j *", /"j" is not one of/],
  ["0 MON * * *", /the hour field is "MON"/],
];

for (const expression of fine) {
  Deno.test(`cronProblem() accepts "${expression}"`, () => equal(cronProblem(expression), undefined));
}

for (const [expression, problem] of problems) {
  Deno.test(`cronProblem() rejects ${expression === "" ? "an empty expression" : `"${expression}"`}`, () =>
    match(cronProblem(expression)!, problem));
}
