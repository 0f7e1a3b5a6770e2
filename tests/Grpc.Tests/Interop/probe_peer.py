"""The foreign peer of the gRPC interop tests: Debian's grpcio, once as client of our server, once as server of our client.

usage: probe_peer.py DESCRIPTOR_SET client HOST:PORT   runs every case, one line "name<TAB>ok" or "name<TAB>what went wrong" each
       probe_peer.py DESCRIPTOR_SET server             prints its port, serves until its input ends
"""
import sys
import threading
import time
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

SERVICE = "medinsure.grpcprobe.v1.Probe"
UNKNOWN_SERVICE = "medinsure.grpcprobe.v1.UnknownProbe"
SPECIAL_MESSAGE = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP \U0001F608\t\n"
INITIAL, TRAILING = "x-probe-echo-initial", "x-probe-echo-trailing-bin"
BYTES = b"\xab\xab\xab\x00\xff"


def load(path):
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as source:
        files.ParseFromString(source.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file)

    def get(name):
        found = pool.FindMessageTypeByName("medinsure.grpcprobe.v1." + name)
        if hasattr(message_factory, "GetMessageClass"):
            return message_factory.GetMessageClass(found)
        return message_factory.MessageFactory(pool).GetPrototype(found)

    return {name: get(name) for name in ("Nothing", "ProbeRequest", "ProbeResponse", "StreamRequest", "InputSummary", "EchoStatus")}


def same(expected, got):
    if expected != got:
        raise AssertionError(f"expected {expected!r}, got {got!r}")


