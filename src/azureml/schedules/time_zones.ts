import { WINDOWS_TO_IANA_MAP } from "windows-iana";

/**
 * The IANA name of a time zone: of one by its name in Windows, which is how Azure ML documents a schedule's
 * `time_zone`, or of one by its IANA name. `undefined` where there is no such zone.
 */
export function ianaZone(name: string): string | undefined {
  const isNamed = (windows: string) => windows.toLowerCase() === name.toLowerCase();
  const found = WINDOWS_TO_IANA_MAP.find(({ windowsName, territory }) =>
    territory === "001" && isNamed(windowsName)
  );
  if (found !== undefined) return found.iana[0];
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
