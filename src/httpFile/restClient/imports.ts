import { indexOf } from '../lineIndex.js';
import { wholeOf, type Lines } from '../lines.js';

/** The path may be on the next line. */
const IMPORT = /(?:^|[\u2028\u2029])\s*import(?:\s|$)/;

/** Whether HttpKeeper (TecniartGalicia/httpkeeper: `importaciones.ts`) may read a line as `import ./other.http`. */
export const mayImport = (text: string): boolean => text.includes('import') && IMPORT.test(text);

/** The lines that may import another file, whatever surrounds them: HttpKeeper also looks into bodies. */
export const importLines = (lines: Lines): readonly number[] => indexOf(lines).lines('import', wholeOf(lines));
