import { assertEquals, assertStringIncludes } from "@std/assert";
import { openLibc } from "../../../../blas/machine/memory/libc.ts";
import { machine } from "../machine.ts";

/** Runs something with other facts about the runtime. */
function withDeno<R>(changes: object, f: () => R): R {
  const before = { dlopen: Deno.dlopen, build: Deno.build };
  Object.assign(Deno, changes);
  try {
    return f();
  } finally {
    Object.assign(Deno, before);
  }
}

const reason = () => {
  const opened = openLibc();
  return opened._tag === "Left" ? opened.left : "opened";
};

Deno.test("openLibc() says what is missing: the function, the system, the permission, the library", () => {
  assertStringIncludes(withDeno({ dlopen: undefined }, reason), "no Deno.dlopen");
  const build = (os: string, arch: string) => ({ dlopen: () => ({ symbols: {} }), build: { ...Deno.build, os, arch } });
  assertEquals(
    withDeno(build("darwin", "aarch64"), reason),
    "this is darwin on aarch64, and it must be Linux on x86_64; use engines.simd",
  );
  const throwing = (error: Error) => ({
    ...build("linux", "x86_64"),
    dlopen: () => {
      throw error;
    },
  });
  assertStringIncludes(withDeno(throwing(new Deno.errors.NotCapable("no")), reason), "run with --allow-ffi");
  assertStringIncludes(withDeno(throwing(new Error("not found")), reason), "libc.so.6 or libc.musl-x86_64.so.1");
});

Deno.test("openLibc() opens musl where GNU's library is not", () => {
  const names: string[] = [];
  const dlopen = (name: string) => {
    names.push(name);
    if (name === "libc.so.6") throw new Error("not found");
    return { symbols: {} };
  };
  assertEquals(withDeno({ dlopen, build: { ...Deno.build, os: "linux", arch: "x86_64" } }, reason), "opened");
  assertEquals(names, ["libc.so.6", "libc.musl-x86_64.so.1"]);
});

Deno.test("mmap and munmap are there", { ignore: machine === undefined }, () => {
  const address = BigInt(machine!.libc.mmap(0n, 4096n, 1, 0x22, -1, 0n));
  assertEquals([address > 0n, machine!.libc.munmap(address, 4096n)], [true, 0]);
});
