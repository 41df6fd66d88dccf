/** A decoder for the tests of workers. */
export default async function decode(item: number) {
  if (item === 13) throw new RangeError("no thirteen");
  await new Promise((resolve) => setTimeout(resolve, item % 3));
  return { x: { shape: [2], data: Float32Array.of(item, -item) }, n: item };
}
