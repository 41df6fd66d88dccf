import { convolutionArbitrary, SMALL } from "../../convolutions.ts";
import { testConvolutions } from "./variants.ts";

const sized = { ...SMALL, batch: { min: 1, max: 2 }, channels: { min: 2, max: 9 }, groups: 2, beyond: 16 };

testConvolutions(
  "filters that see several channels give what seven loops give",
  (dtype) => convolutionArbitrary(dtype, sized),
  40,
);

// Windows and kernels beyond what is packed at a time: 65,536 float32.
const many = {
  ...sized,
  batch: { min: 1, max: 1 },
  channels: { min: 30, max: 40 },
  groups: 1,
  kernel: 3,
  stride: 2,
  beyond: 40,
};

testConvolutions("so do those that are packed block by block", (dtype) => convolutionArbitrary(dtype, many), 4);
