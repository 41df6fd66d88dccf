/**
 * Convolutions of images, and their adjoints.
 *
 * @module
 */
import type { ConvolutionGeometry } from "../../convolution.ts";
import type { Engine } from "../../engine.ts";
import { sizeOf } from "../../shape.ts";
import { allocate, type MutableView, type View } from "../../view.ts";
import { plainOperand } from "../operand.ts";
import type { Loop, Operand } from "../program.ts";
import type { OperationKind, Operator } from "./operator.ts";

/**
 * The three forms, with their operands in order: `conv2d` of images and kernels; `conv2dInput` of windows and kernels;
 * `conv2dWeight` of images and windows. The functions of `Engine` define them.
 */
export type ConvolutionForm = "conv2d" | "conv2dInput" | "conv2dWeight";

/** A convolution, or one of its adjoints. With an epilogue, the results are those of the epilogue. */
export type ConvolutionOperation = {
  readonly kind: "convolution";
  readonly form: ConvolutionForm;
  readonly geometry: ConvolutionGeometry;
  readonly operands: readonly [Operand, Operand];
  readonly epilogue?: Loop;
};

/** Returns the operator that slides windows over images. */
export function convolutionOf(form: ConvolutionForm, settings: ConvolutionGeometry): Operator<ConvolutionForm> {
  return {
    run: (engine, inputs, { dtype, shape }) => {
      const output = allocate(dtype, shape);
      convolveInto(engine, form, settings, inputs, output);
      return output;
    },
    place: ([p, q]) => {
      const { stride, padding, dilation, groups } = settings; // the record may have other fields
      const operands = [plainOperand(p!.value, p!.shape), plainOperand(q!.value, q!.shape)] as const;
      return { kind: "convolution", form, geometry: { stride, padding, dilation, groups }, operands };
    },
  };
}

/** Computes a convolution into a row-major array. */
function convolveInto(
  engine: Pick<Engine, ConvolutionForm>,
  form: ConvolutionForm,
  geometry: ConvolutionGeometry,
  inputs: readonly View[],
  output: MutableView,
): void {
  const [p, q] = inputs as readonly [View, View]; // it has two operands
  switch (form) {
    case "conv2d":
      return engine.conv2d({ geometry, x: p, w: q, y: output });
    case "conv2dInput":
      return engine.conv2dInput({ geometry, y: p, w: q, x: output });
    case "conv2dWeight":
      return engine.conv2dWeight({ geometry, x: p, y: q, w: output });
  }
}

/** The kind of convolutions. */
export const convolutionKind: OperationKind<ConvolutionOperation> = {
  operands: ({ operands }) => operands,
  withOperands: (operation, [p, q]) => ({ ...operation, operands: [p!, q!] }),
  compute: ({ form, geometry, operands }, { engine, results, view }) => [
    convolutionOf(form, geometry).run(engine, operands.map(view), results[0]!),
  ],
  computeInto: ({ form, geometry, operands }) => ({ engine, view }, [output]) =>
    convolveInto(engine, form, geometry, operands.map(view), output!),
  engineFunction: ({ form }) => form,
  key: ({ form, geometry: { stride, padding, dilation, groups } }) =>
    `${form} ${stride}/${padding}/${dilation}/${groups}`,
  format: ({ form, geometry: { stride, padding, dilation, groups }, operands }, write) => {
    const settings = [
      `stride ${stride.join(" ")}`,
      `padding ${padding.join(" ")}`,
      `dilation ${dilation.join(" ")}`,
      `groups ${groups}`,
    ].join(", ");
    return [`${form} ${operands.map(write.operand).join(" ")}, ${settings}`];
  },
  flops: ({ form, operands: [p, q] }, [result]) => {
    const windows = form === "conv2d" ? result! : form === "conv2dInput" ? p : q,
      w = form === "conv2dWeight" ? result! : q;
    return 2 * sizeOf(windows.shape) * sizeOf(w.shape.slice(1)); // each element of a window's results sees one kernel
  },
  work: () => Infinity,
  withResults: () => undefined, // it has one result
  epilogueShape: (_, [result]) => result!.shape,
  anyShape: false,
};
