import { createHash } from 'node:crypto';

/** SHA-256 of the text, in hex. */
export const digest = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex');
