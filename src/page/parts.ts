import type { Submitted } from "./from_body.ts";
import type { ChangeView, NodeRunView, PageData } from "./view.ts";
import type { WrittenPage } from "./html.ts";

/** Functions that the emulator's page needs from higher layers. */
export interface PageParts {
  write(data: PageData): WrittenPage;
  /** Parses the states of nodes from the log of a step that runs several. */
  nodeRuns(log: string): readonly NodeRunView[];
  /** Compares a job with an earlier one. */
  compare(before: Submitted, after: Submitted): readonly ChangeView[];
}
