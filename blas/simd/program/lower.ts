/**
 * Lowering instructions: choosing the emitter of each.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { Instruction, Loop, Operand, Operation, ValueType } from "../../program/program.ts";
import { changeOperand } from "../../program/compose.ts";
import { argument } from "../../scalar/scalar.ts";
import { type Shape, sizeOf } from "../../shape.ts";
import { call } from "../../wasm/mod.ts";
import { buildCast, buildCastShare, type CastSpec, castUnits } from "./cast_function.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { loopUnits } from "./loop_function.ts";
import { lowerProduct } from "./products/lower_product.ts";
import { buildReduce, buildReduceShare, type ReduceSpec, reduceUnits } from "./reduce_function.ts";

/**
 * Lowers an instruction; returns `undefined` if a function of the engine or of the caller must compute it.
 */
export function lowerInstruction({ operation, results }: Instruction): Lowered | undefined {
  const [{ dtype, shape }] = results as readonly [ValueType];
  switch (operation.kind) {
    case "view":
      return lowerCopy(changeOperand(operation.operand, operation.change) ?? operation.operand, dtype);
    case "map":
      return lowerLoop(operation.loop, dtype, true);
    case "cast":
      return lowerCast(operation.operand, dtype);
    case "reduce":
      return lowerReduce(operation, shape, dtype);
    case "gemm":
    case "convolution":
      return lowerProduct(operation, shape, dtype);
    default:
      return undefined;
  }
}

function lowerCopy(operand: Operand, dtype: DType): Lowered {
  return lowerLoop({ shape: operand.shape, operands: [operand], expressions: [argument(0)] }, dtype, false);
}

/**
 * Lowers a loop.
 *
 * @param inPlace Whether a result may share memory with an operand that is read at the same indices.
 * @param computed The byte address of `EPILOGUE_INPUT`, if an operand is that.
 */
export function lowerLoop(loop: Loop, dtype: DType, inPlace: boolean, computed?: number): Lowered {
  const phase: Phase = {
    units: loopUnits(loop),
    emit: ({ loopShare, results }) => loopShare({ loop, dtype, results }, computed),
  };
  return {
    workspace: 0,
    inPlace,
    emit: ({ wholeLoop, results }) => wholeLoop({ loop, dtype, results }, computed),
    shares: { workspace: 0, scratch: 0, phases: [phase] },
  };
}

function lowerCast(operand: Operand, dtype: DType): Lowered {
  const spec = ({ address, dtypeOf, results: [result] }: EmitterContext): CastSpec => ({
    operand,
    from: dtypeOf(operand.value),
    to: dtype,
    address: address(operand.value),
    result: result!,
  });
  const phase: Phase = {
    units: castUnits(operand),
    emit: (context) => buildCastShare(context.module, spec(context)),
  };
  return {
    workspace: 0,
    emit: (context) => buildCast(context.module, spec(context)),
    shares: { workspace: 0, scratch: 0, phases: [phase] },
  };
}

/** Lowers a reduction; with an epilogue, reduced values go to the workspace, and the epilogue is a separate phase. */
function lowerReduce(
  { reduction, axes, loop, epilogue }: Extract<Operation, { readonly kind: "reduce" }>,
  shape: Shape,
  dtype: DType,
): Lowered {
  const spec = ({ relaxed, slowPaths, workspace, results, address }: EmitterContext): ReduceSpec => ({
    reduction,
    axes,
    loop,
    dtype,
    relaxed,
    slowPaths,
    address: ({ value }) => address(value),
    result: epilogue === undefined ? results[0]! : workspace,
  });
  const reducing: Phase = {
    units: reduceUnits({ axes, loop, dtype }),
    emit: (context) => buildReduceShare(context.module, spec(context)),
  };
  if (epilogue === undefined) {
    return {
      workspace: 0,
      emit: (context) => buildReduce(context.module, spec(context)),
      shares: { workspace: 0, scratch: 0, phases: [reducing] },
    };
  }
  const workspace = sizeOf(shape) * BYTES_PER_ELEMENT[dtype];
  const finishing: Phase = {
    units: loopUnits(epilogue),
    emit: ({ loopShare, results, workspace }) => loopShare({ loop: epilogue, dtype, results }, workspace),
  };
  return {
    workspace,
    inPlace: true,
    emit: (context) => {
      const { module, wholeLoop, results, workspace } = context, reduced = buildReduce(module, spec(context));
      const rest = wholeLoop({ loop: epilogue, dtype, results }, workspace);
      return module.function({ parameters: {} }, (f) => f.do(call(reduced), call(rest)));
    },
    shares: { workspace, scratch: 0, phases: [reducing, finishing] },
  };
}
