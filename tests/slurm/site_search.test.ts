import { expect, test } from 'vitest';
import { readSearch } from '../../server/slurm/site_search.ts';

test('a search tells folders with their free space, commands, modules and the home folder', () => {
  expect(
    readSearch(
      'folder 1073741824 /scratch/gpfs/alice\ncommand /scratch/gpfs/alice/tt/bin/tune\nfolder  /home/al ice\nhome /home/al ice\nmodule anaconda3/2024.2\n',
    ),
  ).toEqual({
    home: '/home/al ice',
    folders: [{ path: '/scratch/gpfs/alice', free_gib: 1024 }, { path: '/home/al ice' }],
    commands: ['/scratch/gpfs/alice/tt/bin/tune'],
    modules: ['anaconda3/2024.2'],
  });
});

test.each(['', 'Welcome to della!\nfolder\ncommand\nfolder 12\n'])('noise is no finding: %j', (noise) => {
  expect(readSearch(noise)).toEqual({ folders: [], commands: [], modules: [] });
});
