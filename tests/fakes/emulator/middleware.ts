/** Answers a request in place of what comes next, or passes it on. */
export type Middleware = (
  request: Request,
  next: (request: Request) => Promise<Response>,
) => Promise<Response>;

/** One handler of several, of which the first sees a request first. */
export function through(
  middlewares: readonly Middleware[],
  last: (request: Request) => Promise<Response>,
): (request: Request) => Promise<Response> {
  return middlewares.reduceRight<(request: Request) => Promise<Response>>(
    (next, middleware) => (request) => middleware(request, next),
    last,
  );
}
