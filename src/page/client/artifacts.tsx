import type { FileView } from "../view.ts";
import { pretty, Table } from "../widgets/widgets.tsx";
import { moreText, sizeText } from "../../core/format.ts";

export function isImage<File extends FileView>(file: File): file is File & { readonly data: string } {
  return file.data?.startsWith("data:image/") === true;
}

/** A file. @param label Where it is from, unless that is clear. */
type Labelled<File extends FileView = FileView> = File & { readonly label?: string };

/** Images side by side, each of which opens in full size. */
export function Figures(
  { files }: { readonly files: readonly Labelled<FileView & { readonly data: string }>[] },
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
export function Files({ files, areOpen }: {
  readonly files: readonly Labelled[];
  /** Whether all are open (default: two are). */
  readonly areOpen?: boolean;
}) {
  const others = files.filter((file) => !isImage(file));
  return (
    <>
      <Figures files={files.filter(isImage)} />
      <ul class="previews">
        {others.map((file, at) => <li key={at}>{shown(file, areOpen ?? others.length < 3)}</li>)}
      </ul>
    </>
  );
}

function shown({ path, sizeBytes, text, data, isCut, label }: Labelled, isOpen: boolean) {
  const facts = [
    sizeBytes !== undefined && sizeText(sizeBytes),
    isCut && "beginning",
    label !== undefined && `by ${label}`,
  ];
  const saved = isCut
    ? undefined
    : data ?? (text && `data:text/plain;charset=utf-8,${encodeURIComponent(text)}`);
  const about = (
    <>
      <code>{path}</code> <span class="dim">{facts.filter(Boolean).join(", ")}</span>
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
    const kinds = heads.map((_, at) => body.some((row) => isNaN(Number(row[at]))) ? undefined : "number");
    return (
      <>
        <Table label={path} heads={heads.map((head, at) => [head, kinds[at]] as const)}>
          {body.slice(0, MOST_ROWS).map((row, at) => (
            <tr key={at}>{row.map((cell, at) => <td key={at} class={kinds[at]}>{cell}</td>)}</tr>
          ))}
        </Table>
        {body.length > MOST_ROWS && <p class="dim">{moreText(body.length - MOST_ROWS, "row")}</p>}
      </>
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
    return text.trim().split("\n").map((line) => line.split(separator));
  }
  if (!/^\{"columns": ?\[.*\}\s*$/s.test(text)) return undefined;
  try {
    const { columns, data } = JSON.parse(text) as { columns: unknown[]; data: unknown[][] };
    return [columns, ...data].map((row) => row.map(String));
  } catch {
    return undefined;
  }
}

function nameOf(path: string): string {
  return path.split("/").at(-1)!;
}
