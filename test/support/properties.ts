import fc from 'fast-check';
import { isLong } from './long.js';

// Every run tries the same cases, so it says the same about the same code. The long run tries others each time.
if (!isLong) fc.configureGlobal({ seed: 1 });

export { fc as default };
