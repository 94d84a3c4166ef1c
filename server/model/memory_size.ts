/** Slurm's memory sizes: an integer with K, M (the default), G or T, powers of 1024. Source: sbatch(1) --mem. */
const SIZE = /^(\d{1,9})([KMGT])?B?$/i;
const MIB = { K: 1 / 1024, M: 1, G: 1024, T: 1024 * 1024 } as const;

/** MiB, or undefined when `text` is no memory size. */
export function parseMemory(text: string): number | undefined {
  const match = SIZE.exec(text.trim());
  if (match === null) return undefined;
  const unit = (match[2]?.toUpperCase() ?? 'M') as keyof typeof MIB;
  const mib = Number(match[1]) * MIB[unit];
  return mib > 0 ? mib : undefined;
}

/** `48G` where it is whole gibibytes, else `1500M`. */
export const formatMemory = (mib: number): string => (mib % 1024 === 0 ? `${mib / 1024}G` : `${Math.ceil(mib)}M`);
