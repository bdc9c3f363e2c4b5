import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CDPSession, Page } from 'playwright-core';

interface Frame {
  readonly file: string;
  /** When the browser drew it, in s. */
  readonly at: number;
}

/** Records what a page shows, one file for each frame that the browser draws. */
export class Recorder {
  readonly #session: CDPSession;
  readonly #folder: string;
  readonly #frames: Frame[] = [];

  private constructor(session: CDPSession, folder: string) {
    this.#session = session;
    this.#folder = folder;
  }

  static async start(page: Page, folder: string): Promise<Recorder> {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const session = await page.context().newCDPSession(page);
    const recorder = new Recorder(session, folder);
    session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
      recorder.#keep(Buffer.from(data, 'base64'), metadata.timestamp ?? 0);
      void session.send('Page.screencastFrameAck', { sessionId }).catch(() => undefined);
    });
    await session.send('Page.startScreencast', { format: 'png' });
    return recorder;
  }

  #keep(image: Buffer, at: number): void {
    const file = `${String(this.#frames.length).padStart(4, '0')}.png`;
    writeFileSync(path.join(this.#folder, file), image);
    this.#frames.push({ file, at });
  }

  /** Stops, and leaves a list of the frames beside them. */
  async stop(): Promise<void> {
    await this.#session.send('Page.stopScreencast');
    await this.#session.detach();
    writeFileSync(path.join(this.#folder, 'frames.json'), JSON.stringify(this.#frames));
  }
}
