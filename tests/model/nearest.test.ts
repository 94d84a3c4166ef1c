import { expect, test } from 'vitest';
import { didYouMean, nearest } from '../../server/model/nearest.ts';

test('the nearest is found whatever the case on either side', () => {
  expect(nearest('runing', ['PENDING', 'RUNNING', 'FAILED'])).toBe('RUNNING');
  expect(nearest('LORA_RNK', ['lr', 'lora_rank'])).toBe('lora_rank');
  expect(nearest('a_rank8', ['A_RANK9', 'A_RANK64'])).toBe('A_RANK9');
});

test('half of a short word changed is another word, unless its letters changed places', () => {
  expect(nearest('loss', ['qos', 'lr'])).toBeUndefined();
  expect(nearest('name', ['time'])).toBeUndefined();
  expect(nearest('tmie', ['time'])).toBe('time');
  expect(nearest('gpu', ['gpus'])).toBe('gpus');
});

test('where nothing is near, the known words are told', () => {
  expect(didYouMean('zebra', ['lr', 'lora_rank'])).toBe('known: lr, lora_rank');
});
