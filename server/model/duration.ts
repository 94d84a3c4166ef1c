/**
 * Slurm's time limits. Source: sbatch(1) --time: "minutes", "minutes:seconds", "hours:minutes:seconds",
 * "days-hours", "days-hours:minutes", "days-hours:minutes:seconds".
 */
const FORMS =
  /^(?:(?<days>\d{1,4})-(?<dayHours>\d{1,2})(?::(?<dayMinutes>\d{1,2})(?::(?<daySeconds>\d{1,2}))?)?|(?<a>\d{1,6})(?::(?<b>\d{1,2})(?::(?<c>\d{1,2}))?)?)$/;

/** Seconds, or undefined when `text` is no time limit of Slurm's (0 and "infinite" are none for a job). */
export function parseDuration(text: string): number | undefined {
  const groups = FORMS.exec(text.trim())?.groups;
  if (groups === undefined) return undefined;
  const number = (name: string): number => Number(groups[name] ?? 0);
  let seconds: number;
  if (groups.days !== undefined) {
    if (number('dayHours') > 23 || number('dayMinutes') > 59 || number('daySeconds') > 59) return undefined;
    seconds = ((number('days') * 24 + number('dayHours')) * 60 + number('dayMinutes')) * 60 + number('daySeconds');
  } else if (groups.c !== undefined) {
    if (number('b') > 59 || number('c') > 59) return undefined;
    seconds = (number('a') * 60 + number('b')) * 60 + number('c');
  } else {
    if (number('b') > 59) return undefined;
    seconds = number('a') * 60 + number('b');
  }
  return seconds > 0 ? seconds : undefined;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `[D-]HH:MM:SS`, the one form written back. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const days = Math.floor(whole / 86400);
  const clock = `${two(Math.floor((whole % 86400) / 3600))}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  return days > 0 ? `${days}-${clock}` : clock;
}
