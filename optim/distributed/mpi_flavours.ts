/**
 * The handles by which MPI libraries name communicators, types of numbers, and operations.
 *
 * One binding serves all libraries, since a handle is passed as an integer of the size of an address: Open MPI's are
 * addresses of its symbols, MPICH's are integers of 32 bits, for which the callee reads the lower half of what it is passed,
 * and those of the standard ABI of MPI 5 are small constants.
 *
 * @module
 */

/** The handles and constants of a library. */
export type Flavour = {
  readonly name: string;
  /** The communicator of all ranks. */
  readonly world: bigint;
  readonly float32: bigint;
  readonly float64: bigint;
  /** The operation of sums. */
  readonly sum: bigint;
  /** The error handler that makes functions return error codes. */
  readonly errorsReturn: bigint;
  /** Passed in place of the numbers to send if they are where the result goes. */
  readonly inPlace: bigint;
  /** The level of thread support at which a single thread calls MPI. */
  readonly funneled: number;
};

/** MPICH, Intel MPI, MVAPICH and Cray's MPI, which have one ABI. */
export const MPICH: Flavour = {
  name: "MPICH ABI",
  world: 0x44000000n,
  float32: 0x4c00040an,
  float64: 0x4c00080bn,
  sum: 0x58000003n,
  errorsReturn: 0x54000001n,
  inPlace: 0xffffffffffffffffn,
  funneled: 1,
};

/** The standard ABI of MPI 5, which libraries offer besides their own under the name `libmpi_abi`. */
export const STANDARD: Flavour = {
  name: "MPI 5 ABI",
  world: 0x101n,
  float32: 0x210n,
  float64: 0x214n,
  sum: 0x21n,
  errorsReturn: 0x142n,
  inPlace: 1n,
  funneled: 1024,
};

/** The symbols that only Open MPI has. */
export const OPEN_MPI_SYMBOLS = {
  world: { name: "ompi_mpi_comm_world", type: "pointer" },
  float32: { name: "ompi_mpi_float", type: "pointer" },
  float64: { name: "ompi_mpi_double", type: "pointer" },
  sum: { name: "ompi_mpi_op_sum", type: "pointer" },
  errorsReturn: { name: "ompi_mpi_errors_return", type: "pointer" },
} as const;

/** Open MPI, from the addresses of its symbols. */
export const openMpi = (addresses: { readonly [K in keyof typeof OPEN_MPI_SYMBOLS]: bigint }): Flavour => ({
  name: "Open MPI ABI",
  ...addresses,
  inPlace: 1n,
  funneled: 1,
});

/** The usual names of MPI libraries by operating system, and the launcher that belongs to each. */
const CANDIDATES: { readonly [os: string]: readonly (readonly [launcher: string | undefined, file: string])[] } = {
  linux: [
    ["Open MPI", "libmpi.so.40"],
    ["MPICH", "libmpich.so.12"],
    ["MPICH", "libmpi.so.12"],
    [undefined, "libmpi_abi.so.0"],
    [undefined, "libmpi.so"],
  ],
  darwin: [
    ["Open MPI", "libmpi.40.dylib"],
    ["MPICH", "libmpi.12.dylib"],
    [undefined, "libmpi_abi.0.dylib"],
    ["Open MPI", "/opt/homebrew/lib/libmpi.40.dylib"],
    ["MPICH", "/opt/homebrew/lib/libmpi.12.dylib"],
  ],
};

/** Returns the names of libraries to try, those that belong to the launcher first. */
export function candidates(os: string, launcher: string | undefined): readonly string[] {
  const all = CANDIDATES[os] ?? [], fits = ([own]: typeof all[number]): boolean => own === launcher;
  return [...all.filter(fits), ...all.filter((candidate) => !fits(candidate))].map(([, file]) => file);
}
