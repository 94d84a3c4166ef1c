import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import MiniSearch from 'minisearch';
import { describe, expect, it } from 'vitest';

/**
 * A client chooses a skill by its description alone, and a model reads it far better than this: word by word, rare words weighing
 * more. So what is found here is found there, and a phrase that no description answers in words is a hole to be filled.
 */
const SKILLS = join(import.meta.dirname, '..', '..', '.claude', 'skills');
const FILLER = new Set(
  'a an and any are as at be before but by can do does for from had has have how i if in into is it its may me my not now of on or our out over please so some that the their them then there these they this to up us use user uses want wants was we were what when where which while who why will with would you your'.split(
    ' ',
  ),
);

const stem = (word: string): string | null => {
  const lower = word.toLowerCase();
  if (FILLER.has(lower)) return null;
  return lower.replace(/(?<=\w{3})(ies|ied)$/, 'y').replace(/(?<=\w{3})(ing|ed|es|s|e)$/, '');
};

const index = new MiniSearch({ fields: ['words'], idField: 'name', processTerm: stem });
for (const name of readdirSync(SKILLS)) {
  const description = /^description: (.*)$/m.exec(readFileSync(join(SKILLS, name, 'SKILL.md'), 'utf8'))?.[1] ?? '';
  index.add({ name, words: `${name.replaceAll('-', ' ')} ${description}` });
}

/** The likeliest skill, where it knows more than half of the words that carry the phrase's meaning, or several of them. */
const SEVERAL = 6;

function skillFor(phrase: string): string {
  const meant = new Set((phrase.match(/[\w.]+/g) ?? []).map(stem).filter((word) => word !== null));
  const [best] = index.search(phrase, { bm25: { k: 1.2, b: 0.3, d: 0.5 } });
  if (best === undefined) return 'none';
  return new Set(best.queryTerms).size > meant.size / 2 || best.score > SEVERAL ? String(best.id) : 'none';
}

describe("a person's words lead to the skill", () => {
  it.each([
    ['set up the experiment dirs', 'setup-experiment-dirs'],
    ['create the folders of the runs', 'setup-experiment-dirs'],
    ['one run folder is missing, repair it', 'setup-experiment-dirs'],
    ['make the experiment directories', 'setup-experiment-dirs'],
    ['plan a grid of two models, three data sets and ranks 8 and 64', 'plan-runs'],
    ['I want to fine-tune Llama 3.2 1B on three data sets', 'plan-runs'],
    ['add two runs with rank 16 to the plan', 'plan-runs'],
    ['remove the 3B runs', 'plan-runs'],
    ['a cross-evaluation experiment: train on short words, test on long ones', 'plan-runs'],
    ['write the torchtune configs', 'create-torchtune-config'],
    ['create finetune.yaml for every run', 'create-torchtune-config'],
    ['check the torchtune yaml', 'create-torchtune-config'],
    ['generate the slurm scripts', 'generate-slurm-script'],
    ['write the sbatch files', 'generate-slurm-script'],
    ['the jobs need more GPUs and memory', 'generate-slurm-script'],
    ['launch the runs', 'launch-runs'],
    ['submit the jobs', 'launch-runs'],
    ['start training', 'launch-runs'],
    ['retry the failed runs', 'launch-runs'],
    ['resume the runs that timed out from their checkpoints', 'launch-runs'],
    ['how many GPU-hours would it cost?', 'launch-runs'],
    ['how are my jobs doing?', 'monitor-jobs'],
    ['what failed and why?', 'monitor-jobs'],
    ['show me the log of run 9', 'monitor-jobs'],
    ['cancel the job', 'monitor-jobs'],
    ['what is the loss now?', 'monitor-jobs'],
    ['wait until everything is done', 'monitor-jobs'],
    ['why is my job pending?', 'monitor-jobs'],
    ['I have an account on a new cluster', 'set-up-cluster'],
    ['is the cluster reachable?', 'set-up-cluster'],
    ['which partitions does the cluster have?', 'set-up-cluster'],
    ['connect to the cluster over ssh', 'set-up-cluster'],
  ])('%s: %s', (phrase, skill) => {
    expect(skillFor(phrase)).toBe(skill);
  });
});

describe('words about something else lead to none', () => {
  it.each([
    'set up a Python virtual environment',
    'write unit tests for the parser',
    'what does LoRA mean?',
    'commit my changes and open a pull request',
    'summarise this paper',
    'plot a histogram of the word lengths',
    'cancel my meeting',
    'translate the README into German',
    'fix the bug in app.py',
    'install numpy',
  ])('%s', (phrase) => {
    expect(skillFor(phrase)).toBe('none');
  });
});
