/**
 * Instructions on their way to code: what emits each, and what it needs.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import { argument } from "../../scalar/scalar.ts";
import { sizeOf } from "../../shape.ts";
import { call } from "../../wasm/mod.ts";
import { buildCast } from "./cast_function.ts";
import type { Lowered } from "./emitter.ts";
import type { Instruction, Loop } from "../../program/program.ts";
import { lowerProduct } from "./products/lower_product.ts";
import { buildReduce } from "./reduce_function.ts";
import { changeOperand } from "../../program/compose.ts";

/**
 * What emits an instruction, or `undefined` where nothing does: a function of an engine or of the caller computes it then.
 */
export function lowerInstruction({ operation, results }: Instruction): Lowered | undefined {
  const [{ dtype, shape }] = results as readonly [Instruction["results"][number]];
  switch (operation.kind) {
    case "view":
      return copyOf(changeOperand(operation.operand, operation.change) ?? operation.operand, dtype);
    case "map":
      return loopOf(operation.loop, dtype, true);
    case "cast":
      return {
        workspace: 0,
        kernels: [],
        emit: ({ module, address, dtypeOf, results: [result] }) =>
          buildCast(module, {
            operand: operation.operand,
            from: dtypeOf(operation.operand.value),
            to: dtype,
            address: address(operation.operand.value),
            result: result!,
          }),
      };
    case "reduce": {
      const { reduction, axes, loop, epilogue } = operation;
      return {
        workspace: epilogue === undefined ? 0 : sizeOf(shape) * BYTES_PER_ELEMENT[dtype],
        kernels: [],
        inPlace: epilogue !== undefined,
        emit: (context) => {
          const { module, relaxed, slowPaths, workspace, results } = context;
          const address = ({ value }: { readonly value: number }) => context.address(value);
          const result = epilogue === undefined ? results[0]! : workspace;
          const reduced = buildReduce(module, { reduction, axes, loop, dtype, relaxed, slowPaths, address, result });
          if (epilogue === undefined) return reduced;
          const rest = context.wholeLoop({ loop: epilogue, dtype, results }, workspace);
          return module.function({ parameters: {} }, (f) => f.do(call(reduced), call(rest)));
        },
      };
    }
    case "gemm":
    case "convolution":
      return lowerProduct(operation, shape, dtype);
    default:
      return undefined;
  }
}

/** A copy of an operand. */
function copyOf(operand: Loop["operands"][number], dtype: Instruction["results"][number]["dtype"]): Lowered {
  return loopOf({ shape: operand.shape, operands: [operand], expressions: [argument(0)] }, dtype, false);
}

function loopOf(loop: Loop, dtype: Instruction["results"][number]["dtype"], inPlace: boolean): Lowered {
  return { workspace: 0, kernels: [], inPlace, emit: ({ wholeLoop, results }) => wholeLoop({ loop, dtype, results }) };
}
