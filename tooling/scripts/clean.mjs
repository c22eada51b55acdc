/** Removes `dist` of the package it is started in, so that a deleted source leaves nothing behind. */
import { rmSync } from "node:fs";

rmSync("dist", { recursive: true, force: true });
