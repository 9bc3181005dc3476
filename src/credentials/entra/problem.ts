/** What Entra ID says when it gives no token. */
export interface EntraProblem {
  /** Such as `invalid_client`. */
  readonly error: string;
  /** Number of the AADSTS code. */
  readonly code: number | undefined;
  readonly description: string;
  readonly correlationId: string | undefined;
}

/** What a message may name; none of it is secret. */
export interface EntraSubject {
  /** The credential that asked. */
  readonly credential: string;
  readonly tenant?: string | undefined;
  readonly clientId?: string | undefined;
  /** The audience that was asked for. */
  readonly audience?: string | undefined;
}

/** Reads the body of an answer of Entra ID; `undefined` when it is none of its failures. */
export function readEntraProblem(body: string): EntraProblem | undefined {
  try {
    const { error, error_description, error_codes, correlation_id } = JSON.parse(body);
    if (typeof error !== "string") return undefined;
    const description = typeof error_description === "string" ? error_description : "";
    const named = /AADSTS(\d+)/.exec(description)?.[1];
    const code = named !== undefined ? Number(named) : error_codes?.[0];
    return { error, code, description, correlationId: correlation_id };
  } catch {
    return undefined;
  }
}
