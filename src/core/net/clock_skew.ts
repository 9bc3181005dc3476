/** Entra ID and Azure tolerate a clock that is off by up to 5 minutes. */
const LARGEST_MS = 5 * 60_000;

/** Says by how much this machine's clock is wrong, and how to set it. */
export interface ClockAdvice {
  readonly problem: string;
  readonly hint: string;
}

/**
 * Compares this machine's clock with the `Date` header of a response.
 *
 * @returns `undefined` if the difference is at most five minutes, or if either time is unknown.
 */
export function clockAdvice(date: string | undefined, now: Date | undefined): ClockAdvice | undefined {
  const theirs = new Date(date ?? "").getTime();
  if (now === undefined || Number.isNaN(theirs)) return undefined;
  const aheadMs = now.getTime() - theirs;
  if (Math.abs(aheadMs) <= LARGEST_MS) return undefined;
  return {
    problem: `this machine's clock is ${duration(Math.abs(aheadMs))} ${
      aheadMs > 0 ? "fast" : "slow"
    }, so tokens and signatures are not valid`,
    hint:
      "Set the clock: `sudo timedatectl set-ntp true`, on Windows `w32tm /resync`, on macOS `sudo sntp -sS time.apple.com`",
  };
}

function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}
