import { dirname, isAbsolute, join } from 'node:path';
import { HttpSymbolKind, io, store } from 'httpyac';

/** A request as httpYac understands it, in the parts that an insertion must not touch. */
export interface Understood {
  readonly line: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

/** The parser looks for files (configuration, plugins); it finds nothing. */
Object.assign(io.fileProvider, {
  EOL: '\n',
  isAbsolute: (path: string) => Promise.resolve(isAbsolute(path)),
  dirname,
  hasExtension: () => false,
  joinPath: join,
  exists: () => Promise.resolve(false),
  readdir: () => Promise.resolve([]),
});

/** Parses a text with httpYac, as its extension does for each version of a document. */
export const parsedByHttpYac = (text: string) => new store.HttpFileStore().parse('/requests.http', text, { workingDir: '/' });

/** The requests of a text, read by httpYac itself. */
export async function understoodByHttpYac(text: string): Promise<Understood[]> {
  const file = await parsedByHttpYac(text);
  return file.httpRegions.flatMap(({ request, symbol }) => {
    if (!request) return [];
    const line = symbol.children?.find(({ kind }) => kind === HttpSymbolKind.requestLine)?.startLine ?? -1;
    const body = Array.isArray(request.body)
      ? request.body.map((part) => (typeof part === 'string' ? part : '<file'))
      : request.body;
    return [{ line, method: request.method ?? '', url: request.url, headers: { ...request.headers }, body }];
  });
}
