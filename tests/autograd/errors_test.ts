import { assert, assertEquals, assertThrows } from "@std/assert";
import { TraceError } from "../../autograd/compile/errors.ts";
import { GraphCycleError } from "../../autograd/errors.ts";
import { DTypeError, ShapeError } from "../../blas/errors.ts";
import { CheckpointError, ConfigError } from "../../layers/checkpoint/errors.ts";
import { OnnxError } from "../../layers/onnx/errors.ts";
import { DataError } from "../../optim/data/data_error.ts";

Deno.test("GraphCycleError closes the cycle in its message, and carries the operations", () => {
  const error = new GraphCycleError(["add", "mul"]);
  assertEquals(
    error.message,
    "Cannot differentiate a graph with the cycle add -> mul -> add: a tensor on it depends on its own value; " +
      "build nodes from tensors that exist already",
  );
  assertEquals([error.name, [...error.operations]], ["GraphCycleError", ["add", "mul"]]);
  assert(error instanceof Error && error.message.includes(error.problem) && error.message.includes(error.remedy));
});

Deno.test("the errors of the library say what is wrong with what they are made from", () => {
  type Maker = new (junk: never) => Error;
  const makers: readonly Maker[] = [
    GraphCycleError,
    ShapeError,
    DTypeError,
    CheckpointError,
    ConfigError,
    OnnxError,
    DataError,
  ];
  for (const Made of makers) {
    for (const junk of [undefined, null, 5, "x", Symbol("s")]) {
      assertThrows(() => new Made(junk as never), TypeError, `Cannot make a ${Made.name} of `, Made.name);
    }
  }
  assertThrows(() => new DTypeError({ op: "add" } as never), TypeError, "Cannot make a DTypeError of undefined");
  assertThrows(() => new ShapeError({ op: "add" } as never), TypeError, "Cannot make a ShapeError of undefined");
  assertEquals(new TraceError(Symbol("s") as never, [] as never).message.startsWith("Cannot Symbol(s) while"), true);
  assertEquals(new GraphCycleError([Symbol("s")] as never).message.includes("Symbol(s) -> Symbol(s)"), true);
});
