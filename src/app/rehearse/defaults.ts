/** How many steps run on this machine at once, unless `--jobs` says otherwise. Help names it: this loads nothing else. */
export const PARALLEL_STEPS = 2;
