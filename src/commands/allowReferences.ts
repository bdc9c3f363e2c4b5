import { clientsHere } from '../editor/clients.js';
import type { Command } from './command.js';
import { askToPublish } from './publishing.js';

/** Lets REST Client resolve the references of open files. */
export const allowReferences: Command = async () => {
  await askToPublish(clientsHere().httpYac);
};
