import type { Submitted } from "./from_body.ts";
import type { ChangeView, NodeRunView, PageData } from "./view.ts";
import type { WrittenPage } from "./html.ts";

/** What the emulator needs for its page from the layers above. */
export interface PageParts {
  write(data: PageData): WrittenPage;
  /** Reads the states of nodes from the log of a step that runs several. */
  nodeRuns(log: string): readonly NodeRunView[];
  /** Compares a job with an earlier one. */
  compare(before: Submitted, after: Submitted): readonly ChangeView[];
}
