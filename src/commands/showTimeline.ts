import type { Command } from './command.js';

export const showTimeline: Command = ({ timeline }) => {
  timeline.show();
  return Promise.resolve();
};
