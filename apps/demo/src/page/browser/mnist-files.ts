import { fail } from "@opt/core";
import type { Dataset } from "@opt/data";
import { mnistDataset, readIdxFile } from "@opt/data";
import type { DigitSets } from "../../digits/digit-sets.ts";
import { toTestDigits } from "../../digits/digit-sets.ts";
import { formatCount } from "../../terminal/format.ts";

function findFile(files: readonly File[], name: string): File {
  // Some copies have a dot where the original names have a hyphen: train-images.idx3-ubyte.
  const found = files.find((file) => file.name.replaceAll(".", "-").startsWith(name));
  if (found !== undefined) return found;
  const given = files.map((file) => file.name).join(", ");
  return fail("data", `There is no ${name} among the files chosen (${given}). MNIST has four, plain or with .gz; choose them together.`);
}

async function readExamples(images: File, labels: File): Promise<Dataset> {
  return mnistDataset(await readIdxFile(images), await readIdxFile(labels), { images: images.name, labels: labels.name });
}

/**
 * Reads MNIST, or a set in its layout, from files that a person chose.
 *
 * @param files - the four files in any order, plain or gzip
 * @throws OptError `data` when one is missing or damaged
 */
export async function readMnistFiles(files: readonly File[]): Promise<DigitSets> {
  const [trainingImages, trainingLabels, testImages, testLabels] = [
    findFile(files, "train-images-idx3-ubyte"),
    findFile(files, "train-labels-idx1-ubyte"),
    findFile(files, "t10k-images-idx3-ubyte"),
    findFile(files, "t10k-labels-idx1-ubyte"),
  ];
  const training = await readExamples(trainingImages, trainingLabels);
  const test = await readExamples(testImages, testLabels);
  return { description: `${formatCount(training.size)} digits from files`, training, test: toTestDigits(test) };
}
