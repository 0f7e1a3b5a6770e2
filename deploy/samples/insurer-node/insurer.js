// An insurer's client: lists its contracts, follows the stream of one into a local file, acknowledges, goes on where it was after being killed.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const USAGE = `usage: node insurer.js (--run RUN_JSON [--insurer CODE] | --address HOST:PORT --insurer CODE --kid NAME --key PEM_FILE)
                       [--contract CONTRACT_NO] [--books FILE] [--protos FOLDER] [--once]
--contract  the first of the insurer's contracts when left out
--books     the file of booked events; CONTRACT_NO.tsv when left out
--protos    where insurer/v1/exchange.proto is; the repository's shared/Protos when left out
--once      end when everything that is there now is booked and acknowledged; else follow until interrupted`;

const ACKNOWLEDGE_EVERY = 500n;
const QUIET_MS = 300; // nothing came for so long: what is booked is acknowledged
const PAUSE_MS = 1000;
const TOKEN_SECONDS = 1800;

function options(argv) {
  const given = {};
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--once') given.once = true;
    else if (/^--(run|address|insurer|kid|key|contract|books|protos)$/.test(argv[i]) && i + 1 < argv.length) given[argv[i].slice(2)] = argv[++i];
    else return null;
  }
  return given.run || (given.address && given.insurer && given.kid && given.key) ? given : null;
}

// Who the insurer is, and the private key that nobody else ever sees. A local platform makes the sample insurers' keys and tells them in run.json.
function identity(given) {
  if (!given.run) return { address: given.address.replace(/^http:\/\//, ''), code: given.insurer, kid: given.kid, key: fs.readFileSync(given.key, 'utf8') };
  const run = JSON.parse(fs.readFileSync(given.run, 'utf8'));
  const insurer = run.insurers.find(i => !given.insurer || i.code === given.insurer);
  return { address: run.grpc.replace(/^http:\/\//, ''), code: insurer.code, kid: insurer.kid, key: insurer.private_key };
}

// The metadata of a call, with a fresh token that the insurer signs itself.
function headers(me) {
  const part = content => Buffer.from(JSON.stringify(content)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const signed = `${part({ alg: 'ES256', typ: 'JWT', kid: me.kid })}.${part({ iss: me.code, aud: 'medinsure', iat: now, exp: now + TOKEN_SECONDS, jti: crypto.randomUUID() })}`;
  const signature = crypto.sign('sha256', Buffer.from(signed), { key: me.key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
  const metadata = new grpc.Metadata();
  metadata.set('authorization', `Bearer ${signed}.${signature}`);
  return metadata;
}

// The insurer's own books: a line per event, cursor, kind, setl_id, fen. First booked and safe on disk, then acknowledged; an event that comes again is
// known by its cursor. Money and cursors are BigInt: a double holds no more than 2^53.
class BookedClaims {
  constructor(file) {
    this.cursor = 0n;
    this.sumFen = 0n;
    this.kinds = {};
    this.pending = [];
    const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    // Killed in the middle of a line: what was not finished was not acknowledged either, and comes again.
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    for (const line of whole.split('\n').filter(l => l)) {
      const [cursor, kind, , fen] = line.split('\t');
      this.count(BigInt(cursor), kind, BigInt(fen));
    }
    this.file = fs.openSync(file, 'a');
    fs.ftruncateSync(this.file, Buffer.byteLength(whole));
  }

  book(event) {
    const cursor = BigInt(event.cursor);
    if (cursor <= this.cursor) return false;
    if (cursor !== this.cursor + 1n) throw new Error(`event ${cursor} came after ${this.cursor}`);
    const kind = event.kind.replace('CLAIM_EVENT_KIND_', '').toLowerCase().replace(/(^|_)(.)/g, (_, __, c) => c.toUpperCase());
    this.pending.push(`${cursor}\t${kind}\t${event.setl_id}\t${event.insurer_fen}\n`);
    this.count(cursor, kind, BigInt(event.insurer_fen));
    return true;
  }

  save() {
    fs.writeSync(this.file, this.pending.join(''));
    this.pending = [];
    fs.fsyncSync(this.file);
  }

  count(cursor, kind, fen) {
    this.cursor = cursor;
    this.sumFen += fen;
    this.kinds[kind] = (this.kinds[kind] || 0) + 1;
  }
}

const unary = (client, method, request, me) => new Promise((resolve, reject) => client[method](request, headers(me), (error, reply) => (error ? reject(error) : resolve(reply))));

async function main() {
  const given = options(process.argv.slice(2));
  if (!given) { console.error(USAGE); return 2; }
  const me = identity(given);
  const protos = given.protos || path.join(__dirname, '..', '..', '..', 'shared', 'Protos');
  const definition = loader.loadSync('insurer/v1/exchange.proto', { includeDirs: [protos], keepCase: true, longs: String, enums: String, defaults: true });
  const { InsurerExchange } = grpc.loadPackageDefinition(definition).medinsure.insurer.v1;
  const client = new InsurerExchange(me.address, grpc.credentials.createInsecure());

  const { contract: contracts } = await unary(client, 'ListContracts', {}, me);
  for (const c of contracts) console.log(`contract ${c.contract_no} ${c.chinese_name}: ${c.kind}, ${c.from_on} to ${c.to_on}, ${c.county.length} counties, acknowledged ${c.acknowledged_cursor} of ${c.last_cursor}`);
  const contract = contracts.find(c => !given.contract || c.contract_no === given.contract);
  if (!contract) { console.error('no such contract'); return 1; }

  const books = new BookedClaims(given.books || `${contract.contract_no}.tsv`);
  const until = given.once ? BigInt(contract.last_cursor) : null;
  let acknowledged = 0n;
  let call = null;
  let interrupted = false;
  process.on('SIGINT', () => { interrupted = true; if (call) call.cancel(); });

  async function acknowledge() {
    books.save();
    await unary(client, 'AcknowledgeClaims', { contract_no: contract.contract_no, cursor: books.cursor.toString() }, me);
    acknowledged = books.cursor;
  }

  const done = () => interrupted || (until !== null && acknowledged >= until);

  async function connect() {
    // Without a cursor: after the last acknowledged event. Those that were booked but not acknowledged come again and are known.
    const request = { contract_no: contract.contract_no };
    // The books are older than the acknowledgement (lost, or begun anew): from where they end.
    if (books.cursor < BigInt(contract.acknowledged_cursor)) request.after_cursor = books.cursor.toString();
    call = client.StreamClaims(request, headers(me));
    let first = true;
    const events = call[Symbol.asyncIterator](); // reads on only when asked: the platform sends no faster than this books
    let next = events.next();
    while (!done()) {
      let timer;
      const quiet = new Promise(resolve => { timer = setTimeout(resolve, QUIET_MS, null); });
      const arrived = await Promise.race([next, quiet]);
      clearTimeout(timer);
      if (arrived === null) {
        if (acknowledged < books.cursor) await acknowledge();
        continue;
      }
      if (arrived.done) throw Object.assign(new Error('the stream ended'), { code: grpc.status.UNAVAILABLE });
      next = events.next();
      if (first) console.log(`first event ${arrived.value.cursor}, booked before up to ${books.cursor}`);
      first = false;
      books.book(arrived.value);
      if (books.cursor - acknowledged >= ACKNOWLEDGE_EVERY || books.cursor === until) await acknowledge();
    }
    next.catch(() => {}); // the call is cancelled below
    call.cancel();
  }

  while (!done()) {
    try {
      await connect();
    } catch (error) {
      if (interrupted) break;
      // The server stops or is away, or the token has had its time: again, with a fresh one.
      if (error.code !== grpc.status.UNAVAILABLE && !(error.code === grpc.status.UNAUTHENTICATED && /expired/.test(error.details))) throw error;
      console.log(`again after ${grpc.status[error.code]}`);
      await new Promise(resolve => setTimeout(resolve, PAUSE_MS));
    }
  }
  const kinds = Object.entries(books.kinds).sort().map(([kind, count]) => `${kind} ${count}`).join(', ');
  console.log(`booked ${books.cursor} events (${kinds}), sum ${books.sumFen} fen`);
  client.close();
  return 0;
}

main().then(code => { process.exitCode = code; }, error => {
  console.error(error.code === undefined ? error.stack : `${grpc.status[error.code]}: ${error.details}`);
  process.exitCode = 1;
});
