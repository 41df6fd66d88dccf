/**
 * The class of all tensors.
 *
 * Nobody can change a tensor, code without types included. Yet the shapes and strides that operations work with are not frozen:
 * loops over frozen arrays take three times as long, and an element-wise operation on a few numbers a quarter longer. So the
 * view of a tensor stands under a symbol that the library keeps to itself. What everybody sees is a frozen shape and a
 * frozen view, which are made when they are first asked for.
 *
 * @module
 */
import type { DType } from "../blas/dtype.ts";
import { formatShape } from "../blas/errors.ts";
import type { Shape } from "../blas/shape.ts";
import { MADE_BY, shared } from "../blas/shared.ts";
import { VERSION } from "../blas/version.ts";
import { frozenView, type View } from "../blas/view.ts";
import { isAbstract } from "./abstract_view.ts";
import { formatView } from "./format_view.ts";
import { deeplyFrozen } from "./deeply_frozen.ts";
import type { AnyPrimitive } from "./primitive.ts";
import type { Node, Tensor } from "./tensor.ts";

/** Where a tensor has its view. */
// Unique symbols cannot come out of a function.
const VIEW: unique symbol = /* @__PURE__ */ shared("view", () => Symbol("view")) as never;

/** Where a node has the settings of its operation. */
// As for the view.
const ATTRIBUTES: unique symbol = /* @__PURE__ */ shared("attributes", () => Symbol("attributes")) as never;

/** The frozen views that were asked for, by those that they show. */
const shown = new WeakMap<View, View>();

/** The one prototype of all tensors: frozen records that a console shows as arrays. */
const TensorClass = /* @__PURE__ */ (() =>
  class TensorClass {
    declare readonly [VIEW]: View;
    declare readonly [ATTRIBUTES]: unknown;
    declare readonly dtype: DType;
    #shape: Shape | undefined;

    constructor(
      readonly tag: Tensor["tag"],
      view: View,
      readonly requiresGrad: boolean,
      readonly primitive?: AnyPrimitive,
      attributes?: unknown,
      readonly inputs?: readonly Tensor[],
      readonly siblings?: readonly Node[],
      /** How many operations led to it, by way of first operands: see `depthAfter`. */
      readonly depth = 0,
    ) {
      this[VIEW] = view;
      this[ATTRIBUTES] = attributes;
      this.dtype = view.dtype;
      Object.freeze(this);
    }

    get [MADE_BY](): string {
      return VERSION;
    }

    get shape(): Shape {
      if (!(#shape in this)) return Object.freeze([...innerShape(this as Tensor)]); // a proxy of a tensor
      return this.#shape ??= Object.freeze([...this[VIEW].shape]);
    }

    get view(): View {
      const view = this[VIEW], known = shown.get(view);
      if (known !== undefined) return known;
      const made = isAbstract(view) ? withFrozenLists(view) : frozenView(view);
      shown.set(view, made);
      return made;
    }

    /** The settings, frozen when they are first asked for: to freeze those of every operation takes time. */
    get attributes(): unknown {
      return deeplyFrozen(this[ATTRIBUTES]);
    }

    /** In text, what a console shows. In arithmetic, an error: `t + 1` would be text, and nobody wants that. */
    [Symbol.toPrimitive](hint: "string" | "number" | "default"): string {
      if (hint === "string") return formatView(this[VIEW]);
      throw new TypeError(
        `Cannot compute with a ${this.dtype} tensor ${formatShape(this.shape)} as if it were a number: JavaScript's ` +
          "operators take plain numbers; use add, mul, greater and the like, or read it with toNumber",
      );
    }

    [Symbol.for("Deno.customInspect")](): string {
      return formatView(this[VIEW]);
    }

    [Symbol.for("nodejs.util.inspect.custom")](): string {
      return formatView(this[VIEW]);
    }
  })();

/** An abstract view, which is used as it is: what operations ask it is whose it is. */
function withFrozenLists(view: View): View {
  Object.freeze(view.shape);
  Object.freeze(view.stride);
  return Object.freeze(view);
}

/** What all tensors are instances of. */
export type TensorRecord = InstanceType<typeof TensorClass>;

/** The class of all tensors, one for all copies of the library. */
export const TensorRecord: typeof TensorClass = /* @__PURE__ */ shared("TensorRecord", () => TensorClass);

/** Tells whether a value has the view of a tensor: tensors do, and what is made of one by hand, `{ ...node }`. */
export const hasView = (value: object): boolean => VIEW in value;

/** The view that a tensor holds. Only what a kernel has just allocated is written to, and no shape ever. */
export const innerView = <D extends DType>(t: Tensor<D>): View<D> =>
  (t as unknown as TensorRecord)[VIEW] as View as View<D>; // every tensor is of this class

/** The settings of a node's operation, for its rules. */
export const innerAttributes = (node: object): unknown => (node as TensorRecord)[ATTRIBUTES];

/** The shape of a tensor, for operations: read faster than `t.shape`, which is frozen. */
export const innerShape = (t: Tensor): Shape => innerView(t).shape;
