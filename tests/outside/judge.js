// Holds credentials against Digital Bazaar's verifier (@digitalbazaar/vc), which wallets use.
//
// Reads {documents: {url: document}, cases: [{credential, documents?, now?}]} from standard input; nothing is ever
// fetched: what is not among the documents does not exist. Writes one {verified, revoked, suspended, errors} a case.
import { webcrypto } from 'node:crypto';
import { DataIntegrityProof } from '@digitalbazaar/data-integrity';
import { cryptosuite } from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list';

globalThis.crypto ??= webcrypto; // Node 18

function loaderOf(documents) {
  return async (url) => {
    const [base, fragment] = url.split('#');
    let document = documents[url] ?? documents[base];
    if (!document) throw new Error(`not among the documents: ${url}`);
    if (fragment && base.startsWith('did:')) {
      const method = document.verificationMethod.find((one) => one.id === url);
      if (!method) throw new Error(`no such key: ${url}`);
      document = { '@context': document['@context'], ...method };
    }
    return { contextUrl: null, documentUrl: url, document };
  };
}

function errorsOf(error) {
  if (!error) return [];
  return [error.message, ...[error.errors ?? [], error.cause ?? []].flat().flatMap(errorsOf)];
}

async function judge({ credential, documents, now }) {
  const documentLoader = loaderOf(documents);
  const suite = () => new DataIntegrityProof({ cryptosuite });
  const found = await vc.verifyCredential({
    credential,
    suite: suite(),
    documentLoader,
    now: now ? new Date(now) : undefined,
    // For status lists alone: whether an entry is set is told apart from whether the credential is proven.
    checkStatus: credential.credentialStatus
      ? (options) => checkStatus({ ...options, suite: suite(), verifyBitstringStatusListCredential: true })
      : undefined,
  });
  const set = (purpose) => (found.statusResult?.results ?? [])
    .filter((one) => one.credentialStatus.statusPurpose === purpose)
    .map((one) => one.status);
  return {
    verified: found.verified,
    revocation: set('revocation'),
    suspension: set('suspension'),
    errors: [...errorsOf(found.error), ...errorsOf(found.statusResult?.error)],
  };
}

async function main() {
  let input = '';
  for await (const piece of process.stdin) input += piece;
  const { documents, cases } = JSON.parse(input);
  const answers = [];
  for (const one of cases) {
    answers.push(await judge({ ...one, documents: { ...documents, ...one.documents } }));
  }
  process.stdout.write(JSON.stringify(answers));
}

main();
