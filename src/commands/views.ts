import type { Command, Uses } from './command.js';

export const showLog: Command<Uses<'log'>> = ({ log }) => {
  log.show();
  return Promise.resolve();
};

export const showTimeline: Command<Uses<'timeline'>> = ({ timeline }) => {
  timeline.show();
  return Promise.resolve();
};
