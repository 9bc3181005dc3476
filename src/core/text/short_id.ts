const VERSIONED = /\/(?:environments|codes|data|components)\/([^/]+)\/(?:versions|labels)\/([^/]+)$/;

/** Shortens an id: `kedro-env:12` for a version, else the last part of an ARM id; other text is unchanged. */
export function shortId(id: string): string {
  const [, name, version] = VERSIONED.exec(id) ?? [];
  if (name !== undefined) return `${name}:${version}`;
  return /^(azureml:)?\/subscriptions\//i.test(id) ? id.split("/").at(-1)! : id;
}
