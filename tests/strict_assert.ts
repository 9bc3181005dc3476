/**
 * Stands in for `node:assert/strict` (see import_map.json): of that module, Deno 2.9.6 exports `equal`, `deepEqual` and
 * their opposites as loose comparisons, for which `undefined` equals `null`, and `1` equals `"1"`.
 */

import assert from "node:assert";

const strict: typeof assert.strict = assert.strict;

export default strict;

export const deepEqual: typeof strict.deepEqual = strict.deepEqual;
export const deepStrictEqual: typeof strict.deepStrictEqual = strict.deepStrictEqual;
export const doesNotMatch: typeof strict.doesNotMatch = strict.doesNotMatch;
export const doesNotThrow: typeof strict.doesNotThrow = strict.doesNotThrow;
export const equal: typeof strict.equal = strict.equal;
export const match: typeof strict.match = strict.match;
export const notDeepEqual: typeof strict.notDeepEqual = strict.notDeepEqual;
export const notDeepStrictEqual: typeof strict.notDeepStrictEqual = strict.notDeepStrictEqual;
export const notEqual: typeof strict.notEqual = strict.notEqual;
export const notStrictEqual: typeof strict.notStrictEqual = strict.notStrictEqual;
export const ok: typeof strict.ok = strict.ok;
export const rejects: typeof strict.rejects = strict.rejects;
export const strictEqual: typeof strict.strictEqual = strict.strictEqual;
export const throws: typeof strict.throws = strict.throws;
