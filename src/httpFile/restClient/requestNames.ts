/** The names that a comment gives to a request (`# @name x`) or to a prompt (`# @prompt x`). */
export const namesIn = (comment: string): string[] =>
  Array.from(comment.matchAll(/@(?:name|prompt)\s+(\S+)/g), ([, name = '']) => name);