class Client:
    def __init__(self, types, target):
        self.t = types
        self.channel = grpc.insecure_channel(target, options=[("grpc.max_receive_message_length", -1)])

    def method(self, kind, name, request, response, service=SERVICE):
        return getattr(self.channel, kind)(
            f"/{service}/{name}", request_serializer=self.t[request].SerializeToString, response_deserializer=self.t[response].FromString)

    def unary(self):
        return self.method("unary_unary", "UnaryCall", "ProbeRequest", "ProbeResponse")

    def duplex(self):
        return self.method("stream_stream", "FullDuplex", "StreamRequest", "ProbeResponse")

    def output(self):
        return self.method("unary_stream", "StreamingOutput", "StreamRequest", "ProbeResponse")

    def input(self):
        return self.method("stream_unary", "StreamingInput", "ProbeRequest", "InputSummary")

    def parts(self, *sizes, **more):
        return self.t["StreamRequest"](parts=[{"size": size, **more} for size in sizes])

    def fails(self, code, call):
        try:
            call()
        except grpc.RpcError as error:
            same(code, error.code())
            return error
        raise AssertionError(f"expected {code}, got no error")

    def case_empty_unary(self):
        same(self.t["Nothing"](), self.method("unary_unary", "EmptyCall", "Nothing", "Nothing")(self.t["Nothing"](), timeout=10))

    def case_large_unary(self):
        same(314159, len(self.unary()(self.t["ProbeRequest"](response_size=314159, payload=bytes(271828)), timeout=10).payload))

    def case_very_large_unary(self):
        same(3_900_000, len(self.unary()(self.t["ProbeRequest"](response_size=3_900_000, payload=bytes(3_900_000)), timeout=20).payload))

    def case_oversized_unary(self):
        self.fails(grpc.StatusCode.RESOURCE_EXHAUSTED, lambda: self.unary()(self.t["ProbeRequest"](payload=bytes(4_300_000)), timeout=10))

    def case_client_streaming(self):
        sizes = (27182, 8, 1828, 45904)
        summary = self.input()((self.t["ProbeRequest"](payload=bytes(size)) for size in sizes), timeout=10)
        same((74922, 4), (summary.bytes, summary.messages))

    def case_server_streaming(self):
        sizes = [31415, 9, 2653, 58979]
        same(sizes, [len(r.payload) for r in self.output()(self.parts(*sizes), timeout=10)])

    def case_ping_pong(self):
        turn = threading.Semaphore(1)
        sizes = [31415, 9, 2653, 58979]

        def requests():
            for size in sizes:
                if not turn.acquire(timeout=10):
                    return
                yield self.parts(size)

        got = []
        for response in self.duplex()(requests(), timeout=20):
            got.append(len(response.payload))
            turn.release()
        same(sizes, got)

    def case_empty_stream(self):
        same([], list(self.duplex()(iter(()), timeout=10)))

    def case_custom_metadata(self):
        metadata = ((INITIAL, "test_initial_metadata_value"), (TRAILING, BYTES))
        _, unary = self.unary().with_call(self.t["ProbeRequest"](), metadata=metadata, timeout=10)
        duplex = self.duplex()(iter([self.parts(1)]), metadata=metadata, timeout=10)
        same([1], [len(r.payload) for r in duplex])
        for call in (unary, duplex):
            same("test_initial_metadata_value", dict(call.initial_metadata()).get(INITIAL))
            same(BYTES, dict(call.trailing_metadata()).get(TRAILING))

    def case_status_code_and_message(self):
        status = self.t["EchoStatus"](code=2, message="test status message")
        same("test status message", self.fails(grpc.StatusCode.UNKNOWN, lambda: self.unary()(self.t["ProbeRequest"](status=status), timeout=10)).details())
        same("test status message", self.fails(grpc.StatusCode.UNKNOWN, lambda: list(self.duplex()(iter([self.t["StreamRequest"](status=status)]), timeout=10))).details())

    def case_special_status_message(self):
        status = self.t["EchoStatus"](code=2, message=SPECIAL_MESSAGE)
        same(SPECIAL_MESSAGE, self.fails(grpc.StatusCode.UNKNOWN, lambda: self.unary()(self.t["ProbeRequest"](status=status), timeout=10)).details())

    def case_handler_exception(self):
        self.fails(grpc.StatusCode.UNKNOWN, lambda: self.unary()(self.t["ProbeRequest"](throw_error=True), timeout=10))

    def case_unimplemented_method(self):
        self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: self.method("unary_unary", "Unimplemented", "Nothing", "Nothing")(self.t["Nothing"](), timeout=10))
        self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: self.method("unary_unary", "NoSuchMethod", "Nothing", "Nothing")(self.t["Nothing"](), timeout=10))

    def case_unimplemented_service(self):
        self.fails(grpc.StatusCode.UNIMPLEMENTED, lambda: self.method("unary_unary", "Unimplemented", "Nothing", "Nothing", UNKNOWN_SERVICE)(self.t["Nothing"](), timeout=10))

    def case_cancel_after_begin(self):
        hold = threading.Event()

        def requests():
            hold.wait(10)
            yield from ()

        call = self.input().future(requests())
        call.cancel()
        hold.set()
        same(True, call.cancelled())
        same(grpc.StatusCode.CANCELLED, call.code())

    def case_cancel_after_first_response(self):
        hold = threading.Event()

        def requests():
            yield self.parts(31415)
            hold.wait(10)

        call = self.duplex()(requests())
        same(31415, len(next(call).payload))
        call.cancel()
        hold.set()
        self.fails(grpc.StatusCode.CANCELLED, lambda: next(call))

    def case_timeout_on_sleeping_server(self):
        request = self.t["StreamRequest"](parts=[{"size": 1, "delay_ms": 20000}])
        started = time.monotonic()
        self.fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: list(self.duplex()(iter([request]), timeout=0.05)))
        self.fails(grpc.StatusCode.DEADLINE_EXCEEDED, lambda: self.unary()(self.t["ProbeRequest"](delay_ms=20000), timeout=0.05))
        assert time.monotonic() - started < 5

    def case_client_compressed_unary(self):
        request = self.t["ProbeRequest"](payload=bytes(271828), response_size=314159, text="grpc-encoding")
        squeezed = self.unary()(request, compression=grpc.Compression.Gzip, timeout=10)
        same((314159, "gzip"), (len(squeezed.payload), squeezed.text))
        deflated = self.unary()(request, compression=grpc.Compression.Deflate, timeout=10)
        same((314159, "deflate"), (len(deflated.payload), deflated.text))

    def case_server_compressed_unary(self):
        for encoding in ("gzip", "deflate"):
            same(314159, len(self.unary()(self.t["ProbeRequest"](response_size=314159), metadata=(("x-probe-compress", encoding),), timeout=10).payload))

    def case_client_compressed_streaming(self):
        sizes = (27182, 0, 45904)
        summary = self.input()((self.t["ProbeRequest"](payload=bytes(size)) for size in sizes), compression=grpc.Compression.Gzip, timeout=10)
        same((73086, 3), (summary.bytes, summary.messages))

    def case_server_compressed_streaming(self):
        request = self.t["StreamRequest"](parts=[{"size": 31415, "compress": True}, {"size": 92653}, {"size": 5, "compress": True}])
        same([31415, 92653, 5], [len(r.payload) for r in self.output()(request, metadata=(("x-probe-compress", "gzip"),), timeout=10)])

    def case_many_concurrent_calls(self):
        calls = [self.unary().future(self.t["ProbeRequest"](text=str(i), response_size=i), timeout=20) for i in range(300)]
        same([(str(i), i) for i in range(300)], [(r.text, len(r.payload)) for r in (call.result() for call in calls)])

    def run(self):
        for name in sorted(n[len("case_"):] for n in dir(self) if n.startswith("case_")):
            try:
                getattr(self, "case_" + name)()
                print(name, "ok", sep="\t", flush=True)
            except Exception as error:  # the test shows it
                print(name, repr(error).replace("\n", " "), sep="\t", flush=True)


