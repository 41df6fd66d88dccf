/**
 * Starting parallel jobs in tests.
 *
 * @module
 */

const ROOT = new URL("../../../", import.meta.url);

/** A launcher that is installed here. */
export type InstalledLauncher = {
  /** The command, with the arguments that suit a crowded machine. */
  readonly command: readonly string[];
  /** The library that belongs to it. */
  readonly library: string;
};

const isAllowed = ["run", "ffi", "read", "env"].every((name) =>
  Deno.permissions.querySync({ name: name as "run" }).state === "granted" // all of these are names of permissions
);

/** Returns the first of some programs whose version says what is looked for. */
function installed(programs: readonly string[], version: RegExp): string | undefined {
  if (!isAllowed) return undefined;
  return programs.find((program) => {
    try {
      return version.test(
        new TextDecoder().decode(new Deno.Command(program, { args: ["--version"] }).outputSync().stdout),
      );
    } catch {
      return false;
    }
  });
}

const openMpi = installed(["mpirun.openmpi", "mpirun"], /Open MPI/),
  mpich = installed(["mpirun.mpich", "mpirun"], /HYDRA/);

/** What Open MPI is told: MPI waits by asking again and again, and there may be fewer cores than ranks. */
const CROWDED = ["--allow-run-as-root", "--oversubscribe", "--mca", "mpi_yield_when_idle", "1"];
/** Containers may forbid one process to read another's memory. */
const CONTAINED = ["--mca", "btl_vader_single_copy_mechanism", "none"];

/** Open MPI's launcher, if it is installed and may be used. */
export const OPEN_MPI: InstalledLauncher | undefined = openMpi === undefined
  ? undefined
  : { command: [openMpi, ...CROWDED, ...CONTAINED], library: "libmpi.so.40" };

/** MPICH's launcher, if it is installed and may be used. */
export const MPICH: InstalledLauncher | undefined = mpich === undefined
  ? undefined
  : { command: [mpich], library: "libmpich.so.12" };

/** What has become of a job, and when. */
export type Ended = { readonly code: number; readonly out: string; readonly errors: string; readonly ended: number };

/** Runs a command; it is killed after a minute. */
export async function run(command: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const [program, ...args] = command;
  const { code, stdout, stderr } = await new Deno.Command(program!, {
    args,
    cwd: ROOT,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), errors: text(stderr), ended: Date.now() };
}

/** The command that runs a program of this folder, or an example. */
export const denoRun = (program: string, args: readonly string[], permissions = ["--allow-ffi", "--allow-env"]) => [
  Deno.execPath(),
  "run",
  "--quiet",
  "--no-check",
  "--no-prompt",
  `--config=${new URL("deno.json", ROOT).pathname}`,
  ...permissions,
  new URL(program, ROOT).pathname,
  ...args,
];

/** Starts a program on some ranks. */
export const start = ({ command }: InstalledLauncher, ranks: number, program: readonly string[]): Promise<Ended> =>
  run([...command, "-n", String(ranks), ...program]);
