/** What the executable may do, each with its reason. It never asks for more: what is not here fails. */
const ALLOWED: readonly { readonly flag: string; readonly why: string }[] = [
  { flag: "--allow-read", why: "the project, wherever -C says, and the machine's certificate authorities" },
  {
    flag: "--allow-write",
    why:
      "what `compile`, `init` and `emulator` are told to write, wherever that is, and the session of `auth login`",
  },
  {
    flag: "--allow-env",
    why: "Azure's and Kedro's variables, and those that the project's configuration names",
  },
  {
    flag: "--allow-net",
    why: "Entra ID, Resource Manager and storage: private links and own clouds have any name",
  },
  {
    flag: "--allow-run",
    why: "az, azd, pwsh and git, and what opens a browser, wherever PATH has them, and the " +
      "Python that --python names; for `rehearse`, bash with the steps, uv or pip, and what copies and links their files",
  },
  {
    flag: "--allow-sys=osRelease,uid",
    why: "what the Azure SDK puts into its user agent, and whether a cached reading is this user's",
  },
  { flag: "--deny-import", why: "all code is built in; by default Deno may load more from some hosts" },
  {
    flag: "--allow-ffi",
    why:
      "the process that reads a project asks Linux for a filter of system calls; every other process gives it up first",
  },
  { flag: "--no-prompt", why: "a question nobody expects would stop a CI job" },
];

/** The flags, for `deno compile` and `deno run`. */
export const PERMISSIONS: readonly string[] = ALLOWED.map(({ flag }) => flag);
