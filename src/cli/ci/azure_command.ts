/**
 * Formats a command that Azure Pipelines reads from a step's output, such as `##vso[task.logissue type=error;]text`.
 */
export function azureCommand(
  name: string,
  properties: Readonly<Record<string, string>>,
  text: string,
): string {
  const shown = Object.entries(properties).map(([key, value]) => `${key}=${escaped(value)};`).join("");
  return `##vso[${name}${shown === "" ? "" : ` ${shown}`}]${escapedText(text)}`;
}

function escapedText(text: string): string {
  return text.replaceAll("%", "%AZP25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escaped(text: string): string {
  return escapedText(text).replaceAll("]", "%5D").replaceAll(";", "%3B");
}
