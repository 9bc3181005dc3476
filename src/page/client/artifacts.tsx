/** @jsxImportSource preact */
/// <reference lib="dom" />
import type { PreviewView } from "../view.ts";
import { pretty } from "../widgets/widgets.tsx";
import { sizeText } from "../../core/format.ts";

/** Shows the beginning of files that a step wrote: images and text. */
export function Previews({ previews }: { readonly previews: readonly PreviewView[] }) {
  return (
    <ul class="previews">
      {previews.map((preview) => (
        <li key={`${preview.output}/${preview.path}`}>
          <details open={previews.length < 3}>
            <summary>
              <code>{preview.path}</code>{" "}
              <span class="dim">{sizeText(preview.sizeBytes)}{preview.isCut ? ", beginning" : ""}</span>
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
  const shown = /\.json$/i.test(path) ? pretty(text.trimStart()) : text;
  return <pre tabIndex={0} role="region" aria-label={path}>{shown}</pre>;
}
