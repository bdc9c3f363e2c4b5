/** The path may be on the next line. */
const IMPORT = /(?:^|[\u2028\u2029])\s*import(?:\s|$)/;

/** Whether HttpKeeper (TecniartGalicia/httpkeeper: `importaciones.ts`) may read a line as `import ./other.http`. */
export const mayImport = (text: string): boolean => text.includes('import') && IMPORT.test(text);
