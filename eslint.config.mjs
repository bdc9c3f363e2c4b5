import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What asks people and shows them something; each is called in one file, so that tests can answer. */
const ASKING = '/^(show|createQuickPick$|createInputBox$|withProgress$|setStatusBarMessage$)/';
const WINDOW = (at) => `:matches([${at}.name='window'], [${at}.property.name='window'])`;
const askingElsewhere = {
  files: ['src/**/*.ts'],
  ignores: ['src/views/windowPrompter.ts', 'src/views/showDocument.ts'],
  rules: {
    'no-restricted-syntax': [
      'error',
      ...[
        `MemberExpression${WINDOW('object')}[property.name=${ASKING}]`,
        `VariableDeclarator${WINDOW('init')} > ObjectPattern > Property[key.name=${ASKING}]`,
      ].map((selector) => ({
        selector,
        message: 'Ask and tell people through a Prompter (views/prompter.ts), and show documents with showDocument.',
      })),
    ],
  },
};

export default defineConfig(
  globalIgnores(['dist/', '**/node_modules/', '.vscode-test/', '.tour/', '.bench/', 'test/workbench/browser/', 'test/node/']),
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.mjs'] }, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  askingElsewhere,
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off', 'no-console': 'off' },
  },
  {
    files: ['**/*.{mjs,cjs,js}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { 'no-console': 'off', '@typescript-eslint/no-require-imports': 'off' },
  },
);
