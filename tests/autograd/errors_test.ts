import { assert, assertEquals, assertThrows } from "@std/assert";
import { TraceError } from "../../autograd/compile/errors.ts";
import { AbstractValueError, GraphCycleError } from "../../autograd/errors.ts";
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

Deno.test("the errors of the library have a message whatever their parts are", () => {
  const nothing: object = Object.create(null); // it has no conversion to a string
  for (const part of [Symbol("s"), 3n, -0, NaN, null, undefined, nothing, [Symbol("s")], [nothing]] as never[]) {
    const details = { op: part, action: part, given: part, problem: part, remedy: part };
    const made = [
      new AbstractValueError(part),
      new TraceError(part, part),
      new GraphCycleError([part]),
      new ShapeError({ ...details, given: { x: part } }),
      new DTypeError({ ...details, given: [part] }),
      new CheckpointError(details),
      new ConfigError(details),
      new OnnxError(details),
      new DataError(details),
    ];
    for (const error of made) assert(typeof error.message === "string");
  }
  const message = new DataError({ action: Symbol("s"), given: 3n, problem: -0, remedy: nothing } as never).message;
  assertEquals(message, "Cannot Symbol(s): 3: 0; an object");
  const missing = { action: "a", given: "b", problem: "c", remedy: "d", missing: 5 } as never;
  assertThrows(() => new OnnxError(missing), TypeError, "Cannot make a OnnxError of 5");
});

Deno.test("instanceof holds for a class of errors, those above it, and what users derive from it", () => {
  const trace = new TraceError("read", "do not");
  for (const above of [TraceError, AbstractValueError, TypeError, Error]) assert(trace instanceof above, above.name);
  assert(!((trace as Error) instanceof ShapeError) && !(new AbstractValueError() instanceof TraceError));
  class Mine extends ShapeError {}
  const details = { op: "add", given: {}, problem: "p", remedy: "r" };
  assert(new Mine(details) instanceof Mine && new Mine(details) instanceof ShapeError);
  assert(!(new ShapeError(details) instanceof Mine));
  for (const other of [undefined, null, 5, "ShapeError", {}, new TypeError(), { name: "ShapeError", ...details }]) {
    assert(!((other as unknown) instanceof ShapeError));
    assert(!((other as unknown) instanceof Mine));
  }
  assertEquals(Object.keys(new ShapeError(details)), ["name", "op", "given", "problem", "remedy"]);
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
