/** Characters that change the direction of text, so that a name could look like another one. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;

/** Parses data for the page, whose texts come from others: characters that turn text around become visible. */
export function parseData<T>(json: string): T {
  return JSON.parse(json.replace(TURNING, "\ufffd"));
}
