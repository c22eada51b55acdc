import { config } from "../tooling/eslint/index.js";

export default [
  ...config,
  {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
  },
];
