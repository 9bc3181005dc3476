import type { FileView } from "../view.ts";
import { pretty, Table } from "../widgets/widgets.tsx";
import { sizeText } from "../../core/format.ts";

export function isImage<File extends FileView>(file: File): file is File & { readonly data: string } {
  return file.data?.startsWith("data:image/") === true;
}

/** Images side by side, each of which opens in full size. */
export function Figures(
  { files }: { readonly files: readonly (FileView & { readonly data: string; readonly label?: string })[] },
) {
  if (files.length === 0) return null;
  return (
    <div class="figures">
      {files.map(({ path, data, label }, at) => (
        <figure key={at}>
          <a href={data} download={nameOf(path)} title={`Save ${path}`}>
            <img src={data} alt={path} />
          </a>
          <figcaption>
            {path} {label && <span class="dim">{label}</span>}
          </figcaption>
        </figure>
      ))}
    </div>
  );
}

/** Shows files that a step wrote or logged: images, tables, text and HTML; others can be saved. */
export function Files({ files }: { readonly files: readonly FileView[] }) {
  const others = files.filter((file) => !isImage(file));
  return (
    <>
      <Figures files={files.filter(isImage)} />
      <ul class="previews">
        {others.map((file, at) => <li key={at}>{shown(file, others.length < 3)}</li>)}
      </ul>
    </>
  );
}

function shown(file: FileView, isOpen: boolean) {
  const { path, sizeBytes, text, data, isCut } = file;
  const size = sizeBytes === undefined ? "" : sizeText(sizeBytes);
  const saved = isCut
    ? undefined
    : data ?? (text && `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`);
  const about = (
    <>
      <code>{path}</code> <span class="dim">{size}{isCut ? ", beginning" : ""}</span>
    </>
  );
  const save = saved && <a href={saved} download={nameOf(path)}>Save</a>;
  if (text === undefined) return <>{about} {save}</>;
  return (
    <details open={isOpen}>
      <summary>{about}</summary>
      {save}
      <Content path={path} text={text} />
    </details>
  );
}

function Content({ path, text }: { readonly path: string; readonly text: string }) {
  if (/\.html?$/i.test(path)) return <iframe sandbox="" srcdoc={text} title={path} />;
  const rows = tableIn(path, text);
  if (rows !== undefined) {
    const [heads = [], ...body] = rows;
    return (
      <Table label={path} heads={heads.map((head) => [head] as const)}>
        {body.map((row, at) => <tr key={at}>{row.map((cell, at) => <td key={at}>{cell}</td>)}</tr>)}
      </Table>
    );
  }
  const inLines = /\.json$/i.test(path) ? pretty(text.trimStart()) : text;
  return <pre tabIndex={0} role="region" aria-label={path}>{inLines}</pre>;
}

const MOST_ROWS = 100;

/** The rows of a CSV file without quotes, or of a table of MLflow; `undefined` for other text. */
function tableIn(path: string, text: string): readonly (readonly string[])[] | undefined {
  const separator = /\.csv$/i.test(path) ? "," : /\.tsv$/i.test(path) ? "\t" : undefined;
  if (separator !== undefined && !text.includes('"')) {
    return text.trim().split("\n").slice(0, MOST_ROWS).map((line) => line.split(separator));
  }
  if (!/^\{"columns": ?\[.*\}\s*$/s.test(text)) return undefined;
  try {
    const { columns, data } = JSON.parse(text) as { columns: unknown[]; data: unknown[][] };
    return [columns, ...data.slice(0, MOST_ROWS)].map((row) => row.map(String));
  } catch {
    return undefined;
  }
}

function nameOf(path: string): string {
  return path.split("/").at(-1)!;
}
