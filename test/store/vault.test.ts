import assert from 'node:assert/strict';
import { AppError } from '../../src/base/errors.js';
import { secretProblem } from '../../src/store/secret.js';
import { SteppedClock } from '../support/clock.js';
import { MemoryMemento, MemorySecrets, memoryWindow } from '../support/memory.js';

const laptop = { tenant: 'acme', name: 'Laptop', boundTo: 'https://a.example/token', secret: { apiToken: 'EXAMPLE-1' } };

function setUp() {
  const secrets = new MemorySecrets();
  const index = new MemoryMemento();
  return { secrets, index, vault: memoryWindow({ secrets, index, folder: undefined, clock: new SteppedClock(1000) }).vault };
}

/** The remaining secrets, except for the facts of removals. */
const secretsIn = ({ values }: MemorySecrets) => [...values.keys()].filter((key) => !key.startsWith('removed.'));

const code = (expected: string) => (error: unknown) => error instanceof AppError && error.code === expected;

describe('Vault', () => {
  it('keeps a token and lists it, with nothing secret in the index', async () => {
    const { vault, secrets, index } = setUp();
    const { id } = await vault.add(laptop);
    assert.deepEqual(vault.of('acme'), [{ id, tenant: 'acme', name: 'Laptop', addedAt: 1000 }]);
    assert.deepEqual((await vault.read(id)).secret, { apiToken: 'EXAMPLE-1' });
    assert.deepEqual([...secrets.values.keys()], [`entry.${id}.1000`, `token.${id}`]);
    assert.ok(!JSON.stringify([...index.values]).includes('EXAMPLE'));
  });

  it('reads no secret to list tokens', async () => {
    const { vault, secrets } = setUp();
    await vault.add(laptop);
    secrets.calls.length = 0;
    assert.equal(vault.entries.length, 1);
    assert.deepEqual(secrets.calls, []);
  });

  it('lists no token that the store refused', async () => {
    const { vault, secrets } = setUp();
    secrets.failing = 'store';
    await assert.rejects(vault.add(laptop), code('token-not-stored'));
    assert.deepEqual(vault.entries, []);
  });

  it('lists no token that the store only seemed to keep', async () => {
    const { vault, secrets } = setUp();
    secrets.forgetful = true;
    await assert.rejects(vault.add(laptop), code('token-not-stored'));
    assert.deepEqual(vault.entries, []);
  });

  it('deletes a record that it could not read back', async () => {
    const { vault, secrets } = setUp();
    secrets.failing = 'get';
    await assert.rejects(vault.add(laptop), code('token-not-stored'));
    assert.equal(secrets.values.size, 0);
    assert.deepEqual(vault.entries, []);
  });

  it('deletes a secret that is written while its token is being removed', async () => {
    const { vault, secrets } = setUp();
    const { id } = await vault.add(laptop);
    const record = await vault.read(id);
    const removing = vault.remove(id);
    await assert.rejects(vault.write(id, record), code('token-unknown'));
    await removing;
    assert.deepEqual(secretsIn(secrets), []);
    const second = await vault.add(laptop);
    const writing = vault.write(second.id, record);
    await Promise.all([vault.remove(second.id), assert.rejects(writing, code('token-unknown'))]);
    assert.deepEqual(secretsIn(secrets), []);
  });

  it('reports that SecretStorage does not answer', async () => {
    const { vault, secrets } = setUp();
    const { id } = await vault.add(laptop);
    secrets.failing = 'get';
    await assert.rejects(vault.read(id), code('secret-store-failed'));
    secrets.failing = 'delete';
    await assert.rejects(vault.remove(id), code('removal-unfinished'));
    assert.equal(vault.find(id), undefined);
  });

  it('keeps a token although the list cannot be saved', async () => {
    const { vault, index } = setUp();
    index.failing = true;
    const { id } = await vault.add(laptop);
    assert.deepEqual((await vault.read(id)).secret, laptop.secret);
  });

  it('distinguishes a lost secret from one that never existed', async () => {
    const { vault, secrets } = setUp();
    const { id } = await vault.add(laptop);
    secrets.values.clear();
    await assert.rejects(vault.read(id), code('secret-lost'));
    await assert.rejects(vault.read('nobody'), code('token-unknown'));
  });

  for (const value of ['', '{', 'null', '{"v":2}', '{"v":1,"generation":0,"boundTo":"x"}'])
    it(`leaves an unreadable record as it is: ${value}`, async () => {
      const { vault, secrets } = setUp();
      const { id } = await vault.add(laptop);
      secrets.values.set(`token.${id}`, value);
      await assert.rejects(vault.read(id), code('secret-unreadable'));
      assert.equal(secrets.values.get(`token.${id}`), value);
    });

  it('does not write the record of a token that was removed meanwhile', async () => {
    const { vault, secrets } = setUp();
    const { id } = await vault.add(laptop);
    const record = await vault.read(id);
    await vault.remove(id);
    await assert.rejects(vault.write(id, record), code('token-unknown'));
    assert.deepEqual(secretsIn(secrets), []);
  });

  it('renames and reorders', async () => {
    const { vault } = setUp();
    const first = await vault.add(laptop);
    const second = await vault.add({ ...laptop, name: 'Server' });
    await vault.rename(first.id, 'Desk');
    await vault.reorder([second.id, first.id]);
    assert.deepEqual(
      vault.entries.map(({ name }) => name),
      ['Server', 'Desk'],
    );
  });

  it('skips damaged entries in the index', async () => {
    const { vault, index } = setUp();
    const { id } = await vault.add(laptop);
    index.values.set('tokens', [7, { id: 'half' }, ...vault.entries]);
    assert.deepEqual(
      vault.entries.map((entry) => entry.id),
      [id],
    );
    index.values.set('tokens', 'nonsense');
    assert.deepEqual(
      vault.entries.map((entry) => entry.id),
      [id],
    );
  });

  it('removes everything, including unlisted tokens, and nothing of others', async () => {
    const { vault, secrets } = setUp();
    await vault.add(laptop);
    vault.addForSession(laptop);
    secrets.values.set('token.orphan', '{}');
    secrets.values.set('canary', 'x');
    await vault.removeAll();
    assert.deepEqual(secretsIn(secrets), ['canary']);
    assert.deepEqual(vault.entries, []);
  });

  it('keeps the tokens of the sandbox in this window only', async () => {
    const { vault, secrets, index } = setUp();
    const { id } = vault.addForSession(laptop);
    await vault.write(id, { ...(await vault.read(id)), generation: 1 });
    assert.equal((await vault.read(id)).generation, 1);
    await vault.rename(id, 'Desk');
    assert.equal(vault.find(id)?.name, 'Desk');
    assert.equal(secrets.values.size, 0);
    assert.deepEqual([...index.values.keys()], []);
    await vault.remove(id);
    assert.deepEqual(vault.entries, []);
  });

  it('reports changes in this window and in others', async () => {
    const { vault, secrets, index } = setUp();
    const seen: string[] = [];
    vault.onDidChangeRecord((changed) => seen.push(changed));
    vault.onDidChangeList(() => seen.push('list'));
    const { id } = await vault.add(laptop);
    assert.deepEqual(seen.splice(0), [id, 'list']);
    await secrets.store(`token.${id}`, 'from another window');
    await secrets.store('something-else', 'x');
    assert.deepEqual(seen.splice(0), [id]);
    await vault.rename(id, 'Desk');
    assert.deepEqual(seen.splice(0), ['list']);
    index.values.set('tokens', [{ id: 'theirs', tenant: 'acme', name: 'Theirs', addedAt: 1 }]);
    vault.checkList();
    vault.checkList();
    assert.deepEqual(seen.splice(0), ['list']);
    assert.equal(vault.entries[0]?.name, 'Theirs');
  });
});

describe('secretProblem', () => {
  for (const [value, problem] of [
    ['EXAMPLEexampleEXAMPLEexample0123', undefined],
    ['with space and "quotes" \\ %', undefined],
    ['', 'empty'],
    ['a\nb', 'several-lines'],
    ['a\rb', 'several-lines'],
    ['tökén', 'unprintable'],
    ['a\tb', 'unprintable'],
    ['a\u200Bb', 'unprintable'],
    ['{{token}}', 'reference'],
    ['{{$processEnv X}}', 'reference'],
    ['x'.repeat(8193), 'too-long'],
  ] as const)
    it(`${JSON.stringify(value).slice(0, 40)}: ${problem ?? 'fine'}`, () => {
      assert.equal(secretProblem(value), problem);
    });
});