class Server:
    def __init__(self, types):
        self.t = types
        self.cancelled = 0

    @staticmethod
    def echo_metadata(context):
        metadata = dict(context.invocation_metadata())
        if INITIAL in metadata:
            context.send_initial_metadata(((INITIAL, metadata[INITIAL]),))
        if TRAILING in metadata:
            context.set_trailing_metadata(((TRAILING, metadata[TRAILING]),))
        if "x-probe-compress" in metadata:
            context.set_compression(grpc.Compression.Gzip)
        return metadata

    @staticmethod
    def end(status, context):
        if status.code:
            code = next(c for c in grpc.StatusCode if c.value[0] == status.code)
            context.abort(code, status.message)

    def unary(self, request, context):
        metadata = self.echo_metadata(context)
        if request.text == "cancelled":
            return self.t["ProbeResponse"](text=str(self.cancelled))
        context.add_callback(lambda: None)
        if request.delay_ms:
            until = time.monotonic() + request.delay_ms / 1000
            while time.monotonic() < until and context.is_active():
                time.sleep(0.01)
            if not context.is_active():
                self.cancelled += 1
        if request.throw_error:
            raise ValueError("a secret of the handler")
        self.end(request.status, context)
        text = request.text
        if text == "time":
            text = str(context.time_remaining())
        elif text in metadata:
            text = metadata[text]
        return self.t["ProbeResponse"](payload=bytes(request.response_size), text=text)

    def output(self, request, context):
        self.echo_metadata(context)
        for part in request.parts:
            if part.delay_ms:
                time.sleep(part.delay_ms / 1000)
            yield self.t["ProbeResponse"](payload=bytes(part.size))
        self.end(request.status, context)

    def input(self, requests, context):
        sizes = []
        for request in requests:
            sizes.append(len(request.payload))
            self.end(request.status, context)
        return self.t["InputSummary"](bytes=sum(sizes), messages=len(sizes))

    def duplex(self, requests, context):
        self.echo_metadata(context)
        for request in requests:
            for part in request.parts:
                if part.delay_ms:
                    time.sleep(part.delay_ms / 1000)
                yield self.t["ProbeResponse"](payload=bytes(part.size))
            self.end(request.status, context)

    def run(self):
        def handler(kind, function, request, response):
            return getattr(grpc, kind + "_rpc_method_handler")(
                function, request_deserializer=self.t[request].FromString, response_serializer=self.t[response].SerializeToString)

        server = grpc.server(futures.ThreadPoolExecutor(16))
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {
            "EmptyCall": handler("unary_unary", lambda request, _: request, "Nothing", "Nothing"),
            "UnaryCall": handler("unary_unary", self.unary, "ProbeRequest", "ProbeResponse"),
            "StreamingOutput": handler("unary_stream", self.output, "StreamRequest", "ProbeResponse"),
            "StreamingInput": handler("stream_unary", self.input, "ProbeRequest", "InputSummary"),
            "FullDuplex": handler("stream_stream", self.duplex, "StreamRequest", "ProbeResponse"),
        }),))
        print(server.add_insecure_port("127.0.0.1:0"), flush=True)
        server.start()
        sys.stdin.read()
        server.stop(0).wait()


if __name__ == "__main__":
    messages = load(sys.argv[1])
    if sys.argv[2] == "client":
        Client(messages, sys.argv[3]).run()
    else:
        Server(messages).run()
