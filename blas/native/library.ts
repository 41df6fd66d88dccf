/**
 * Finding a CBLAS library and opening it through Deno's foreign function interface.
 *
 * @module
 */
import type { Either } from "../../deps.ts";
import * as either from "../either.ts";
import { describe } from "../describe.ts";
import type { DType } from "../dtype.ts";

// CBLAS takes sizes and strides as 32-bit integers, and arrays as pointers.
const level1 = <T extends "f32" | "f64">(number: T) => ({
  dot: { parameters: ["i32", "buffer", "i32", "buffer", "i32"], result: number },
  axpy: { parameters: ["i32", number, "buffer", "i32", "buffer", "i32"], result: "void" },
  scal: { parameters: ["i32", number, "buffer", "i32"], result: "void" },
  nrm2: { parameters: ["i32", "buffer", "i32"], result: number },
  asum: { parameters: ["i32", "buffer", "i32"], result: number },
} as const);

const levels2And3 = <T extends "f32" | "f64">(number: T) => ({
  ger: {
    parameters: ["i32", "i32", "i32", number, "buffer", "i32", "buffer", "i32", "buffer", "i32"],
    result: "void",
  },
  gemv: {
    parameters: ["i32", "i32", "i32", "i32", number, "buffer", "i32", "buffer", "i32", number, "buffer", "i32"],
    result: "void",
  },
  gemm: {
    parameters: [
      "i32",
      "i32",
      "i32",
      "i32",
      "i32",
      "i32",
      number,
      "buffer",
      "i32",
      "buffer",
      "i32",
      number,
      "buffer",
      "i32",
    ],
    result: "void",
  },
} as const);

const named = <P extends "s" | "d", T extends Record<string, Deno.ForeignFunction>>(prefix: P, functions: T) =>
  // Each name with its prefix.
  Object.fromEntries(Object.entries(functions).map(([name, f]) => [`cblas_${prefix}${name}`, f])) as {
    readonly [K in keyof T & string as `cblas_${P}${K}`]: T[K];
  };

const SYMBOLS = /* @__PURE__ */ (() => ({
  ...named("s", { ...level1("f32"), ...levels2And3("f32") }),
  ...named("d", { ...level1("f64"), ...levels2And3("f64") }),
}))();

type Symbols = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** The prefix of CBLAS's functions for each dtype. */
const PREFIXES = { float32: "s", float64: "d" } as const satisfies { readonly [D in DType]: string };

type Name = keyof ReturnType<typeof level1> | keyof ReturnType<typeof levels2And3>;

/** The functions of an open library, by dtype and by name without CBLAS's prefix. */
export type Cblas = {
  readonly [D in DType]: { readonly [N in Name]: NonNullable<Symbols[`cblas_${typeof PREFIXES[D]}${N}`]> };
};

const functionsOf = (symbols: Symbols): Cblas =>
  Object.fromEntries(
    Object.entries(PREFIXES).map(([dtype, prefix]) => {
      const start = `cblas_${prefix}`, own = Object.entries(symbols).filter(([name]) => name.startsWith(start));
      return [dtype, Object.fromEntries(own.map(([name, f]) => [name.slice(start.length), f]))];
    }),
  ) as Cblas; // every symbol is a function of the library

/** The usual names of CBLAS libraries, by operating system. */
const CANDIDATES: { readonly [os: string]: readonly string[] } = {
  linux: ["libopenblas.so.0", "libopenblas.so", "libcblas.so.3", "libblas.so.3"],
  darwin: ["/System/Library/Frameworks/Accelerate.framework/Accelerate", "libopenblas.dylib"],
  windows: ["libopenblas.dll", "openblas.dll"],
};

/** The advice on what to install, by operating system. */
const INSTALL: { readonly [os: string]: string } = {
  linux: "install OpenBLAS (Debian and Ubuntu: apt-get install libopenblas0-pthread)",
  darwin: "Accelerate belongs to macOS; give the path of another library",
  windows: "install OpenBLAS and put its folder on the PATH",
};

/**
 * Opens a CBLAS library.
 *
 * @param path The library's file; by default the usual names are tried.
 * @returns The functions, and the name under which the library was found.
 * @throws {Error} If `Deno.dlopen`, the permission or the library is missing, or the library lacks a function; the
 * message says which, and what to do.
 */
export function openCblas(path?: string): { readonly cblas: Cblas; readonly name: string } {
  if (typeof Deno === "undefined" || typeof Deno.dlopen !== "function") {
    throw new Error(
      "Cannot open a native BLAS: this runtime has no Deno.dlopen; use engines.simd, which needs nothing",
    );
  }
  const failures: string[] = [];
  for (const name of path === undefined ? CANDIDATES[Deno.build.os] ?? [] : [path]) {
    if (typeof name !== "string") {
      throw new TypeError(
        `Cannot open a native BLAS at ${describe(name)}: path must be a text; leave it out to try the usual names`,
      );
    }
    const opened = open(name);
    if (opened._tag === "Right") return { cblas: opened.right, name };
    failures.push(`${name}: ${opened.left}`);
  }
  throw new Error(
    `Cannot open a native BLAS (${
      failures.join("; ") || "no name is known here"
    }): a library with the CBLAS functions ` +
      `must be found; ${INSTALL[Deno.build.os] ?? "install OpenBLAS"}, or pass nativeEngine(path)`,
  );
}

/** Returns the functions of the library of this name, or says what is wrong with it. */
function open(name: string): Either<string, Cblas> {
  try {
    return either.right(functionsOf(Deno.dlopen(name, SYMBOLS).symbols));
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) {
      throw new Error("Cannot open a native BLAS: Deno must be allowed to call native code; run with --allow-ffi", {
        cause: error,
      });
    }
    const missing = /cblas_\w+/.exec(error instanceof Error ? error.message : String(error));
    return either.left(missing === null ? "not found" : `it has no ${missing[0]}`);
  }
}
