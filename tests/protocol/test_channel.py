import math
import socket
import struct
import threading
import time

import msgspec
import pytest

from workbench import protocol
from workbench.protocol import (
    BatchProgress,
    ChannelClosed,
    Device,
    ProtocolError,
    Ready,
    Stop,
    Train,
    client_channel,
    engine_channel,
)
from workbench.protocol.channel import Channel


@pytest.fixture
def ends():
    left, right = socket.socketpair()
    yield left, right
    left.close()
    right.close()


def test_commands_and_events_cross_with_their_job(ends):
    client, engine = client_channel(ends[0]), engine_channel(ends[1])
    train = Train(project='{"version": 1}', runs="/runs", name="lenet5", device="gpu:0")
    client.send(train, job="a")
    client.send(Stop(), job="a")
    assert engine.receive(1) == ("a", train)
    assert engine.receive(1) == ("a", Stop())

    ready = Ready(versions={"keras": "3"}, devices=(Device("cpu", "CPU"),), no_gpu="none", remedy="")
    engine.send(ready)
    assert client.receive(1) == ("", ready)


def test_metrics_that_are_not_finite_survive(ends):
    client, engine = client_channel(ends[0]), engine_channel(ends[1])
    engine.send(
        BatchProgress(
            epoch=1,
            batch=1,
            batches=2,
            epochs=1,
            metrics={"loss": math.nan, "accuracy": math.inf},
            images_per_second=1.0,
        )
    )
    metrics = client.receive(1).message.metrics
    assert math.isnan(metrics["loss"])
    assert metrics["accuracy"] == math.inf


def test_a_message_in_single_bytes_is_put_together_across_timeouts(ends):
    client = client_channel(ends[0])
    sink, source = socket.socketpair()
    engine_channel(source).send(Ready(versions={"a": "1"}, devices=()))
    frame = sink.recv(4096)
    for byte in frame[:-1]:
        ends[1].sendall(bytes([byte]))
        assert client.receive(0) is None
    ends[1].sendall(frame[-1:])
    assert client.receive(1).message.versions == {"a": "1"}
    sink.close()
    source.close()


def test_several_messages_in_one_read_come_one_by_one(ends):
    client, engine = client_channel(ends[0]), engine_channel(ends[1])
    for number in range(50):
        client.send(Stop(), job=str(number))
    assert [engine.receive(1).job for _ in range(50)] == [str(number) for number in range(50)]


def test_a_long_message_crosses_while_the_other_side_reads(ends):
    client, engine = client_channel(ends[0]), engine_channel(ends[1])
    long = Train(project="x" * 5_000_000, runs="", name="")
    sender = threading.Thread(target=client.send, args=(long, "j"))
    sender.start()
    assert engine.receive(10).message == long
    sender.join()


def test_receive_waits_no_longer_than_asked(ends):
    began = time.monotonic()
    assert client_channel(ends[0]).receive(0.05) is None
    assert 0.04 <= time.monotonic() - began < 1


def test_another_version_is_named_before_its_message_is_read(ends):
    body = msgspec.msgpack.encode({"event": "from the future", "x": 1})
    frame = msgspec.msgpack.encode({"version": 7, "job": "", "body": msgspec.Raw(body)})
    ends[1].sendall(struct.pack(">I", len(frame)) + frame)
    with pytest.raises(ProtocolError, match=r"speaks version 7 .* this one 1"):
        client_channel(ends[0]).receive(1)


@pytest.mark.parametrize(
    ("payload", "problem"),
    [
        (b"\xc1garbage", "not a message"),
        (
            msgspec.msgpack.encode({"version": protocol.VERSION, "job": "", "body": {"event": "nonsense"}}),
            "unknown or damaged message",
        ),
        (
            msgspec.msgpack.encode({"version": protocol.VERSION, "job": "", "body": {"event": "hello", "pid": "x"}}),
            "unknown or damaged message",
        ),
    ],
)
def test_what_is_no_message_is_refused(ends, payload, problem):
    ends[1].sendall(struct.pack(">I", len(payload)) + payload)
    with pytest.raises(ProtocolError, match=problem):
        client_channel(ends[0]).receive(1)


def test_a_frame_over_the_limit_is_refused_on_both_sides(ends):
    small = Channel(ends[0], protocol.AnyEvent, limit=100)
    with pytest.raises(ProtocolError, match="over the limit of 100"):
        small.send(Train(project="x" * 200, runs="", name=""))
    ends[1].sendall(struct.pack(">I", 2**31))
    with pytest.raises(ProtocolError, match="announces 2,147,483,648 bytes"):
        small.receive(1)


def test_the_end_of_the_stream_is_told_apart_from_a_cut_message(ends):
    ends[1].sendall(b"\x00\x00")
    ends[1].shutdown(socket.SHUT_WR)
    with pytest.raises(ChannelClosed, match=r"middle of a message \(2 bytes"):
        client_channel(ends[0]).receive(1)


def test_sending_to_nobody_says_so(ends):
    client = client_channel(ends[0])
    ends[1].close()
    with pytest.raises(ChannelClosed):
        client.send(Stop())


def test_closing_wakes_a_thread_that_receives(ends):
    client = client_channel(ends[0])
    outcome = []

    def wait():
        try:
            client.receive(10)
        except ChannelClosed as error:
            outcome.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    time.sleep(0.05)
    client.close()
    waiting.join(2)
    assert outcome


def test_threads_that_send_at_once_do_not_mix_their_frames(ends):
    client, engine = client_channel(ends[0]), engine_channel(ends[1])
    threads = [
        threading.Thread(
            target=lambda n=n: [client.send(Train(project=str(n) * 3000, runs="", name="")) for _ in range(20)]
        )
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    projects = [engine.receive(5).message.project for _ in range(80)]
    for thread in threads:
        thread.join()
    assert sorted(set(projects)) == [str(n) * 3000 for n in range(4)]
