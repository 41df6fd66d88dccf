/**
 * The launcher that started this process, as its environment variables say.
 *
 * @module
 */

/** A launcher of parallel jobs. */
export type Launcher = {
  /** The name, such as `"Open MPI"`. */
  readonly name: string;
  /** The number of ranks that it has started; `undefined` if it does not say. */
  readonly size: number | undefined;
};

/** The variables that launchers set, the most specific first. */
const VARIABLES: readonly (readonly [variable: string, name: string, hasSize: boolean])[] = [
  ["OMPI_COMM_WORLD_SIZE", "Open MPI", true],
  ["PMI_SIZE", "MPICH", true], // by Hydra, the launcher of MPICH and Intel MPI
  ["MV2_COMM_WORLD_SIZE", "MPICH", true], // by MVAPICH, whose library is a kind of MPICH
  ["SLURM_STEP_NUM_TASKS", "Slurm", true],
  ["SLURM_NTASKS", "Slurm", true],
  ["PALS_RANKID", "PALS", false],
  ["FLUX_JOB_SIZE", "Flux", true],
  ["PMIX_RANK", "PMIx", false],
];

/** The names of the variables, for the permission to read them. */
export const LAUNCHER_VARIABLES: readonly string[] = /* @__PURE__ */ VARIABLES.map(([variable]) => variable);

/**
 * Returns the launcher that started this process.
 *
 * @param read Reads a variable of the environment.
 * @returns `undefined` if there is none, or none that is known.
 */
export function launcherFrom(read: (variable: string) => string | undefined): Launcher | undefined {
  const set = VARIABLES.filter(([variable]) => read(variable) !== undefined), [first] = set;
  if (first === undefined) return undefined;
  const [, name] = first, sized = set.find(([, other, hasSize]) => other === name && hasSize);
  const size = sized && Number(read(sized[0]));
  return { name, size: Number.isInteger(size) ? size : undefined };
}
