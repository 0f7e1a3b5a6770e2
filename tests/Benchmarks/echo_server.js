'use strict';
/* The benchmark's unary echo as grpc-js serves it. Bytes are passed on as they are: nothing but the protocol is measured. Prints its port, serves until its input ends. */
const grpc = require('@grpc/grpc-js');

const bytes = value => value;
const server = new grpc.Server();
server.addService(
  { Echo: { path: '/medinsure.bench.Echo/Echo', requestStream: false, responseStream: false, requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes } },
  { Echo: (call, callback) => callback(null, call.request) });
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
process.stdin.on('end', () => process.exit(0)).resume();
