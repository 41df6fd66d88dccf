import { assertEquals, assertStringIncludes } from "@std/assert";
import { callOf } from "../../../../blas/machine/memory/calls.ts";
import { codePages } from "../../../../blas/machine/memory/code_pages.ts";
import { machine } from "../machine.ts";

const ignore = machine === undefined;

Deno.test("code is executable and cannot be written to", { ignore }, async () => {
  const pages = codePages(machine!.libc, new Uint8Array([0x31, 0xc0, 0xc3])); // xor eax, eax; ret
  if (pages._tag === "Left") throw new Error(pages.left);
  callOf(machine!.libc, pages.right, 0, 0n)();
  const maps = await Deno.readTextFile("/proc/self/maps"), start = pages.right.address.toString(16);
  const line = maps.split("\n").find((one) => one.startsWith(start))!;
  assertStringIncludes(line, "r-xp");
  assertEquals(pages.right.bytes, 4096);
});

Deno.test("no memory of this process can be written to and executed because of our code", { ignore }, () => {
  const libc = { ...machine!.libc, mprotect: () => -1 };
  const refused = codePages(libc, new Uint8Array([0xc3]));
  assertEquals(refused, { _tag: "Left", left: "the system does not let fresh memory be executed (mprotect)" });
  const none = codePages({ ...machine!.libc, mmap: () => 2n ** 64n - 1n }, new Uint8Array([0xc3]));
  assertStringIncludes(none._tag === "Left" ? none.left : "", "the system gave no memory");
});
