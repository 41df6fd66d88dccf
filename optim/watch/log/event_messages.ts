/**
 * The messages of event files, in the wire format of protocol buffers. The numbers are those of the fields in
 * `event.proto`, `summary.proto`, `tensor.proto` and the plugins of TensorBoard.
 *
 * @module
 */
import { BinaryWriter } from "../packages.ts";
import type { EncodedImage } from "../png.ts";
import type { Histogram } from "./histogram_counts.ts";
import type { Hyperparameter } from "./step_record.ts";

/** How the content of a field is encoded. */
const VARINT = 0, DOUBLE = 1, BYTES = 2, FLOAT = 5;

/** Writes the number of a field, and how it is encoded. */
const field = (writer: BinaryWriter, number: number, encoding: number): BinaryWriter =>
  writer.uint32(number << 3 | encoding);

/** Writes the fields of a message. */
type Fields = (writer: BinaryWriter) => void;

/** A field whose content is a message. */
const message = (number: number, fields: Fields): Fields => (writer) => {
  field(writer, number, BYTES).fork();
  fields(writer);
  writer.join();
};

const text = (number: number, content: string): Fields => (writer) => void field(writer, number, BYTES).string(content);

const bytes = (number: number, content: Uint8Array): Fields => (writer) =>
  void field(writer, number, BYTES).bytes(content);

const double = (number: number, value: number): Fields => (writer) => void field(writer, number, DOUBLE).double(value);

/** Numbers that float32 cannot hold become infinite, as they do in tensors. */
const float = (number: number, value: number): Fields => (writer) =>
  void field(writer, number, FLOAT).float(Math.fround(value));

const whole = (number: number, value: number): Fields => (writer) => void field(writer, number, VARINT).int64(value);

const doubles = (number: number, values: readonly number[]): Fields =>
  message(number, (writer) => values.forEach((value) => writer.double(value)));

const all = (...parts: readonly Fields[]): Fields => (writer) => parts.forEach((part) => part(writer));

const finish = (fields: Fields): Uint8Array => {
  const writer = new BinaryWriter();
  fields(writer);
  return writer.finish();
};

/** A value of a summary, before it is written. */
export type SummaryValue = Fields;

const tag = (name: string): Fields => text(1, name);

/** The plugin of TensorBoard that shows a value, and what it is told. */
const shownBy = (plugin: string, content?: Uint8Array): Fields =>
  message(9, message(1, all(text(1, plugin), content === undefined ? all() : bytes(2, content))));

/** A number. */
export const scalarValue = (name: string, value: number): SummaryValue => all(tag(name), float(2, value));

/** The distribution of values. */
export const histogramValue = (name: string, histogram: Histogram): SummaryValue =>
  all(
    tag(name),
    message(
      5,
      all(
        double(1, histogram.min),
        double(2, histogram.max),
        double(3, histogram.count),
        double(4, histogram.sum),
        double(5, histogram.sumOfSquares),
        doubles(6, histogram.limits.slice(1)),
        doubles(7, histogram.counts),
      ),
    ),
  );

/** A picture. */
export const imageValue = (name: string, { width, height, channels, png }: EncodedImage): SummaryValue =>
  all(tag(name), message(4, all(whole(1, height), whole(2, width), whole(3, channels), bytes(4, png))));

/** The number of the dtype of strings. */
const STRING = 7;

/** A text, in which Markdown is shown as such. */
export const textValue = (name: string, content: string): SummaryValue =>
  all(
    tag(name),
    message(8, all(whole(1, STRING), message(2, message(2, whole(1, 1))), text(8, content))),
    shownBy("text"),
  );

/** The tag of a session's start. */
const SESSION_START = "_hparams_/session_start_info";

/** The hyper-parameters of a run, by name, and when it began. */
export function hyperparametersValue(
  values: Readonly<Record<string, Hyperparameter>>,
  seconds: number,
): SummaryValue {
  const entries = Object.entries(values).map(([name, value]) =>
    message(1, all(text(1, name), message(2, (writer) => structValue(writer, value))))
  );
  return all(tag(SESSION_START), shownBy("hparams", finish(message(3, all(...entries, double(5, seconds))))));
}

/** A value of JSON, as `struct.proto` has it. */
function structValue(writer: BinaryWriter, value: Hyperparameter): void {
  if (typeof value === "number") double(2, value)(writer);
  else if (typeof value === "string") text(3, value)(writer);
  else field(writer, 4, VARINT).bool(value);
}

/** The event that begins a file. */
export const versionEvent = (seconds: number): Uint8Array => finish(all(double(1, seconds), text(3, "brain.Event:2")));

/** The event that says that a run goes on at a step: what files before this one have from there on is replaced. */
export const restartEvent = (seconds: number, step: number): Uint8Array =>
  finish(all(double(1, seconds), whole(2, step), message(7, whole(1, 1))));

/** The event of a step. */
export const summaryEvent = (seconds: number, step: number, values: readonly SummaryValue[]): Uint8Array =>
  finish(all(double(1, seconds), whole(2, step), message(5, all(...values.map((value) => message(1, value))))));
