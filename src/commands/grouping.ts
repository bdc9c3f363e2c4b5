import type { Command } from './command.js';

export const groupByPlatform: Command = ({ tree }) => tree.setGrouped(true);
export const showAsList: Command = ({ tree }) => tree.setGrouped(false);
