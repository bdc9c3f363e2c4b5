import { dirname, isAbsolute, join } from 'node:path';
import { io, send, store } from 'httpyac';

/** The client asks for files (configuration, plugins, environments) that do not exist. */
Object.assign(io.fileProvider, {
  EOL: '\n',
  isAbsolute: (file: string) => Promise.resolve(isAbsolute(file)),
  dirname,
  hasExtension: () => false,
  joinPath: join,
  exists: () => Promise.resolve(false),
  readdir: () => Promise.resolve([]),
});

/** Sends every request of a text with httpYac, and gives the status of each answer. */
export async function statusesOf(text: string): Promise<number[]> {
  const httpFile = await new store.HttpFileStore().parse('/requests.http', text, { workingDir: '/' });
  const statuses: number[] = [];
  for (const httpRegion of httpFile.httpRegions) {
    await send({
      httpFile,
      httpRegion,
      logResponse: (response) => {
        statuses.push(response?.statusCode ?? 0);
        return Promise.resolve();
      },
    });
  }
  return statuses;
}
