'use strict';
/*
 * The foreign peer of the gRPC interop tests: @grpc/grpc-js, once as client of our server, once as server of our client.
 *
 * usage: node probe_peer.js PROTO client HOST:PORT   runs every case, one line "name<TAB>ok" or "name<TAB>what went wrong" each
 *        node probe_peer.js PROTO server             prints its port, serves until its input ends
 */
const assert = require('node:assert');
const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');

const INITIAL = 'x-probe-echo-initial';
const TRAILING = 'x-probe-echo-trailing-bin';
const BYTES = Buffer.from([0xab, 0xab, 0xab, 0, 0xff]);
const SPECIAL_MESSAGE = '\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \u{1F608}\t\n';
const GZIP = 2, DEFLATE = 1;
const status = grpc.status;

const { Probe, UnknownProbe } = grpc.loadPackageDefinition(
  loader.loadSync(process.argv[2], { keepCase: true, longs: Number, defaults: true })).medinsure.grpcprobe.v1;

const pause = ms => new Promise(done => setTimeout(done, ms).unref());
const within = seconds => ({ deadline: Date.now() + seconds * 1000 });
const parts = (...sizes) => ({ parts: sizes.map(size => ({ size })) });

function metadata(entries) {
  const result = new grpc.Metadata();
  for (const [name, value] of Object.entries(entries)) result.set(name, value);
  return result;
}

class Cases {
  constructor(target) {
    this.target = target;
    this.client = this.connect();
  }

  connect(options = {}, service = Probe) {
    return new service(this.target, grpc.credentials.createInsecure(), { 'grpc.max_receive_message_length': -1, ...options });
  }

  /** One answer; result.headers and result.trailers beside result.value. Rejects with the call's status. */
  single(name, request, { head = {}, seconds = 10, client = this.client } = {}) {
    return new Promise((resolve, reject) => {
      const result = {};
      const call = client[name](request, metadata(head), within(seconds), (error, value) => {
        if (error) return reject(error);
        result.value = value;
        if (result.trailers) resolve(result);
      });
      call.on('metadata', headers => { result.headers = headers; });
      call.on('status', end => {
        result.trailers = end.metadata;
        if (result.value) resolve(result);
      });
    });
  }

  /** Many answers of a call that was begun. */
  all(call) {
    return new Promise((resolve, reject) => {
      const result = { values: [] };
      call.on('metadata', headers => { result.headers = headers; });
      call.on('data', value => result.values.push(value));
      call.on('error', reject);
      call.on('status', end => {
        result.trailers = end.metadata;
        if (end.code === status.OK) resolve(result);
      });
    });
  }

  sizes(result) {
    return result.values.map(value => value.payload.length);
  }

  input(sizes, client = this.client) {
    return new Promise((resolve, reject) => {
      const call = client.StreamingInput(new grpc.Metadata(), within(10), (error, value) => error ? reject(error) : resolve(value));
      for (const size of sizes) call.write({ payload: Buffer.alloc(size) });
      call.end();
    });
  }

  output(request, head = {}) {
    return this.all(this.client.StreamingOutput(request, metadata(head), within(10)));
  }

  duplex(requests, { head = {}, seconds = 10 } = {}) {
    const call = this.client.FullDuplex(metadata(head), within(seconds));
    const result = this.all(call);
    for (const request of requests) call.write(request);
    call.end();
    return result;
  }

  async fails(code, call) {
    let error;
    try {
      await call;
    } catch (e) {
      error = e;
    }
    assert.ok(error, `expected status ${code}, got no error`);
    assert.strictEqual(error.code, code, error.stack);
    return error;
  }

  async empty_unary() {
    assert.deepStrictEqual((await this.single('EmptyCall', {})).value, {});
  }

  async large_unary() {
    const { value } = await this.single('UnaryCall', { response_size: 314159, payload: Buffer.alloc(271828) });
    assert.strictEqual(value.payload.length, 314159);
  }

  async oversized_unary() {
    await this.fails(status.RESOURCE_EXHAUSTED, this.single('UnaryCall', { payload: Buffer.alloc(4300000) }));
  }

  async client_streaming() {
    assert.deepStrictEqual(await this.input([27182, 8, 1828, 45904]), { bytes: 74922, messages: 4 });
  }

