import { assert, assertEquals, assertThrows } from "@std/assert";
import { candidates, STANDARD } from "../../../optim/distributed/mpi_flavours.ts";
import { openMpiLibrary } from "../../../optim/distributed/mpi_library.ts";
import { OPEN_MPI } from "./jobs.ts";

const ignore = Deno.permissions.querySync({ name: "ffi" }).state !== "granted" || Deno.build.os !== "linux";

Deno.test("candidates() lists the library of the launcher first", () => {
  assertEquals(candidates("linux", "Open MPI")[0], "libmpi.so.40");
  assertEquals(candidates("linux", "MPICH").slice(0, 2), ["libmpich.so.12", "libmpi.so.12"]);
  assertEquals(candidates("linux", undefined).toSorted(), candidates("linux", "MPICH").toSorted());
  assertEquals(candidates("windows", undefined), []);
});

Deno.test({
  name: "a file that is no MPI library is named, with what to install",
  ignore,
  fn: () => {
    assertThrows(
      () => openMpiLibrary("no-such-library.so", undefined),
      Error,
      "Cannot join MPI's world: no-such-library.so: not found: an MPI library must be found; install one (Debian and Ubuntu: " +
        "apt-get install openmpi-bin libopenmpi3)",
    );
    assertThrows(() => openMpiLibrary("libc.so.6", undefined), Error, "libc.so.6: it has no MPI_");
    assertThrows(
      () => openMpiLibrary(null as never, undefined),
      TypeError,
      "with the library null: it must be the path",
    );
  },
});

Deno.test({
  name: "the flavour of a library is told by its symbols",
  ignore: ignore || OPEN_MPI === undefined,
  fn: () => {
    const { file, flavour, functions } = openMpiLibrary(undefined, "Open MPI");
    assertEquals([file, flavour.name], ["libmpi.so.40", "Open MPI ABI"]);
    assert(flavour.world > 0xffffffffn, "the address of a symbol");
    const begun = new Int32Array(1);
    functions.MPI_Initialized(begun);
    assertEquals(begun[0], 0, "opening a library starts nothing");
  },
});

Deno.test("the handles of MPI 5's standard ABI are small constants", () => {
  const { world, float32, float64, sum } = STANDARD;
  assertEquals([world, float32, float64, sum].map(Number), [0x101, 0x210, 0x214, 0x21]);
});
