import type { CreateOptions } from "../fakes/emulator.ts";

/** What Azure answered to some requests, in the order of the test that recorded them. */
export interface Recording {
  /** Path below the repository's folder of recordings; of what an issue quotes, its path on GitHub. */
  readonly file: string;
  readonly repository?:
    | "Azure/azure-sdk-for-python"
    | "Azure/azure-powershell"
    | "microsoft/promptflow";
  /** Whether the emulator has these operations, for other clients than this one (default: it has). */
  readonly isEmulated?: false;
  /** Absent for what an issue quotes. */
  readonly commit?: string;
  /** Year and month of the traffic. */
  readonly recorded: string;
  /** How an emulator's jobs end. */
  readonly outcome?: CreateOptions["outcome"];
  /** Requests that bring an emulator to the state in which the test began. */
  readonly given?: readonly Given[];
  readonly exchanges: readonly Exchange[];
}

/** A request: method and path below the workspace, or method and URL. */
export interface Given {
  readonly send: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds that pass before it. */
  readonly afterMs?: number;
  /** The whole body of the response; absent if it is empty or not used. */
  readonly answer?: unknown;
  /** Headers that matter; `null` for a missing one. */
  readonly answerHeaders?: Readonly<Record<string, string | null>>;
}

/** A request, and what Azure answered. Texts are patterns of `pattern.ts`. */
export interface Exchange extends Given {
  readonly status: number;
  /** The result of the client's reader. */
  readonly read: Read;
}

/** A reader of the client with its arguments, and what it returns, or the code of its error. */
export interface Read {
  readonly by: string;
  readonly of?: readonly unknown[];
  /** Compared key by key; other keys of the result are ignored. */
  readonly gives?: unknown;
  /** Code of the error, and a part of its text. */
  readonly fails?: readonly [code: string, text: string];
}