  async server_streaming() {
    const sizes = [31415, 9, 2653, 58979];
    assert.deepStrictEqual(this.sizes(await this.output(parts(...sizes))), sizes);
  }

  async ping_pong() {
    const sizes = [31415, 9, 2653, 58979];
    const call = this.client.FullDuplex(new grpc.Metadata(), within(20));
    let turn = 0;
    call.on('data', () => {
      turn += 1;
      if (turn < sizes.length) call.write(parts(sizes[turn]));
      else call.end();
    });
    call.write(parts(sizes[0]));
    assert.deepStrictEqual(this.sizes(await this.all(call)), sizes);
  }

  async empty_stream() {
    assert.deepStrictEqual((await this.duplex([])).values, []);
  }

  async custom_metadata() {
    const head = { [INITIAL]: 'test_initial_metadata_value', [TRAILING]: BYTES };
    for (const result of [await this.single('UnaryCall', {}, { head }), await this.duplex([parts(1)], { head })]) {
      assert.deepStrictEqual(result.headers.get(INITIAL), ['test_initial_metadata_value']);
      assert.deepStrictEqual(result.trailers.get(TRAILING), [BYTES]);
    }
  }

  async status_code_and_message(message = 'test status message') {
    const wanted = { status: { code: 2, message } };
    assert.strictEqual((await this.fails(status.UNKNOWN, this.single('UnaryCall', wanted))).details, message);
    assert.strictEqual((await this.fails(status.UNKNOWN, this.duplex([wanted]))).details, message);
  }

  async special_status_message() {
    await this.status_code_and_message(SPECIAL_MESSAGE);
  }

  async handler_exception() {
    await this.fails(status.UNKNOWN, this.single('UnaryCall', { throw_error: true }));
  }

  async unimplemented_method() {
    await this.fails(status.UNIMPLEMENTED, this.single('Unimplemented', {}));
  }

  async unimplemented_service() {
    const client = this.connect({}, UnknownProbe);
    try {
      await this.fails(status.UNIMPLEMENTED, this.single('Unimplemented', {}, { client }));
    } finally {
      client.close();
    }
  }

  async cancel_after_begin() {
    await this.fails(status.CANCELLED, new Promise((resolve, reject) => {
      const call = this.client.StreamingInput((error, value) => error ? reject(error) : resolve(value));
      call.cancel();
    }));
  }

  async cancel_after_first_response() {
    const call = this.client.FullDuplex();
    let first;
    call.once('data', value => {
      first = value.payload.length;
      call.cancel();
    });
    call.write(parts(31415));
    await this.fails(status.CANCELLED, this.all(call));
    assert.strictEqual(first, 31415);
  }

  async timeout_on_sleeping_server() {
    const started = Date.now();
    await this.fails(status.DEADLINE_EXCEEDED, this.duplex([{ parts: [{ size: 1, delay_ms: 20000 }] }], { seconds: 0.05 }));
    await this.fails(status.DEADLINE_EXCEEDED, this.single('UnaryCall', { delay_ms: 20000 }, { seconds: 0.05 }));
    assert.ok(Date.now() - started < 5000);
  }

  async compressed(use) {
    for (const [algorithm, name] of [[GZIP, 'gzip'], [DEFLATE, 'deflate']]) {
      const client = this.connect({ 'grpc.default_compression_algorithm': algorithm });
      try {
        await use(client, name);
      } finally {
        client.close();
      }
    }
  }

  client_compressed_unary() {
    return this.compressed(async (client, name) => {
      const { value } = await this.single('UnaryCall', { payload: Buffer.alloc(271828), response_size: 314159, text: 'grpc-encoding' }, { client });
      assert.deepStrictEqual([value.payload.length, value.text], [314159, name]);
    });
  }

  async server_compressed_unary() {
    for (const encoding of ['gzip', 'deflate']) {
      const { value } = await this.single('UnaryCall', { response_size: 314159 }, { head: { 'x-probe-compress': encoding } });
      assert.strictEqual(value.payload.length, 314159);
    }
  }

  client_compressed_streaming() {
    return this.compressed(async client => assert.deepStrictEqual(await this.input([27182, 0, 45904], client), { bytes: 73086, messages: 3 }));
  }

  async server_compressed_streaming() {
    const request = { parts: [{ size: 31415, compress: true }, { size: 92653 }, { size: 5, compress: true }] };
    assert.deepStrictEqual(this.sizes(await this.output(request, { 'x-probe-compress': 'gzip' })), [31415, 92653, 5]);
  }

