/**
 * The table of all operators.
 *
 * @module
 */
import type { Operators } from "../value.ts";
import { activationOperators } from "./activation.ts";
import { arithmeticOperators } from "./arithmetic.ts";
import { attentionOperators } from "./attention.ts";
import { detectionOperators } from "./detection.ts";
import { lossOperators } from "./loss.ts";
import { quantizationOperators } from "./quantization.ts";
import { signalOperators } from "./signal.ts";
import { bitwiseOperators } from "./bitwise.ts";
import { comparisonOperators } from "./comparison.ts";
import { constantOperators } from "./constant.ts";
import { controlOperators } from "./control.ts";
import { convolutionOperators } from "./convolution.ts";
import { elementaryOperators } from "./elementary.ts";
import { gatheringOperators } from "./gathering.ts";
import { imageOperators } from "./images.ts";
import { normalizationOperators } from "./normalization.ts";
import { poolingOperators } from "./pooling.ts";
import { productOperators } from "./product.ts";
import { recurrentOperators } from "./recurrent.ts";
import { reductionOperators } from "./reduction.ts";
import { resizingOperators } from "./resizing.ts";
import { shapeOperators } from "./shape.ts";
import { slicingOperators } from "./slicing.ts";

/** All operators of ONNX's own domain, by name. */
export const OPERATORS: Operators = /* @__PURE__ */ (() => ({
  ...activationOperators,
  ...arithmeticOperators,
  ...attentionOperators,
  ...detectionOperators,
  ...lossOperators,
  ...quantizationOperators,
  ...signalOperators,
  ...bitwiseOperators,
  ...comparisonOperators,
  ...constantOperators,
  ...controlOperators,
  ...convolutionOperators,
  ...elementaryOperators,
  ...gatheringOperators,
  ...imageOperators,
  ...normalizationOperators,
  ...poolingOperators,
  ...productOperators,
  ...recurrentOperators,
  ...reductionOperators,
  ...resizingOperators,
  ...shapeOperators,
  ...slicingOperators,
}))();
