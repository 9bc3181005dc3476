import type { Warning } from "../../core/errors.ts";
import { type Message, renderWarning } from "./error.ts";
import { folded, othersText } from "./fold.ts";

/** Renders the warnings of one result. Many with the same cause become one message, except with `--json`. */
export function warningMessages(warnings: readonly Warning[], json: boolean): Message[] {
  if (json) return warnings.map(renderWarning);
  return folded(warnings).map(({ first, others }) => {
    const { data, text } = renderWarning(first);
    if (others.length === 0) return { data, text };
    const [head, ...rest] = text.trimEnd().split("\n");
    const hint = rest.findIndex((line) => line.startsWith("hint: "));
    const lines = hint < 0 ? rest : rest.slice(0, hint);
    const last = hint < 0 ? [] : rest.slice(hint);
    return { data, text: [head, ...lines, `  ${othersText(others)}`, ...last].join("\n") + "\n" };
  });
}
