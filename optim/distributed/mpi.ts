/**
 * Collectives over MPI.
 *
 * @module
 */
import type { Collective } from "./collective.ts";
import { collectiveOver } from "./collective_over.ts";
import { type Launcher, LAUNCHER_VARIABLES, launcherFrom } from "./launcher.ts";
import { type MpiLibrary, openMpiLibrary } from "./mpi_library.ts";
import type { Numbers, Transport } from "./transport.ts";

/** The ranks of MPI's world. */
export type MpiCollective = Collective & {
  /** The library, its version and its file: `"Open MPI v4.1.4 (libmpi.so.40)"`. */
  readonly library: string;
};

/** The exit code of a job that ends because a rank exited before the others. */
const LEFT = 70;

/** How long the launcher has for reading why a job ends. */
const MILLISECONDS_TO_READ = 200;

/**
 * Joins MPI's world: all processes that a launcher such as `mpirun` has started together.
 *
 * The library is Open MPI, MPICH, Intel MPI or one with MPI 5's standard ABI; if several are installed, the one that belongs
 * to the launcher. The program needs the permissions `--allow-ffi` and `--allow-env`. Each rank must call `close()` before it
 * exits: one that does not ends the whole job with an error, since the others would wait for it. `close()` of one collective
 * ends MPI for all that this process has.
 *
 * @param path The library's file; by default the usual names are tried.
 * @throws {Error} If no library is found, Deno may not call it, no launcher has started this process, or the launcher belongs
 * to another library. The message says what to do.
 *
 * @example Started by `mpirun -n 2 deno run --allow-ffi --allow-env program.ts`
 * ```ts ignore
 * import { mpi } from "@nanograd/nanograd/distributed";
 * import { tensor64, toNumber } from "@nanograd/nanograd";
 *
 * const world = await mpi();
 * const total = world.sum(tensor64(world.rank));
 * if (world.rank === 0) console.log(`${world.library}: the ranks add up to ${toNumber(total)}`);
 * world.close();
 * ```
 */
// deno-lint-ignore require-await -- a library may have to be loaded some day without blocking, and callers await already
export async function mpi(path?: string): Promise<MpiCollective> {
  const launcher = launcherOf();
  if (launcher === null) throw notLaunched();
  const library = openMpiLibrary(path, launcher?.name), { transport, version } = join(library, launcher);
  return Object.freeze({ ...collectiveOver(transport), library: `${version} (${library.file})` });
}

/** Returns the launcher; `null` if there is none, `undefined` if the environment may not be read. */
function launcherOf(): Launcher | null | undefined {
  if (typeof Deno === "undefined") return undefined;
  const { permissions } = Deno;
  const readable = LAUNCHER_VARIABLES.filter((variable) =>
    permissions.querySync({ name: "env", variable }).state === "granted"
  );
  const found = launcherFrom((variable) => readable.includes(variable) ? Deno.env.get(variable) : undefined);
  return found ?? (readable.length === LAUNCHER_VARIABLES.length ? null : undefined);
}

const notLaunched = (): Error =>
  new Error(
    "Cannot join MPI's world: no launcher has started this process: ranks must be started together; run mpirun -n 2 deno " +
      "run --allow-ffi --allow-env PROGRAM, or use alone, the collective of a single process",
  );

/** Starts MPI, and returns its transport. */
function join(
  { file, flavour, functions }: MpiLibrary,
  launcher: Launcher | undefined,
): { readonly transport: Transport; readonly version: string } {
  const number = new Int32Array(1), text = new Uint8Array(8192);
  const textOf = (length: number): string => new TextDecoder().decode(text.subarray(0, length));
  const check = (action: string, code: number): void => {
    if (code === 0) return;
    functions.MPI_Error_string(code, text, number);
    throw new Error(
      `Cannot ${action}: MPI says ${textOf(number[0]!)}: it must succeed on all ranks; see the messages of the others`,
    );
  };
  const ask = (action: string, f: (answer: Int32Array<ArrayBuffer>) => number): number => {
    check(action, f(number));
    return number[0]!;
  };
  const version = textOf(ask("ask for MPI's version", (length) => functions.MPI_Get_library_version(text, length)));
  const name = version.split(/[\n,\0]|\s{2,}/)[0]!.replace("Version:", "").replaceAll(/\s+/g, " ").trim();
  const isOver = () => ask("ask whether MPI has ended", functions.MPI_Finalized) !== 0;
  if (isOver()) {
    throw new Error("Cannot join MPI's world: it has been closed: it can be joined once; call close() at the very end");
  }
  if (ask("ask whether MPI has begun", functions.MPI_Initialized) === 0) {
    check("join MPI's world", functions.MPI_Init_thread(0n, 0n, flavour.funneled, number));
  }
  const { world } = flavour;
  check("set the error handler", functions.MPI_Comm_set_errhandler(world, flavour.errorsReturn));
  const rank = ask("ask for the rank", (answer) => functions.MPI_Comm_rank(world, answer));
  const size = ask("ask for the number of ranks", (answer) => functions.MPI_Comm_size(world, answer));
  if (size !== (launcher?.size ?? size)) {
    throw new Error(
      `Cannot join MPI's world: ${launcher!.name}'s launcher has started ${
        launcher!.size
      } processes, and ${name} (${file}) ` +
        `sees ${size}: launcher and library must belong together; use the library's own launcher, or pass the path of the ` +
        "launcher's library: mpi(path)",
    );
  }
  if (size === 1 && launcher === undefined) {
    throw new Error(
      "Cannot join MPI's world: there is one rank, and Deno may not read whether a launcher has started more: it must be " +
        "allowed to; run with --allow-env, or use alone, the collective of a single process",
    );
  }
  // Without this, MPICH counts a rank that exits with code 0 as a success, and the others wait for it forever.
  globalThis.addEventListener("unload", () => {
    if (isOver()) return;
    console.error(
      `Cannot end rank ${rank} of ${size} before the others: each rank must call close() before it exits; the job ends here`,
    );
    // The launcher ends all processes at once, and what it has not read by then is lost.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, MILLISECONDS_TO_READ);
    functions.MPI_Abort(world, LEFT);
  });
  /** Throws if another collective of this process has closed the world: MPI itself would abort the process. */
  const checkOpen = (action: string): void => {
    if (!isOver()) return;
    throw new Error(
      `Cannot ${action}: another collective of this process has closed MPI's world: it must be open; call mpi() once, and ` +
        "close() at the very end",
    );
  };
  const typeOf = (numbers: Numbers): bigint => numbers instanceof Float32Array ? flavour.float32 : flavour.float64;
  const transport: Transport = {
    rank,
    size,
    sum: (x) => {
      checkOpen("sum over ranks");
      check("sum over ranks", functions.MPI_Allreduce(flavour.inPlace, x, x.length, typeOf(x), flavour.sum, world));
    },
    broadcast: (x, root) => {
      checkOpen("exchange between ranks");
      check("broadcast", functions.MPI_Bcast(x, x.length, typeOf(x), root, world));
    },
    close: () => check("leave MPI's world", functions.MPI_Finalize()),
  };
  return { transport, version: name };
}
