/**
 * The class of all tensors.
 *
 * No code can change a tensor, even code without types. Yet the shapes and strides that operations work with are not
 * frozen: loops over frozen arrays take three times as long, and an element-wise operation on a few numbers a quarter
 * longer. Therefore the view of a tensor is stored under a symbol that is private to the library. The public shape and
 * view are frozen, and made on first use.
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

/** The key of a tensor's view. */
// TypeScript declares a unique symbol only for a direct call of `Symbol`: hence the cast.
const VIEW: unique symbol = /* @__PURE__ */ shared("view", () => Symbol("view")) as never;

/** The key of the settings of a node's operation. */
// Likewise.
const ATTRIBUTES: unique symbol = /* @__PURE__ */ shared("attributes", () => Symbol("attributes")) as never;

/** The frozen views made so far, by the views that they show. */
const shown = new WeakMap<View, View>();

/** The class of all tensors: frozen records that a console shows as arrays. */
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
      /** The number of operations in a row that led to it: see `depthAfter`. */
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

    /** The settings, frozen on first use: freezing those of every operation would take time. */
    get attributes(): unknown {
      return deeplyFrozen(this[ATTRIBUTES]);
    }

    /** Returns the text that a console shows; in arithmetic, throws: `t + 1` would be a text. */
    [Symbol.toPrimitive](hint: "string" | "number" | "default"): string {
      if (hint === "string") return formatView(this[VIEW]);
      throw new TypeError(
        `Cannot compute with a ${this.dtype} tensor ${formatShape(this.shape)} as if it were a number: JavaScript's ` +
          "operators take plain numbers; use add, mul and the like, or toNumber",
      );
    }

    [Symbol.for("Deno.customInspect")](): string {
      return formatView(this[VIEW]);
    }

    [Symbol.for("nodejs.util.inspect.custom")](): string {
      return formatView(this[VIEW]);
    }
  })();

/** An abstract view is used as it is, since operations ask for its interpreter. */
function withFrozenLists(view: View): View {
  Object.freeze(view.shape);
  Object.freeze(view.stride);
  return Object.freeze(view);
}

/** The type of an instance of that class. */
export type TensorRecord = InstanceType<typeof TensorClass>;

/** The class of all tensors, one for all copies of the library. */
export const TensorRecord: typeof TensorClass = /* @__PURE__ */ shared("TensorRecord", () => TensorClass);

/** Tells whether a value has the view of a tensor: a tensor has one, and so has a copy made by hand, `{ ...node }`. */
export const hasView = (value: object): boolean => VIEW in value;

/** Returns the view that a tensor holds. It is written to only by the kernel for which it was allocated; its shape never changes. */
export const innerView = <D extends DType>(t: Tensor<D>): View<D> =>
  (t as unknown as TensorRecord)[VIEW] as View as View<D>; // every tensor is of this class

/** Returns the settings of a node's operation, for its rules; every node is of this class. */
export const innerAttributes = (node: object): unknown => (node as TensorRecord)[ATTRIBUTES];

/** Returns the shape of a tensor, for operations: loops over it are faster than over `t.shape`, which is frozen. */
export const innerShape = (t: Tensor): Shape => innerView(t).shape;
