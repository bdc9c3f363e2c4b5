/** The names that a comment gives to a request (`# @name x`), or to what the person is asked for (`# @prompt x`). */
export const namesIn = (comment: string): string[] =>
  Array.from(comment.matchAll(/@(?:name|prompt)\s+(\S+)/g), ([, name = '']) => name);
