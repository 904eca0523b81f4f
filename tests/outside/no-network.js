// In place of the HTTP client that the packages bring: a judge fetches nothing.
const refuse = () => { throw new Error('a judge fetches nothing'); };
export const httpClient = { get: refuse, post: refuse, extend: () => httpClient };
export const kyPromise = Promise.resolve(httpClient);
export const DEFAULT_HEADERS = {};
