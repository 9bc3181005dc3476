import { isAbsolute } from "node:path";
import type { Context } from "../../core/context.ts";
import { isBelow } from "../../core/untrusted.ts";

/** How steps are kept apart from this machine: by Linux namespaces, as by a container. */
export interface Isolation {
  /** The program that makes the namespaces, and its arguments. */
  readonly start: readonly string[];
  /** What runs the step's command as this user, without the rights over the namespaces. */
  readonly drop: readonly string[];
  /** Paths below /tmp that steps need, such as that of their Python; the rest of /tmp is hidden. */
  readonly visible: readonly string[];
}

const TEMPORARY = "/tmp";

/**
 * Prepares the namespaces in which the first process is this script; all processes end with it. Mounts the step's own
 * folder at /tmp, with the paths that must stay visible in it, and makes the inputs read-only, for root too.
 *
 * Arguments: the step's temporary folder, its working folder, visible paths, `--`, inputs, `--`, and the command.
 */
const PREPARE = `own=$1 work=$2
shift 2
while [ "$1" != -- ]; do
  place=$own/\${1#${TEMPORARY}/}
  if [ -L "$1" ]; then
    mkdir -p "\${place%/*}" && ln -sfn "$(readlink "$1")" "$place" || exit 125
  elif [ -d "$1" ]; then
    mkdir -p "$place" && mount --rbind "$1" "$place" || exit 125
  elif [ -e "$1" ]; then
    mkdir -p "\${place%/*}" && : >>"$place" && mount --bind "$1" "$place" || exit 125
  fi
  shift
done
shift
mount --rbind "$own" ${TEMPORARY} || exit 125
while [ "$1" != -- ]; do
  mount --rbind "$1" "$1" && mount -o remount,bind,ro "$1"
  shift
done
shift
cd "$work" || exit 125
"$@"
exit $?`;

/** With these, root could make inputs writable again, or change files through the device or another process. */
const RIGHTS = ["sys_admin", "sys_ptrace", "sys_module", "sys_rawio", "dac_read_search", "mknod"];

const NAMESPACES = ["--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];

/** The words before a step's command that isolate it. @returns none without isolation. */
export function isolating(
  isolation: Isolation | undefined,
  { root, folder, inputs }: {
    /** Absolute path of the folder for all files of the steps. */
    readonly root: string;
    /** Absolute path of the step's folder, perhaps a link to it. */
    readonly folder: string;
    readonly inputs: readonly string[];
  },
): string[] {
  if (isolation === undefined) return [];
  const inside = isBelow(root, folder) ? [] : [folder];
  const visible = outermost([...isolation.visible, root, ...inside])
    .filter((path) => path !== TEMPORARY && isBelow(TEMPORARY, path));
  return [
    ...isolation.start,
    ...["sh", "-c", PREPARE, "sh", `${folder}/tmp`, `${folder}/wd`],
    ...[...visible, "--", ...new Set(inputs), "--", ...isolation.drop],
  ];
}

/**
 * Finds out whether this machine lets this user make namespaces, by making some; root needs no user namespace.
 *
 * @param root Absolute path of the folder for all files of the steps; a folder for the trial is made in it.
 * @param visible Paths that steps need.
 */
export async function findIsolation(
  { exec, fs }: Pick<Context, "exec" | "fs">,
  root: string,
  visible: readonly string[],
): Promise<Isolation | undefined> {
  const ids = await exec("sh", ["-c", "id -u && id -g"]);
  const [user = "", group = ""] = ids.stdout.trim().split("\n");
  if (ids.status !== 0) return undefined;
  const needed = visible.filter((path) => isAbsolute(path));
  const real = await Promise.all(needed.map(async (path) => await fs.realPath(path) ?? path));
  const drop = ["unshare", "--user", `--map-user=${user}`, `--map-group=${group}`];
  const rights = RIGHTS.map((right) => `-${right}`).join(",");
  const dropRights = ["setpriv", `--inh-caps=${rights}`, `--bounding-set=${rights}`];
  const ways: readonly Omit<Isolation, "visible">[] = [
    // Root keeps access to the files of all users, unless that needs a program that is not there.
    ...user === "0" ? [dropRights, drop].map((drop) => ({ start: ["unshare", ...NAMESPACES], drop })) : [],
    { start: ["unshare", "--user", "--map-root-user", ...NAMESPACES], drop },
  ];
  const folder = `${root}/trial`;
  const made = await exec("mkdir", ["-p", "-m", "700", "--", root, folder, `${folder}/tmp`, `${folder}/wd`]);
  if (made.status !== 0) return undefined;
  try {
    for (const words of ways) {
      const way = { ...words, visible: [...needed, ...real] };
      const [program = "", ...args] = isolating(way, { root, folder, inputs: [`${folder}/wd`] });
      const { status } = await exec(program, [...args, "sh", "-c", TRIAL], { timeoutMs: TRIAL_MS });
      if (status === 0) return way;
    }
    return undefined;
  } finally {
    await exec("rm", ["-rf", "--", folder]);
  }
}

/** Succeeds if the input, the working folder, is read-only and stays so. */
const TRIAL = "mount -o remount,bind,rw . 2>/dev/null; umount -l . 2>/dev/null; ! touch x";
const TRIAL_MS = 5000;

function outermost(paths: readonly string[]): string[] {
  const all = [...new Set(paths)];
  return all.filter((path) => !all.some((other) => other !== path && isBelow(other, path)));
}
