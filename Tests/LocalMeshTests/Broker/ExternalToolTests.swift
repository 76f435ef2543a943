import Foundation
import KafkaClient
import Subprocess
import Testing

@testable import LocalMesh

/// The broker as kcat (Debian) and confluent-kafka (PyPI) see it.
@Suite(.timeLimit(.minutes(2))) struct ExternalToolTests {
  private func kcat(_ broker: TestBroker, _ arguments: String..., input: String = "") async throws -> String {
    let command = ["kcat", "-b", "127.0.0.1:\(broker.port)"] + arguments
    return String(decoding: try await Subprocess.concurrentOutput(of: command, input: Array(input.utf8)), as: UTF8.self)
  }

  private func python(_ broker: TestBroker, _ script: String) async throws -> String {
    let root = URL(fileURLWithPath: #filePath).pathComponents.dropLast(4).joined(separator: "/").dropFirst()
    let venv = ProcessInfo.processInfo.environment["TASKMESH_TEST_VENV"] ?? root + "/.build/venv"
    let command = ["\(venv)/bin/python", "-c", script, "127.0.0.1:\(broker.port)"]
    return String(decoding: try await Subprocess.concurrentOutput(of: command), as: UTF8.self)
  }

  private func texts(_ broker: TestBroker, partition: Int32 = 0) async throws -> [String] {
    try await broker.log.read(TopicPartition("t", partition), from: 0, maxBytes: 1 << 20).map {
      String(decoding: ($0.record.key ?? []) + [UInt8(ascii: "=")] + ($0.record.value ?? []), as: UTF8.self)
    }
  }

  @Test func kcatProducesAndConsumes() async throws {
    let broker = try await TestBroker.start(["t": 2])
    _ = try await kcat(broker, "-P", "-t", "t", "-p", "1", "-K", ":", "-H", "h=v", input: "a:1\nb:2\nc:3\n")
    #expect(try await texts(broker, partition: 1) == ["a=1", "b=2", "c=3"])
    let read = try await kcat(broker, "-C", "-t", "t", "-p", "1", "-o", "1", "-e", "-q", "-f", "%o %k %s %h\n")
    #expect(read == "1 b 2 h=v\n2 c 3 h=v\n")
    #expect(try await kcat(broker, "-C", "-t", "t", "-o", "beginning", "-e", "-q").split(separator: "\n").count == 3)
  }

  @Test func kcatListsTheCluster() async throws {
    let broker = try await TestBroker.start(["t": 3, "u": 1])
    let list = try await kcat(broker, "-L")
    #expect(list.contains("topic \"t\" with 3 partitions"))
    #expect(list.contains("topic \"u\" with 1 partitions"))
    #expect(list.contains("broker 1 at 127.0.0.1:\(broker.port)"))
  }

  @Test func kcatFindsOffsetsByTime() async throws {
    let broker = try await TestBroker.start()
    let records = [1_000, 2_000, 3_000].map { BrokerRecord(timestamp: $0, key: nil, value: [65]) }
    try await broker.log.append(records, to: TopicPartition("t", 0))
    #expect(try await kcat(broker, "-Q", "-t", "t:0:1500").contains("offset 1"))
    #expect(try await kcat(broker, "-C", "-t", "t", "-o", "s@2000", "-o", "e@3000", "-e", "-q", "-f", "%o\n") == "1\n")
  }

  @Test func kcatReadsInAGroupAndGoesOnWhereItWas() async throws {
    let broker = try await TestBroker.start(["t": 4])
    for partition in 0..<4 as Range<Int32> {
      let record = BrokerRecord(timestamp: 1, key: nil, value: Array("p\(partition)".utf8))
      try await broker.log.append([record], to: TopicPartition("t", partition))
    }
    let first = try await kcat(broker, "-G", "group", "-X", "auto.offset.reset=earliest", "-e", "-q", "t")
    #expect(Set(first.split(separator: "\n")) == ["p0", "p1", "p2", "p3"])
    let offsets = try await broker.log.committedOffsets(group: "group")
    #expect(offsets == Dictionary(uniqueKeysWithValues: (0..<4).map { (TopicPartition("t", $0), 1) }))
    try await broker.log.append(
      [BrokerRecord(timestamp: 1, key: nil, value: Array("new".utf8))], to: TopicPartition("t", 2))
    let second = try await kcat(broker, "-G", "group", "-X", "auto.offset.reset=earliest", "-e", "-q", "t")
    #expect(second == "new\n")
  }

  @Test func confluentKafkaMakesTopicsProducesAndConsumes() async throws {
    let broker = try await TestBroker.start([:])
    let output = try await python(
      broker,
      """
      import sys
      from confluent_kafka import Producer, Consumer, TopicPartition
      from confluent_kafka.admin import AdminClient, NewTopic
      server = {'bootstrap.servers': sys.argv[1]}
      admin = AdminClient(server)
      for future in admin.create_topics([NewTopic('t', 3, 1, config={'cleanup.policy': 'compact'})]).values():
          future.result(10)
      print(sorted(len(t.partitions) for t in admin.list_topics(timeout=10).topics.values()))
      producer = Producer(server | {'enable.idempotence': True})
      for i in range(300):
          producer.produce('t', key=str(i % 100), value=str(i), partition=2, headers=[('n', str(i))])
      print(producer.flush(10))
      consumer = Consumer(server | {'group.id': 'g', 'auto.offset.reset': 'earliest', 'enable.partition.eof': True})
      consumer.assign([TopicPartition('t', 2, 0)])
      read = []
      while True:
          message = consumer.poll(10)
          if message is None or message.error():
              break
          read.append((message.offset(), message.key(), message.value(), message.headers()))
      print(read == [(i, str(i % 100).encode(), str(i).encode(), [('n', str(i).encode())]) for i in range(200, 300)])
      print(consumer.get_watermark_offsets(TopicPartition('t', 2), timeout=10))
      consumer.commit(offsets=[TopicPartition('t', 2, 300)], asynchronous=False)
      print(consumer.committed([TopicPartition('t', 2)], timeout=10)[0].offset)
      consumer.close()
      """)
    #expect(output == "[3]\n0\nTrue\n(0, 300)\n300\n")
  }

  @Test func twoConfluentConsumersShareTheTopic() async throws {
    let broker = try await TestBroker.start(["t": 4])
    for partition in 0..<4 as Range<Int32> {
      try await broker.log.append(
        [BrokerRecord(timestamp: 1, key: nil, value: [65])], to: TopicPartition("t", partition))
    }
    let output = try await python(
      broker,
      """
      import sys, time
      from confluent_kafka import Consumer
      settings = {'bootstrap.servers': sys.argv[1], 'group.id': 'g', 'auto.offset.reset': 'earliest',
                  'session.timeout.ms': 6000, 'heartbeat.interval.ms': 200}
      pair = [Consumer(settings), Consumer(settings)]
      for consumer in pair: consumer.subscribe(['t'])
      read, end = set(), time.time() + 30
      while time.time() < end and (len(read) < 4 or sorted(len(c.assignment()) for c in pair) != [2, 2]):
          for consumer in pair:
              message = consumer.poll(0.05)
              if message and not message.error(): read.add(message.partition())
      print(sorted(read), sorted(len(c.assignment()) for c in pair))
      pair[0].close()
      while time.time() < end and len(pair[1].assignment()) != 4: pair[1].poll(0.05)
      print(len(pair[1].assignment()))
      pair[1].close()
      """)
    #expect(output == "[0, 1, 2, 3] [2, 2]\n4\n")
  }
}
