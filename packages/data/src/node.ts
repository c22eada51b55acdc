/** Reading data sets from the file system, for Node and what is compatible with it. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { fail } from "@opt/core";

import type { Dataset } from "./dataset.ts";
import { mnistDataset } from "./files/mnist-dataset.ts";
import type { IdxArray } from "./files/idx.ts";
import { readIdxFile } from "./files/read-idx-file.ts";

/** The four files of MNIST and of the sets that took over its layout; each may end in `.gz`. */
const fileNames = {
  trainImages: "train-images-idx3-ubyte",
  trainLabels: "train-labels-idx1-ubyte",
  testImages: "t10k-images-idx3-ubyte",
  testLabels: "t10k-labels-idx1-ubyte",
} as const;

/** What {@link loadMnist} returns. */
export interface Mnist {
  /** 60 000 examples in MNIST. */
  readonly train: Dataset;
  /** 10 000 examples in MNIST. */
  readonly test: Dataset;
}

async function listDirectory(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : String(error);
    return fail("data", `loadMnist(${JSON.stringify(directory)}): must be a directory that can be read; got ${reason}.`);
  }
}

/**
 * Loads MNIST, or a set in its layout such as Fashion-MNIST, from a directory with the four standard files, plain or `.gz`.
 *
 * @param directory - The directory's path.
 * @returns Training and test examples: inputs in [0, 1] of shape `[784]`, targets as class indices.
 * @throws OptError `data` when files are missing, damaged or do not belong together; the message names every missing file.
 *
 * @example
 * ```ts no-run
 * import { loadMnist } from "@opt/data/node";
 *
 * const { train, test } = await loadMnist("data/mnist");
 * train.size; // 60000
 * ```
 */
export async function loadMnist(directory: string): Promise<Mnist> {
  const present = await listDirectory(directory);
  const missing = Object.values(fileNames).filter((name) => !present.includes(name) && !present.includes(`${name}.gz`));
  if (missing.length > 0) {
    const all = Object.values(fileNames).join(", ");
    fail("data", `loadMnist(${JSON.stringify(directory)}): missing ${missing.join(", ")}. The directory must hold ${all}, each plain or with .gz; it has ${present.length} files.`);
  }
  async function read(name: string): Promise<{ path: string; array: IdxArray }> {
    const path = join(directory, present.includes(name) ? name : `${name}.gz`);
    return { path, array: await readIdxFile(await readFile(path), path) };
  }
  async function readPair(imagesName: string, labelsName: string): Promise<Dataset> {
    const [images, labels] = await Promise.all([read(imagesName), read(labelsName)]);
    return mnistDataset(images.array, labels.array, { images: images.path, labels: labels.path });
  }
  const [train, test] = await Promise.all([readPair(fileNames.trainImages, fileNames.trainLabels), readPair(fileNames.testImages, fileNames.testLabels)]);
  return { train, test };
}
