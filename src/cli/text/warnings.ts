import type { Warning } from "../../core/errors.ts";
import { type Message, renderWarning } from "./error.ts";
import { folded, othersText } from "../../core/text/similar_messages.ts";
import { countText } from "../../core/text/numbers.ts";

/**
 * Renders the warnings of one result. Many with the same cause become one message, and those that an earlier command
 * showed become one line, except with `--json`.
 */
export function warningMessages(all: readonly Warning[], json: boolean): Message[] {
  if (json) return all.map(({ wasShown: _, ...warning }) => renderWarning(warning));
  const warnings = all.filter(({ wasShown }) => wasShown !== true);
  const shown = all.length - warnings.length;
  return [...messagesOf(warnings), ...(shown === 0 ? [] : [shownBefore(shown)])];
}

function shownBefore(count: number): Message {
  const [were, them] = count === 1 ? ["was", "it"] : ["were", "them"];
  const text = `warning: ${
    countText(count, "warning")
  } ${were} shown before; to see ${them} again, run \`kedro-azureml validate\`\n`;
  return { data: undefined, text };
}

function messagesOf(warnings: readonly Warning[]): Message[] {
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
