/** What a failed login means, in a person's words, with the system's code; ends with how to mend it. */
export function connectFault(error: unknown, offered: readonly string[], readyTimeoutMs: number): string {
  const { code, level, message } = error as { code?: string; level?: string; message?: string };
  if (level === 'client-authentication')
    return `the server refused the key(s) that were offered (${offered.join(', ')}); check user and identity_file in clusters.yaml`;
  if (level === 'client-timeout')
    return `the server did not answer within ${readyTimeoutMs / 1000} s; check host and port in clusters.yaml, and the network or VPN`;
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `this host name cannot be resolved (${code}); check host in clusters.yaml, and the network or VPN`;
    case 'ECONNREFUSED':
      return `nothing accepts connections there (${code}); check host and port in clusters.yaml`;
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return `the host cannot be reached (${code}); check the network or VPN, and host in clusters.yaml`;
    case 'ECONNRESET':
    case 'EPIPE':
      return `the connection was cut while logging in (${code}); try again in a minute`;
  }
  if (/handshake failed|no matching/i.test(message ?? ''))
    return `no common way to encrypt was found (${message}); ask the site for its supported algorithms`;
  return `the login did not come about (${message ?? 'unknown'}); try again in a minute, and check host and port in clusters.yaml`;
}

/** The key was right, and the server wants a code or a password as well: those are never asked for here. */
export const secondFactor = (methods: readonly string[] | undefined): string | undefined =>
  methods === undefined
    ? undefined
    : `the server took the key but asks for more (${methods.join(', ')}), and this connection never handles passwords or codes; ask the site for a login by key alone`;
