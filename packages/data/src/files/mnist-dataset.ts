import { fail } from "@opt/core";

import type { Dataset } from "../dataset.ts";
import type { IdxArray } from "./idx.ts";

/** What error messages of {@link mnistDataset} call the two files. */
export interface MnistNames {
  /** Default `images`. */
  readonly images?: string;
  /** Default `labels`. */
  readonly labels?: string;
}

function checkAxes(name: string, array: IdxArray, axes: readonly string[]): void {
  if (array.shape.length === axes.length && array.data instanceof Uint8Array) return;
  const magic = `0x0000080${axes.length}`;
  const type = array.data.constructor.name.replace("Array", "");
  fail("data", `${name}: must have the axes [${axes.join(", ")}] of unsigned bytes (magic number ${magic} at byte 0); got shape [${array.shape.join(", ")}] of ${type}.`);
}

/**
 * Makes a data set of an image file and a label file in the layout of MNIST, after checking that they belong together.
 *
 * @param images - Unsigned bytes [count, rows, columns].
 * @param labels - Unsigned bytes [count], each 0 … 9.
 * @param names - What error messages call the two.
 * @returns Inputs in [0, 1] as f32 of shape `[rows · columns]`, targets as class indices.
 * @throws OptError `data` when the axes, the counts or a label are wrong.
 *
 * @example
 * ```ts
 * import { mnistDataset, readIdx } from "@opt/data";
 *
 * const images = readIdx(Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 255));
 * const labels = readIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 7));
 * mnistDataset(images, labels).inputs; // [0, 1]
 * ```
 */
export function mnistDataset(images: IdxArray, labels: IdxArray, names: MnistNames = {}): Dataset {
  const imagesName = names.images ?? "images";
  const labelsName = names.labels ?? "labels";
  checkAxes(imagesName, images, ["count", "rows", "columns"]);
  checkAxes(labelsName, labels, ["count"]);
  const [size = 0, rows = 0, columns = 0] = images.shape;
  if (labels.shape[0] !== size) {
    fail("data", `${labelsName}: must have one label for each of the ${size} images of ${imagesName}; got ${labels.shape[0] ?? 0} labels.`);
  }
  const wrong = labels.data.findIndex((label) => label > 9);
  if (wrong >= 0) {
    fail("data", `${labelsName}: labels must be in [0, 9]; got ${labels.data[wrong] ?? ""} for example ${wrong}, at byte ${8 + wrong}.`);
  }
  const inputs = new Float32Array(images.data.length);
  for (let index = 0; index < inputs.length; index++) inputs[index] = images.data[index]! / 255;
  return { size, inputs, inputShape: [rows * columns], targets: Int32Array.from(labels.data), targetShape: [] };
}
