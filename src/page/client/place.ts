/// <reference lib="dom" />
import { useEffect, useState } from "preact/hooks";

/** The user's position in the page; stored in the URL after `#`, so that it can be shared. */
export interface PagePlace {
  readonly tab?: string;
  readonly step?: string;
  readonly pipeline?: string;
}

/** Navigates to a position; `undefined` removes a part. */
export type Go = (to: { readonly [Part in keyof PagePlace]?: PagePlace[Part] | undefined }) => void;

/** The current position, and a function to change it. */
export function usePlace(first: PagePlace): readonly [PagePlace, Go] {
  const [place, setPlace] = useState<PagePlace>({ ...first, ...readPlace() });
  useEffect(() => {
    const listen = () => setPlace({ ...first, ...readPlace() });
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  return [place, (to) => {
    const next = { ...place, ...to };
    const parts = Object.entries(next).filter((part): part is [string, string] => part[1] !== undefined);
    history.replaceState(null, "", `#${new URLSearchParams(parts)}`);
    setPlace(Object.fromEntries(parts));
  }];
}

function readPlace(): PagePlace {
  return Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
}
