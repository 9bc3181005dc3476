import { deepEqual } from "node:assert/strict";
import { once, onceEach } from "../../src/core/once.ts";

Deno.test("once() calls a function once, and onceEach() calls it once for each key", () => {
  const made: string[] = [];
  const make = (name: string) => (made.push(name), made.length);
  const [first, each] = [once(() => make("first")), onceEach(make, (name) => name.toLowerCase())];
  deepEqual([first(), first(), each("a"), each("b"), each("A")], [1, 1, 2, 3, 2]);
  deepEqual(made, ["first", "a", "b"]);
});
