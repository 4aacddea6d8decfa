import hooks from "eslint-plugin-react-hooks";
import typescript from "typescript-eslint";

const TEXT = "Texts are in src/texts, so that they can be translated.";
const ATTRIBUTES = "/^(label|placeholder|title|description|alt|aria-label)$/";

export default typescript.config(
  { ignores: ["src/api/openapi.d.ts", "src/document/wire.d.ts"] },
  ...typescript.configs.strict,
  hooks.configs.flat["recommended-latest"],
  {
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "max-lines": ["error", 400],
      "max-lines-per-function": ["error", 100],
      "max-params": ["error", 4],
      "no-console": "error",
      "no-eval": "error",
      "no-restricted-syntax": [
        "error",
        { selector: "JSXText[value=/[A-Za-z]{2,}/]", message: TEXT },
        { selector: `JSXAttribute[name.name=${ATTRIBUTES}] > Literal[value=/[A-Za-z]{2,}/]`, message: TEXT },
        { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: "What an app says is never HTML." },
      ],
    },
  },
  { files: ["**/*.test.{ts,tsx}"], rules: { "max-lines-per-function": "off" } },
  {
    // What folds events and follows streams knows nothing of how it is shown.
    files: ["src/stream/**", "src/document/**"],
    rules: { "no-restricted-imports": ["error", { patterns: ["react*", "@mantine/*", "@tanstack/react-*"] }] },
  },
);
