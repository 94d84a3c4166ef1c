/** Control characters (but not tabs and line ends), terminal sequences, and characters that nobody sees but a model reads. */
const UNSEEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  /\u001b\[[0-9;?]*[ -/]*[@-~]|[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;

/** The text as a person would see it: nothing hidden in it reaches a model. */
export const visibleText = (text: string): string => text.replace(UNSEEN, '');

/** Text from a log or from a file of the user's, between marks that it cannot close itself. */
export function fenced(text: string): string {
  const inside = visibleText(text).replace(/<(\/?)(untrusted-data)/gi, '<$1 $2');
  return `<untrusted-data>\n${inside}${inside === '' || inside.endsWith('\n') ? '' : '\n'}</untrusted-data>`;
}
