import { assertThrows } from "@std/assert";
import { OperandStack } from "../../../blas/wasm/operand_stack.ts";

/** A stack inside a function that returns a number. */
function stack(): OperandStack {
  const made = new OperandStack();
  made.open(["i32"]);
  return made;
}

Deno.test("operands of the right types are taken, and results are left", () => {
  const s = stack();
  s.give("i32");
  s.give("i32");
  s.take("i32.add", ["i32", "i32"]);
  s.give("i32");
  s.close("end");
});

Deno.test("missing operands, wrong types and values left over are refused", () => {
  const s = stack();
  s.give("f32");
  assertThrows(() => s.take("i32.add", ["i32", "i32"]), TypeError, "Cannot emit i32.add on a stack of [f32]");
  s.give("i32");
  assertThrows(() => s.close("end"), TypeError, "[f32] is left on the stack");
});

Deno.test("a block cannot take the operands below it, and code behind a return is refused", () => {
  const s = stack();
  s.give("i32");
  s.open();
  assertThrows(() => s.take("drop", ["i32"]), TypeError, "on a stack of []");
  s.end();
  assertThrows(() => s.take("nop", []), TypeError, "every instruction must be reachable");
});
