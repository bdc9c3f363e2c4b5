import type { Place } from '../../threats/support/canaries.js';
import type { Workbench } from '../../workbench/workbench.js';

/** Everything outside of the vault that VS Code shows or keeps: the page, the files of the profile, the browser's storage. */
export async function everythingIn(editor: Workbench): Promise<Place[]> {
  const notifications = await editor.notifications();
  return [
    { place: 'the page', text: await editor.html() },
    { place: 'the notifications', text: JSON.stringify(notifications) },
    ...editor.files(),
    ...(await editor.browserStorage()),
  ];
}

/** {@link everythingIn}, by the name of the place. */
export async function seenIn(editor: Workbench): Promise<Record<string, string>> {
  return Object.fromEntries((await everythingIn(editor)).map(({ place, text }) => [place, text]));
}
