import type { Command, Uses } from './command.js';

export const groupByPlatform: Command<Uses<'tree'>> = ({ tree }) => tree.setGrouped(true);
export const showAsList: Command<Uses<'tree'>> = ({ tree }) => tree.setGrouped(false);
