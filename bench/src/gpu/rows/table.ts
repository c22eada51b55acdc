import type { Row } from "../../row.ts";
import { gpuAdamRow } from "./adam.ts";
import { gpuIssueRow } from "./issue.ts";
import { gpuKernelsRow } from "./kernels.ts";
import { gpuDigitsRow, gpuTinyRow } from "./training.ts";

/** Rows that only `--only` asks for. */
export const gpuRowsOnDemand: readonly Row[] = [gpuKernelsRow];

/** Every row that runs in a page of a browser, in the order of the table. */
export const gpuRows: readonly Row[] = [gpuDigitsRow, gpuTinyRow, gpuIssueRow, gpuAdamRow];
