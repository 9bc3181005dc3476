/** @jsxImportSource preact */

const SECTIONS = [["/", "Jobs"], ["/schedules", "Schedules"]] as const;

/** Links between the lists of a workspace. */
export function Sections({ chosen }: { readonly chosen: string }) {
  return (
    <nav class="sections" aria-label="Workspace">
      {SECTIONS.map(([href, label]) => (
        <a key={href} href={href} aria-current={href === chosen ? "page" : undefined}>{label}</a>
      ))}
    </nav>
  );
}

/** Leads from the page of a job, or of several, to the list of jobs. */
export function AllJobs() {
  return (
    <nav aria-label="Jobs">
      <a href="/">All jobs</a>
    </nav>
  );
}
