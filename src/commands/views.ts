import type { Command } from './command.js';

export const showLog: Command = ({ log }) => {
  log.show();
  return Promise.resolve();
};

export const showTimeline: Command = ({ timeline }) => {
  timeline.show();
  return Promise.resolve();
};
