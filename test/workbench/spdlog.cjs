'use strict';
// Stands in for the native @vscode/spdlog, which is not published as a binary: the same calls, appending to the file.
const fs = require('node:fs');
const path = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warning', 'error', 'critical'];
let defaultLevel = LEVELS.indexOf('info');

class Logger {
  constructor(_type, _name, file, maxSize) {
    this.file = file;
    this.maxSize = maxSize ?? 0;
    this.level = defaultLevel;
    this.plain = false;
  }

  write(level, message) {
    if (level < this.level || !this.file) return;
    const time = new Date().toISOString().replace('T', ' ').replace('Z', '');
    const text = this.plain ? String(message) : `${time} [${LEVELS[level]}] ${message}\n`;
    try {
      this.rotate(text.length);
      fs.appendFileSync(this.file, text);
    } catch {
      // A log that cannot be written is no reason to stop the editor.
    }
  }

  rotate(more) {
    const size = fs.existsSync(this.file) ? fs.statSync(this.file).size : 0;
    if (this.maxSize && size + more > this.maxSize) fs.renameSync(this.file, this.file.replace(/(\.[^.]*)?$/, '.1$1'));
  }

  getLevel() {
    return this.level;
  }

  setLevel(level) {
    this.level = level;
  }

  setPattern() {
    this.plain = false;
  }

  clearFormatters() {
    this.plain = true;
  }

  flush() {}

  drop() {
    this.file = undefined;
  }
}

['trace', 'debug', 'info', 'warn', 'error', 'critical'].forEach((name, level) => {
  Logger.prototype[name] = function (message) {
    this.write(level, message);
  };
});

async function create(type, name, file, maxSize) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.appendFileSync(file, '');
  return new Logger(type, name, file, maxSize);
}

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = (level) => {
  defaultLevel = level;
};
exports.setFlushOn = () => {};
exports.createRotatingLogger = (name, file, maxSize) => create('rotating', name, file, maxSize);
exports.createAsyncRotatingLogger = (name, file, maxSize) => create('rotating_async', name, file, maxSize);
