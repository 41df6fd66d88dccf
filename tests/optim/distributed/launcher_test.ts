import { assert, assertEquals } from "@std/assert";
import { LAUNCHER_VARIABLES, launcherFrom } from "../../../optim/distributed/launcher.ts";

const launched = (variables: Readonly<Record<string, string>>) => launcherFrom((name) => variables[name]);

Deno.test("launcherFrom() tells launchers by the variables that they set, and how many ranks there are", () => {
  assertEquals(launched({ OMPI_COMM_WORLD_SIZE: "4" }), { name: "Open MPI", size: 4 });
  assertEquals(launched({ PMI_SIZE: "2", PMI_RANK: "1" }), { name: "MPICH", size: 2 });
  assertEquals(launched({ SLURM_NTASKS: "8" }), { name: "Slurm", size: 8 });
  assertEquals(launched({ PMIX_RANK: "0" }), { name: "PMIx", size: undefined });
  assertEquals(launched({ PMI_SIZE: "many" }), { name: "MPICH", size: undefined });
  assertEquals(launched({ HOME: "/" }), undefined);
});

Deno.test("launcherFrom() believes the nearest launcher: mpirun within a job of Slurm, a step of Slurm within its job", () => {
  assertEquals(launched({ OMPI_COMM_WORLD_SIZE: "1", SLURM_NTASKS: "4" }), { name: "Open MPI", size: 1 });
  assertEquals(launched({ SLURM_STEP_NUM_TASKS: "2", SLURM_NTASKS: "4" }), { name: "Slurm", size: 2 });
  assert(LAUNCHER_VARIABLES.includes("PMI_SIZE"));
});
