/**
 * Where the project is published, such as `https://github.com/OWNER/NAME`: the one place that says so. Absent until
 * that is decided; what needs it then takes it from the workflow that makes a release, or leaves it out.
 */
const REPOSITORY: string | undefined = undefined;

/** The address of the repository, without a slash at its end; undefined where neither it nor a workflow is known. */
export function repository(env: Readonly<Record<string, string>> = Deno.env.toObject()): string | undefined {
  if (REPOSITORY !== undefined) return REPOSITORY;
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: name } = env;
  return server && name ? `${server}/${name}` : undefined;
}
