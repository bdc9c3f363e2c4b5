import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';

/** What tests inside the extension host may ask of the window that they cannot reach. */
export type Request =
  | { readonly do: 'press'; readonly keys: string }
  | { readonly do: 'type'; readonly text: string }
  | { readonly do: 'click' | 'waitFor' | 'texts'; readonly selector: string }
  | { readonly do: 'screenshot'; readonly path: string };

export interface Door {
  /** Where to post requests, with a secret in its path. */
  readonly address: string;
  close(): void;
}

/** Opens the door on a free port of the loopback interface. The host gets its address before a page exists. */
export async function openDoor(page: () => Page | undefined): Promise<Door> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const server = createServer((incoming, outgoing) => {
    answer(incoming).then(
      (result) => outgoing.end(JSON.stringify({ result })),
      (error: unknown) => outgoing.writeHead(500).end(String(error)),
    );
  });
  const answer = async (incoming: IncomingMessage): Promise<unknown> => {
    if (incoming.method !== 'POST' || incoming.url !== path) throw new Error('no such door');
    const request = JSON.parse(await text(incoming)) as Request;
    const window = page();
    if (!window) throw new Error('the window is not open yet');
    return perform(request, window);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}${path}`, close: () => server.close() };
}

async function perform(request: Request, page: Page): Promise<unknown> {
  switch (request.do) {
    case 'press':
      return page.keyboard.press(request.keys);
    case 'type':
      return page.keyboard.type(request.text);
    case 'click':
      return page.locator(request.selector).first().click();
    case 'waitFor':
      return page.locator(request.selector).first().waitFor();
    case 'texts':
      return page.locator(request.selector).allInnerTexts();
    case 'screenshot':
      return page.screenshot({ path: request.path }).then(() => undefined);
  }
}
