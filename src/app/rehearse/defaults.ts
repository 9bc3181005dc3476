/** How many steps run on this machine at once, unless `--jobs` says otherwise. Help names it: this loads nothing else. */
export const PARALLEL_STEPS = 2;

/** The page that `init` writes of the job that it runs; later rehearsals renew it. */
export const INIT_PAGE = "rehearsal.html";
