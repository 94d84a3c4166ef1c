/** GiB of a GPU's memory by the words in which clusters name it; two where it is sold in two sizes. */
const KNOWN: readonly (readonly [RegExp, readonly number[]])[] = [
  [/b200/, [180]],
  [/h200|gh200/, [141]],
  [/h100|h800/, [80, 94]],
  [/a100|a800/, [40, 80]],
  [/l40s?|a40|rtx[_-]?6000|a6000/, [48]],
  [/v100/, [16, 32]],
  [/l4\b|a10\b|a10g|4090|3090|a5000/, [24]],
  [/t4\b|a4000/, [16]],
  [/mi300/, [192]],
  [/mi250/, [64]],
];

/** The memory that one GPU has, smallest and largest, as far as the job's own words tell; undefined when they do not. */
export function gpuMemory(gpuType: string | undefined, constraint: string | undefined): { least: number; most: number } | undefined {
  const words = [gpuType, constraint].filter((word) => word !== undefined).map((word) => word.toLowerCase());
  // a100_80gb, v100-32g, gpu80: the site says it itself.
  const told = words
    .map((word) => Number(/(?:^|[^\d])(\d{2,3})g(?:b|ib)?(?![a-z])|gpu(\d{2,3})(?!\d)/.exec(word)?.slice(1).find(Boolean)))
    .find((size) => size >= 8);
  if (told !== undefined) return { least: told, most: told };
  const sizes = words.map((word) => KNOWN.find(([name]) => name.test(word))?.[1]).find((found) => found !== undefined);
  return sizes === undefined ? undefined : { least: Math.min(...sizes), most: Math.max(...sizes) };
}
