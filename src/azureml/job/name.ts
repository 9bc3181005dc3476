import type { Random } from "../../core/context.ts";

const FIRST =
  "amber brave calm clever copper coral crisp early fair fresh gentle golden happy hazel jolly keen kind light lively lucky mellow merry misty noble olive patient plucky polite proud quick quiet rapid rosy ruby serene silent silver smart snowy steady sunny swift tidy topaz vivid warm wise witty young zesty"
    .split(" ");
const SECOND =
  "acorn anchor badger basil beacon birch bison brook cedar clover comet cricket crane daisy delta ember falcon fern finch forest garden glacier harbor hazelnut heron island ivy jasmine juniper kestrel lagoon lantern lark lemon lily lynx maple meadow melon nectar oak orchid otter pebble pine plum quartz raven reef river robin sage sparrow spruce stone summit thistle tiger tulip valley violet walnut willow wren"
    .split(" ");
const LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Whether Azure ML accepts a text as the name of a job. */
export function isJobName(text: string): boolean {
  return /^[a-zA-Z0-9][a-zA-Z0-9_-]{0,254}$/.test(text);
}

/** A name for a job in azure-ai-ml's style, chosen here so that it is known before the job is sent. */
export function jobName(random: Random): string {
  const oneOf = <T>(from: ArrayLike<T>) => from[Math.floor(random.number() * from.length)]!;
  const tail = Array.from({ length: 10 }, () => oneOf(LETTERS)).join("");
  return `${oneOf(FIRST)}_${oneOf(SECOND)}_${tail}`;
}
