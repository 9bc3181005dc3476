/** @jsxImportSource preact */
/// <reference lib="dom" />
import { exactJson } from "../../core/text/python_json.ts";
import type { Pair } from "../view.ts";
import { Copyable } from "../widgets/widgets.tsx";

/** JSON of several values in lines; other text as it is. */
export function pretty(value: string): string {
  if (!/^[[{]/.test(value)) return value;
  return JSON.stringify(exactJson(value), null, 2) ?? value;
}

/** A list of names with their values. */
export function Pairs({ pairs }: { readonly pairs: readonly Pair[] }) {
  return (
    <dl class="pairs">
      {pairs.map(([name, value], at) => (
        <div key={at}>
          <dt>{name}</dt>
          <dd>
            {name === "Run" || name === "Reuses results of" ? <Copyable text={value} /> : pretty(value)}
          </dd>
        </div>
      ))}
    </dl>
  );
}
