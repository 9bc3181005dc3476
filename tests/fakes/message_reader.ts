import { joinedBytes } from "../../src/core/bytes.ts";
import { decodeLengths, type Frame, LENGTHS_BYTES } from "../../src/kedro/sandbox/protocol.ts";

/** Creates a function that assembles messages from chunks. */
export function messageReader<Header>(): (bytes: Uint8Array) => Frame<Header>[] {
  let rest = new Uint8Array();
  return (bytes) => {
    rest = joinedBytes([rest, bytes]);
    const messages: Frame<Header>[] = [];
    while (rest.length >= LENGTHS_BYTES) {
      const [header, body] = decodeLengths(rest);
      const end = LENGTHS_BYTES + header + body;
      if (rest.length < end) break;
      const text = new TextDecoder().decode(rest.subarray(LENGTHS_BYTES, LENGTHS_BYTES + header));
      messages.push({ header: JSON.parse(text), body: rest.slice(LENGTHS_BYTES + header, end) });
      rest = rest.slice(end);
    }
    return messages;
  };
}
