import { convolutionArbitrary, SMALL } from "../../convolutions.ts";
import { testConvolutions } from "./variants.ts";

const single = { ...SMALL, channels: { min: 1, max: 3 }, groups: 9, beyond: 20 };

testConvolutions(
  "filters that see one channel give what seven loops give, for any kernel and geometry",
  (dtype) => convolutionArbitrary(dtype, single).filter(({ w }) => w.shape[1] === 1),
);
