/**
 * Opening MPI libraries through Deno's foreign function interface.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import { describe } from "../../blas/describe.ts";
import * as either from "../../blas/either.ts";
import { candidates, type Flavour, MPICH, OPEN_MPI_SYMBOLS, openMpi, STANDARD } from "./mpi_flavours.ts";

const SYMBOLS = {
  MPI_Get_library_version: { parameters: ["buffer", "buffer"], result: "i32" },
  MPI_Initialized: { parameters: ["buffer"], result: "i32" },
  MPI_Finalized: { parameters: ["buffer"], result: "i32" },
  MPI_Init_thread: { parameters: ["usize", "usize", "i32", "buffer"], result: "i32" },
  MPI_Finalize: { parameters: [], result: "i32" },
  MPI_Comm_rank: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_size: { parameters: ["usize", "buffer"], result: "i32" },
  MPI_Comm_set_errhandler: { parameters: ["usize", "usize"], result: "i32" },
  MPI_Error_string: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  MPI_Allreduce: { parameters: ["usize", "buffer", "i32", "usize", "usize", "usize"], result: "i32" },
  MPI_Bcast: { parameters: ["buffer", "i32", "usize", "i32", "usize"], result: "i32" },
  MPI_Abort: { parameters: ["usize", "i32"], result: "i32" },
} as const;

/** An open library. */
export type MpiLibrary = {
  /** The name of the file. */
  readonly file: string;
  readonly flavour: Flavour;
  /** MPI's functions. */
  readonly functions: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];
};

/** The advice on what to install, by operating system. */
const INSTALL: { readonly [os: string]: string } = {
  linux: "install one (Debian and Ubuntu: apt-get install openmpi-bin libopenmpi3) or load a cluster's module",
  darwin: "install one (brew install open-mpi)",
};

/**
 * Opens an MPI library.
 *
 * @param path The library's file; by default the usual names are tried.
 * @param launcher The launcher, whose own library is tried first.
 * @throws {Error} If `Deno.dlopen`, the permission or the library is missing, or the library lacks a function; the message
 * says which, and what to do.
 */
export function openMpiLibrary(path: string | undefined, launcher: string | undefined): MpiLibrary {
  if (typeof Deno === "undefined" || typeof Deno.dlopen !== "function") {
    throw new Error("Cannot join MPI's world: this runtime has no Deno.dlopen: it must be Deno; start it by deno run");
  }
  if (path !== undefined && typeof path !== "string") {
    throw new TypeError(
      `Cannot join MPI's world with the library ${
        describe(path)
      }: it must be the path of a file; leave it out to try the ` +
        "usual names",
    );
  }
  const { os } = Deno.build, failures: string[] = [];
  for (const file of path === undefined ? candidates(os, launcher) : [path]) {
    const opened = open(file);
    if (either.isRight(opened)) return opened.right;
    failures.push(`${file}: ${opened.left}`);
  }
  throw new Error(
    `Cannot join MPI's world: ${
      failures.join("; ") || `no name of a library is known on ${os}`
    }: an MPI library must be ` +
      `found; ${INSTALL[os] ?? "install one"}, or pass its path: mpi(path)`,
  );
}

/** Opens the library of this name, or says what is wrong with it. */
function open(file: string): Either<string, MpiLibrary> {
  try {
    openForPlugins(file);
    const { symbols: functions } = Deno.dlopen(file, SYMBOLS);
    return either.right({ file, functions, flavour: flavourOf(file) });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error("Cannot join MPI's world: Deno must be allowed to call native code; run with --allow-ffi", {
        cause: error,
      });
    }
    const text = error instanceof Error ? error.message : String(error), missing = /MPI_\w+/.exec(text);
    if (missing !== null) return either.left(`it has no ${missing[0]}`);
    return either.left(
      /no such file|cannot open shared object|not found/i.test(text) ? "not found" : text.split("\n")[0]!,
    );
  }
}

/** Tells the flavour of a library by a symbol that only Open MPI has, and by the name of the file. */
function flavourOf(file: string): Flavour {
  try {
    const { symbols } = Deno.dlopen(file, OPEN_MPI_SYMBOLS),
      at = (p: Deno.PointerValue) => BigInt(Deno.UnsafePointer.value(p));
    const { world, float32, float64, sum, errorsReturn } = symbols;
    return openMpi({
      world: at(world),
      float32: at(float32),
      float64: at(float64),
      sum: at(sum),
      errorsReturn: at(errorsReturn),
    });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return file.includes("mpi_abi") ? STANDARD : MPICH;
  }
}

/** `RTLD_NOW | RTLD_GLOBAL` on Linux. */
const NOW_AND_GLOBAL = 0x102;

/** Opens a library with global symbols, since plugins of Open MPI look them up there; if this fails, they may still work. */
function openForPlugins(file: string): void {
  if (Deno.build.os !== "linux") return;
  try {
    const { symbols } = Deno.dlopen("libc.so.6", { dlopen: { parameters: ["buffer", "i32"], result: "pointer" } });
    symbols.dlopen(new TextEncoder().encode(`${file}\0`), NOW_AND_GLOBAL);
  } catch {
    // There is another libc, or the permission is for the library alone.
  }
}
