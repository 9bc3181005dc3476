import type { Container } from "../world/contents.ts";
import type { World } from "../world/world.ts";

/** A parsed request to a blob or a container. */
export interface BlobCall {
  readonly world: World;
  readonly request: Request;
  readonly query: URLSearchParams;
  readonly container: Container;
  /** Empty for the container itself. */
  readonly name: string;
}
