import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

import { allowedImports, packageNames } from "./dependency-table.js";

/** What a package may not import: any sibling that the table does not allow, and any other package by a path. */
function importRule(name) {
  const allowed = allowedImports[name];
  const names = allowed.map((each) => `@opt/${each}`).join(", ") || "nothing";
  return {
    patterns: [
      {
        regex: allowed.length === 0 ? "^@opt/" : `^@opt/(?!(${allowed.join("|")})(/|$))`,
        message: `@opt/${name} may import ${names}: a shared need moves down into @opt/core.`,
      },
      {
        regex: `^(\\.\\./)+((packages|apps|tooling)/|(${packageNames.join("|")})/(src|dist)/)`,
        message: "Import another package by its name, never by a relative path.",
      },
    ],
  };
}

const boundaries = packageNames.map((name) => ({
  files: [`packages/${name}/src/**/*.ts`],
  rules: { "no-restricted-imports": ["error", importRule(name)] },
}));

export const config = defineConfig(
  globalIgnores(["**/dist/", "**/node_modules/", "**/.turbo/", "**/coverage/", "bench/", "tooling/consumers/templates/", "tooling/golden/", "tooling/checks/.examples/"]),
  {
    files: ["**/*.{js,mjs}"],
    extends: [js.configs.recommended],
    languageOptions: { globals: { console: "readonly", performance: "readonly", process: "readonly", URL: "readonly" } },
  },
  {
    files: ["**/*.ts"],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: new URL("../..", import.meta.url).pathname } },
    rules: {
      // Numbers read well inside a message: `got ${value}` is what an error says.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      // Numeric code indexes arrays whose bounds its loops already guarantee; `!` says exactly that to the compiler.
      "@typescript-eslint/no-non-null-assertion": "off",
      // `() => order.push(x)` is a clear callback.
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // An option that a caller without types may still get wrong is checked at run time, although its type says it cannot be.
      "@typescript-eslint/no-unnecessary-condition": "off",
      // Generic parameters used once document how an argument and a protocol fit together.
      "@typescript-eslint/no-unnecessary-type-parameters": "off",
      // Overflows the stack on recursive types such as Tree<Leaf> (typescript-eslint 8.73).
      "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" }],
      "no-undef": "off", // TypeScript does this, with types.
      eqeqeq: "error",
    },
  },
  {
    files: ["packages/*/src/**/*.ts"],
    rules: {
      "no-console": "error",
      // The public names of a package stand, one by one, in its index.
      "no-restricted-syntax": [
        "error",
        { selector: "ExportAllDeclaration", message: "List the exported names; no `export *`." },
        { selector: "ExportDefaultDeclaration", message: "Named exports only." },
      ],
      "max-lines": ["error", { max: 400 }],
    },
  },
  {
    files: ["**/test/**/*.ts"],
    rules: {
      // Tests hand over what the types forbid, to see the error.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  boundaries,
);
