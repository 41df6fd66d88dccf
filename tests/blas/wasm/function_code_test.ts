import { assertEquals, assertThrows } from "@std/assert";
import { call, constant } from "../../../blas/wasm/expression.ts";
import { f32x4, i32, i32x4 } from "../../../blas/wasm/instruction_functions.ts";
import { FunctionCode } from "../../../blas/wasm/function_code.ts";
import type { ByteList } from "../../../blas/wasm/encoding.ts";

/** The code of a function, where it can be seen. */
class Seen extends FunctionCode {
  constructor(...given: ConstructorParameters<typeof FunctionCode>) {
    super(...given);
    this.stack.open([]);
  }

  get parts(): readonly ByteList[] {
    return this.body;
  }
}
const codeOf = (
  emit: (f: Seen) => void,
  parameters: ConstructorParameters<typeof FunctionCode>[0] = ["i32", "i32"],
) => {
  const f = new Seen(parameters, { hasMemory: false, callables: new Set() });
  emit(f);
  return f.parts.map((bytes) => Array.from(bytes));
};

Deno.test("operands are computed from left to right, then their instruction", () => {
  // local.get 1, i32.const 5, i32.sub, local.get 0, i32.mul, drop
  const [, code] = codeOf((f) =>
    f.drop(i32.mul(i32.sub(f.parameter(1) as ReturnType<typeof f.local<"i32">>, 5), f.parameter(0) as never))
  );
  assertEquals(code, [0x20, 1, 0x41, 5, 0x6b, 0x20, 0, 0x6c, 0x1a]);
});

Deno.test("let computes once, and the local is read wherever it is used", () => {
  const [, code] = codeOf((f) => {
    const kept = f.let(i32.add(1, 2));
    assertEquals(kept.index, 2, "after the parameters");
    f.drop(i32.mul(kept, kept));
    f.increment(kept, 3);
  });
  const [add, set, get] = [0x6a, [0x21, 2], [0x20, 2]];
  assertEquals(code, [0x41, 1, 0x41, 2, add, ...set, ...get, ...get, 0x6c, 0x1a, ...get, 0x41, 3, add, ...set].flat());
});

Deno.test("constants are set in front of all other code", () => {
  const [first, code] = codeOf((f) => {
    f.drop(constant("i32", 1));
    f.drop(i32.add(f.constant(constant("i32", 9)), 1));
    f.constant(i32x4.const(0));
  }, []);
  assertEquals(first, [0x41, 9, 0x21, 0, 0xfd, 0x0c, ...new Array(16).fill(0), 0x21, 1]);
  assertEquals(code, [0x41, 1, 0x1a, 0x20, 0, 0x41, 1, 0x6a, 0x1a]);
  assertThrows(() => codeOf((f) => f.constant(i32.add(1, 2))), TypeError, "keep it with let");
});

Deno.test("what a function may refer to is its own, and memory only where there is one", () => {
  const [foreign] = [new Seen(["f32", "f32"], { hasMemory: false, callables: new Set() })];
  assertThrows(() => codeOf((f) => f.set(foreign!.local("i32"), 1)), TypeError, "of another function");
  assertThrows(() => codeOf((f) => f.drop(i32.load(0))), TypeError, "the module has no memory");
  const target = { index: 0, parameters: [], result: "none" } as const;
  assertThrows(() => codeOf((f) => f.do(call(target))), TypeError, "of another module");
  const known = new Seen([], { hasMemory: false, callables: new Set([target]) });
  known.do(call(target));
  assertEquals(Array.from(known.parts[1]!), [0x10, 0]);
  assertThrows(() => codeOf((f) => f.set(f.local("i32"), f32x4.const(1) as never)), TypeError, "local.set");
});

Deno.test("recorded statements are emitted again, byte for byte, and must leave nothing on the stack", () => {
  const [, code] = codeOf((f) => {
    const sum = f.local("i32"), again = f.record(() => f.increment(sum, 1));
    f.set(sum, 7);
    again();
    assertThrows(() => f.record(() => f.push(constant("i32", 1))), TypeError, "set a local to it");
  });
  const increment = [0x20, 2, 0x41, 1, 0x6a, 0x21, 2];
  assertEquals(code, [...increment, 0x41, 7, 0x21, 2, ...increment, 0x41, 1]);
});
