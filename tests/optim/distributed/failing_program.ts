/**
 * The program of jobs in `failures_test.ts` in which one rank goes wrong while the others wait for it.
 *
 * @module
 */
import { tensor32, zeros } from "../../../mod.ts";
import { mpi } from "../../../optim/distributed/mod.ts";

if (import.meta.main) {
  const [how, library] = Deno.args, world = await mpi(library), last = world.rank === world.size - 1;
  world.sum(tensor32([1, 2, 3]));
  if (last) {
    console.error(`goes wrong at ${Date.now()}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // until the launcher has read that
  }
  if (last) {
    if (how === "throw") throw new Error("this rank has had enough");
    if (how === "exit") Deno.exit(0);
    if (how === "kill") Deno.kill(Deno.pid, "SIGKILL");
  }
  if (how === "shapes") world.sum([zeros([2, last ? 3 : 4]), zeros([5])]);
  if (how === "early" && last) world.close();
  if (how === "early") world.sum(zeros([7]));
  if (how === "end") Deno.exit(0);
  if (how === "after") {
    world.close();
    world.sum(tensor32([1, 2, 3]));
  }
  if (how === "another") {
    (await mpi(library)).close();
    world.sum(tensor32([1, 2, 3]));
  }
  world.barrier();
  world.barrier();
  if (how === "well") world.close();
}