  async many_concurrent_calls() {
    const numbers = [...Array(300).keys()];
    const answers = await Promise.all(numbers.map(i => this.single('UnaryCall', { text: String(i), response_size: i }, { seconds: 20 })));
    assert.deepStrictEqual(answers.map(({ value }) => [value.text, value.payload.length]), numbers.map(i => [String(i), i]));
  }

  static names = [
    'empty_unary', 'large_unary', 'oversized_unary', 'client_streaming', 'server_streaming', 'ping_pong', 'empty_stream', 'custom_metadata',
    'status_code_and_message', 'special_status_message', 'handler_exception', 'unimplemented_method', 'unimplemented_service',
    'cancel_after_begin', 'cancel_after_first_response', 'timeout_on_sleeping_server', 'client_compressed_unary', 'server_compressed_unary',
    'client_compressed_streaming', 'server_compressed_streaming', 'many_concurrent_calls'];

  async run() {
    for (const name of Cases.names) {
      let outcome = 'ok';
      try {
        await Promise.race([this[name](), pause(15000).then(() => { throw new Error('no end within 15 s'); })]);
      } catch (error) {
        outcome = String(error.stack).replace(/\s+/g, ' ');
      }
      console.log(`${name}\t${outcome}`);
    }
    process.exit(0);
  }
}

function serve() {
  let cancelled = 0;

  function echo(call) {
    const [initial] = call.metadata.get(INITIAL), [trailing] = call.metadata.get(TRAILING);
    if (initial !== undefined) call.sendMetadata(metadata({ [INITIAL]: initial }));
    return metadata(trailing === undefined ? {} : { [TRAILING]: trailing });
  }

  const failure = ({ code, message }) => ({ code, details: message });

  async function unary(call, callback) {
    const request = call.request, trailers = echo(call);
    if (request.delay_ms) {
      await Promise.race([pause(request.delay_ms), new Promise(done => call.on('cancelled', done))]);
      if (call.cancelled) cancelled += 1;
    }
    if (request.status && request.status.code) return callback(failure(request.status), null, trailers);
    let text = request.text;
    if (text === 'cancelled') text = String(cancelled);
    else if (text === 'time') text = String((call.getDeadline() - Date.now()) / 1000);
    callback(null, { payload: Buffer.alloc(request.response_size), text }, trailers);
  }

  /** Writes what a request asks for; the status that the call shall end with, or null. */
  async function answer(request, call) {
    for (const part of request.parts) {
      if (part.delay_ms) await pause(part.delay_ms);
      if (!call.write({ payload: Buffer.alloc(part.size) })) await Promise.race([new Promise(done => call.once('drain', done)), new Promise(done => call.once('cancelled', done))]);
    }
    return request.status && request.status.code ? failure(request.status) : null;
  }

  async function output(call) {
    const trailers = echo(call);
    const failed = await answer(call.request, call);
    if (failed) call.emit('error', { ...failed, metadata: trailers });
    else call.end(trailers);
  }

  async function input(call, callback) {
    const summary = { bytes: 0, messages: 0 };
    call.on('error', () => {});
    try {
      for await (const request of call) {
        summary.bytes += request.payload.length;
        summary.messages += 1;
      }
    } catch {
      return; // The client has gone.
    }
    callback(null, summary);
  }

  function duplex(call) {
    const trailers = echo(call);
    let work = Promise.resolve(null);
    call.on('error', () => {});
    call.on('data', request => {
      work = work.then(failed => failed ?? answer(request, call));
    });
    call.on('end', async () => {
      const failed = await work;
      if (failed) call.emit('error', { ...failed, metadata: trailers });
      else call.end(trailers);
    });
  }

  const server = new grpc.Server();
  server.addService(Probe.service, {
    EmptyCall: (call, callback) => callback(null, call.request),
    UnaryCall: (call, callback) => {
      if (call.request.throw_error) throw new Error('a secret of the handler');
      unary(call, callback);
    },
    StreamingOutput: output,
    StreamingInput: input,
    FullDuplex: duplex,
  });
  server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
  process.stdin.on('end', () => {
    server.forceShutdown();
    process.exit(0);
  }).resume();
}

if (process.argv[3] === 'client') new Cases(process.argv[4]).run();
else serve();
