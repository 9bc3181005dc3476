/** @jsxImportSource preact */
/// <reference lib="dom" />
import { bytesText } from "../logic/format.ts";
import { tableOf } from "../logic/tables.ts";
import type { PreviewView } from "../view.ts";

/** Shows the beginning of files that a step wrote: images, tables and text. */
export function Previews({ previews }: { readonly previews: readonly PreviewView[] }) {
  return (
    <ul class="previews">
      {previews.map((preview) => (
        <li key={`${preview.output}/${preview.path}`}>
          <details open={previews.length < 3}>
            <summary>
              <code>{preview.path}</code>{" "}
              <span class="dim">{bytesText(preview.sizeBytes)}{preview.isCut ? ", beginning" : ""}</span>
            </summary>
            <Content {...preview} />
          </details>
        </li>
      ))}
    </ul>
  );
}

function Content({ path, text, image }: PreviewView) {
  if (image !== undefined) return <img src={image} alt={path} />;
  if (text === undefined) return null;
  const table = tableOf(path, text);
  if (table === undefined) {
    return <pre tabIndex={0} role="region" aria-label={path}>{pretty(path, text)}</pre>;
  }
  const [head = [], ...rows] = table;
  return (
    <div class="preview-table" tabIndex={0} role="region" aria-label={path}>
      <table>
        <thead>
          <tr>{head.map((cell, at) => <th key={at} scope="col">{cell}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, at) => <tr key={at}>{row.map((cell, at) => <td key={at}>{cell}</td>)}</tr>)}
        </tbody>
      </table>
    </div>
  );
}

function pretty(path: string, text: string): string {
  if (!/\.json$/i.test(path)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
