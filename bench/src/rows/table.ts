import type { Row } from "../row.ts";
import { adamRow } from "./adam.ts";
import { coldStartRow } from "./cold-start.ts";
import { compileGrowthRow } from "./compile-growth.ts";
import { functionsRow } from "./functions.ts";
import { hessianVectorRow } from "./hessian-vector.ts";
import { matmulF32, matmulF64, matmulPlain } from "./matmul.ts";
import { optimizersRow } from "./optimizers.ts";
import { sizeRow } from "./size.ts";
import { softmaxRow } from "./softmax.ts";
import { threadsRow } from "./threads.ts";
import { digitsRow, lazyRow, tinyRow } from "./training.ts";

/** Every row, in the order of the table. */
export const rows: readonly Row[] = [
  matmulF32, matmulF64, matmulPlain, adamRow, optimizersRow, functionsRow, softmaxRow, digitsRow, tinyRow, hessianVectorRow, coldStartRow, compileGrowthRow, lazyRow, threadsRow, sizeRow,
];
