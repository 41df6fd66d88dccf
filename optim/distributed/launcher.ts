/**
 * The launcher that has started this process, as its environment tells.
 *
 * @module
 */

/** A launcher of parallel jobs. */
export type Launcher = {
  /** The name, such as `"Open MPI"`. */
  readonly name: string;
  /** The number of ranks that it has started; `undefined` if it does not tell. */
  readonly size: number | undefined;
};

/** The variables that launchers set, those that tell most first. */
const VARIABLES: readonly (readonly [variable: string, name: string, tellsSize: boolean])[] = [
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
 * Returns the launcher that has started this process.
 *
 * @param read Reads a variable of the environment.
 * @returns `undefined` if there is none, or none that is known.
 */
export function launcherFrom(read: (variable: string) => string | undefined): Launcher | undefined {
  const set = VARIABLES.filter(([variable]) => read(variable) !== undefined), [first] = set;
  if (first === undefined) return undefined;
  const [, name] = first, told = set.find(([, other, tellsSize]) => other === name && tellsSize);
  const size = told && Number(read(told[0]));
  return { name, size: Number.isInteger(size) ? size : undefined };
}
