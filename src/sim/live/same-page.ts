import type { IncomingHttpHeaders } from 'node:http';

/**
 * Whether a request comes from the page that this server serves, or from a person who opens it. The `Host` keeps out a
 * name of somebody else that leads to this machine; `Origin` and `Sec-Fetch-Site` keep out the pages of other servers.
 */
export function isOfThisPage(headers: IncomingHttpHeaders, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !hosts.includes(host)) return false;
  if (origin !== undefined && origin !== `http://${host}`) return false;
  const site = headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
