import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint, hostKeyType, judgeHostKey, knownName, knownTypes, readKnownHosts } from '../../server/clusters/known_hosts.ts';

/** A key's wire form: its type's length, its type, and the rest. */
const wire = (type: string, rest: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(rest)]);
};
const ED = wire('ssh-ed25519', 'one');
const OTHER_ED = wire('ssh-ed25519', 'two');
const RSA = wire('ssh-rsa', 'three');
const line = (hosts: string, key: Buffer): string => `${hosts} ${hostKeyType(key)} ${key.toString('base64')}`;
const hashed = (name: string): string => {
  const salt = Buffer.from('salt of twenty bytes');
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
};

describe('known_hosts', () => {
  it('knows a host by its plain name, in any case, and passes over comments and torn lines', () => {
    const known = readKnownHosts(`# mine\n\nbroken\n${line('Della.example.edu,10.0.0.1', ED)} a comment\n`);
    expect(known).toHaveLength(1);
    expect(judgeHostKey(known, knownName('della.example.edu', 22), ED)).toEqual({ kind: 'known' });
    expect(judgeHostKey(known, '10.0.0.1', ED)).toEqual({ kind: 'known' });
  });

  it('keeps a port other than 22 apart from the host itself', () => {
    const known = readKnownHosts(line('[127.0.0.1]:16822', ED));
    expect(judgeHostKey(known, knownName('127.0.0.1', 16822), ED)).toEqual({ kind: 'known' });
    expect(judgeHostKey(known, knownName('127.0.0.1', 22), ED)).toEqual({ kind: 'unknown', other_types: [] });
  });

  it('reads hashed names', () => {
    const known = readKnownHosts(line(hashed('[della]:2222'), ED));
    expect(judgeHostKey(known, '[della]:2222', ED)).toEqual({ kind: 'known' });
    expect(judgeHostKey(known, '[della]:2223', ED)).toEqual({ kind: 'unknown', other_types: [] });
  });

  it('tells a changed key from a key of another type', () => {
    const known = readKnownHosts(line('della', ED));
    expect(judgeHostKey(known, 'della', OTHER_ED)).toEqual({ kind: 'changed' });
    expect(judgeHostKey(known, 'della', RSA)).toEqual({ kind: 'unknown', other_types: ['ssh-ed25519'] });
    expect(knownTypes(known, 'della')).toEqual(['ssh-ed25519']);
  });

  it('refuses a revoked key even when another line knows it', () => {
    const known = readKnownHosts(`${line('della', ED)}\n@revoked ${line('*', ED)}`);
    expect(judgeHostKey(known, 'della', ED)).toEqual({ kind: 'revoked' });
  });

  it('does not take a certificate authority for a host key', () => {
    expect(readKnownHosts(`@cert-authority ${line('*.example.edu', ED)}`)).toEqual([]);
  });

  it('understands wildcards and exceptions', () => {
    const known = readKnownHosts(line('*.example.edu,!bad.example.edu,node?', ED));
    expect(judgeHostKey(known, 'login.example.edu', ED).kind).toBe('known');
    expect(judgeHostKey(known, 'bad.example.edu', ED).kind).toBe('unknown');
    expect(judgeHostKey(known, 'node7', ED).kind).toBe('known');
    expect(judgeHostKey(known, 'node77', ED).kind).toBe('unknown');
  });

  it('prints the fingerprint as ssh-keygen does', () => {
    expect(fingerprint(Buffer.from('x'))).toBe('SHA256:LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE');
  });

  it('never throws and never vouches for a key that no line holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.uint8Array(), (text, name, key) => {
        const verdict = judgeHostKey(readKnownHosts(text), name, key);
        if (verdict.kind === 'known') expect(text).toContain(' ');
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'b', '*', '?', '.') }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.') }),
        (pattern, name) => {
          const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\*+/g, '.*').replaceAll('?', '.')}$`);
          fc.pre(pattern !== '' && name !== '');
          expect(judgeHostKey(readKnownHosts(line(pattern, ED)), name, ED).kind === 'known').toBe(expression.test(name));
        },
      ),
    );
  });
});
