import { useEffect, useState } from "preact/hooks";

/** The user's position in the page; stored in the URL after `#`, so that it can be shared. */
export interface PagePlace {
  readonly tab?: string;
  readonly step?: string;
  readonly pipeline?: string;
  /** A log of the step, and a line in it. */
  readonly log?: string;
  readonly line?: string;
  /** What a list is filtered by, and how many times older jobs were asked for. */
  readonly find?: string;
  readonly status?: string;
  readonly mine?: string;
  readonly more?: string;
  /** Checked runs, separated by spaces. */
  readonly runs?: string;
  /** The run with which others are compared. */
  readonly baseline?: string;
}

/** Parts that belong to a step, and are left with it. */
const OF_STEP = { log: undefined, line: undefined };
/** Parts that change what is shown so much that Back leads to what was there before. */
const STOPS: readonly (keyof PagePlace)[] = ["tab", "step", "pipeline"];

/** Navigates to a position; `undefined` removes a part. */
export type Go = (to: { readonly [Part in keyof PagePlace]?: PagePlace[Part] | undefined }) => void;

/** The current position, and a function to change it. Back and forward lead through the steps and tabs shown before. */
export function usePlace(first: PagePlace): readonly [PagePlace, Go] {
  const [place, setPlace] = useState<PagePlace>(() => readPlace() ?? first);
  useEffect(() => {
    const listen = () => setPlace(readPlace() ?? first);
    addEventListener("popstate", listen);
    return () => removeEventListener("popstate", listen);
  }, []);
  return [place, (to) => {
    const next = { ...place, ..."step" in to && to.step !== place.step && OF_STEP, ...to };
    const parts = Object.entries(next).filter((part): part is [string, string] => part[1] !== undefined);
    const isStop = STOPS.some((part) => next[part] !== place[part]);
    history[isStop ? "pushState" : "replaceState"](null, "", `#${new URLSearchParams(parts)}`);
    setPlace(Object.fromEntries(parts));
  }];

  /** The position that the URL has; `undefined` if it has none. */
  function readPlace(): PagePlace | undefined {
    if (location.hash.length < 2) return undefined;
    const { tab = first.tab, ...place } = Object.fromEntries(
      new URLSearchParams(location.hash.slice(1)),
    ) as PagePlace;
    return { ...tab !== undefined && { tab }, ...place };
  }
}
