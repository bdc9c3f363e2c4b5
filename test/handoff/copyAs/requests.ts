import fc from '../../support/properties.js';
import type { CommandRequest } from '../../../src/handoff/copyAs/request.js';

const ASCII = Array.from(` '"\\$\`!#&|;<>()[]{}*?~^%=,@:-+._/`);
const ODD = [...ASCII, ...Array.from('‘’‚‛“”„é字🔑'), 'a', '1', 'PATH', '$HOME', '%PATH%', '{{x}}'];

/** Texts full of characters that shells treat specially. @param more control characters, for instance */
export const hostile = (more: readonly string[] = []): fc.Arbitrary<string> =>
  fc.oneof(
    fc.array(fc.constantFrom(...ODD, ...more), { maxLength: 20 }).map((all) => all.join('')),
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll(/[\0-\x1f\x7f]/g, '')),
  );

const text = hostile();

/** Requests with anything in their parts, for what a program receives as its arguments. */
export const requests = (body: fc.Arbitrary<string>): fc.Arbitrary<CommandRequest> =>
  fc.record(
    {
      method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'X$Y'),
      url: text.map((rest) => `https://a/${rest}`),
      headers: fc.array(fc.record({ name: fc.constantFrom('Authorization', "X-'%^&!", 'Content-Type'), value: text }), {
        maxLength: 3,
      }),
      body,
    },
    { requiredKeys: ['method', 'url', 'headers'] },
  );

const joined = (pieces: readonly string[], maxLength: number) =>
  fc.array(fc.constantFrom(...pieces), { maxLength }).map((all) => all.join(''));

/** Requests that arrive as they are: URLs that need no encoding, and header values of ASCII without blanks at their ends. */
export const sendable = (body: fc.Arbitrary<string>): fc.Arbitrary<(origin: string) => CommandRequest> =>
  fc
    .record(
      {
        method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
        path: joined([...Array.from(`'$&;()[]*~=,@:-+._!`), '%20', '%22', 'a', '1', '$HOME'], 12),
        headers: fc.uniqueArray(
          fc.record({
            name: fc.constantFrom('X-A', "X-'%^&!", 'Content-Type', 'Authtoken'),
            value: joined([...ASCII, 'a', '1', '$HOME', '%PATH%'], 20).map((value) => value.trim()),
          }),
          { maxLength: 3, selector: ({ name }) => name },
        ),
        body,
      },
      { requiredKeys: ['method', 'path', 'headers'] },
    )
    .map(({ path, ...request }) => (origin) => ({ ...request, url: `${origin}/p-${path}?q=${path}` }));
