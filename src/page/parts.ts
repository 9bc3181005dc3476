import type { Submitted } from "./from_body.ts";
import type { ChangeView, NodeRunView, PageData } from "./view.ts";
import type { WrittenPage } from "./html.ts";

/** What the emulator does not know itself of its page. */
export interface PageParts {
  write(data: PageData): WrittenPage;
  /** The nodes that the log of a step tells of, each as it was last. */
  nodeRuns(log: string): readonly NodeRunView[];
  /** How a job differs from the one before it. */
  compare(before: Submitted, after: Submitted): readonly ChangeView[];
}
