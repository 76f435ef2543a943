import Foundation
import JSON
import Testing

/// The topics as other programs see them: kcat (Debian) and confluent-kafka (PyPI).
@Suite(.timeLimit(.minutes(5))) struct TopicTests {
  static let clients = ["kcat", "confluent-kafka"]

  /// FNV-1a as its authors give it, apart from the code under test.
  static let partitionOf = """
    def partition(owner):
        h = 2166136261
        for b in owner.encode(): h = ((h ^ b) * 16777619) % 2**32
        return h % 64
    """

  @Test func eachOwnersTasksLieInOnePartitionAsCloudEvents() async throws {
    let mesh = try await Mesh.start()
    let owners = ["ada", "bob", "Zoë", "auth0|5f7c8ec7c33c6c004bbafe82", "d@example.org"]
    var made: [String: [String]] = [:]
    for owner in owners {
      for number in 0..<3 {
        made[owner, default: []].append(try #require(try await mesh.create("\(number)", owner: owner)["id"]?.string))
      }
    }
    let records = try mesh.records(of: "task-events")
    #expect(records.count == 15)
    for owner in owners {
      let theirs = records.filter { $0.data["owner"] == .string(owner) || made[owner]?.contains($0.key) == true }
      #expect(theirs.map(\.key) == made[owner], "in the order of the writes")
      let expected = try mesh.python(Self.partitionOf + "\nprint(partition(sys.argv[2]), end='')", owner)
      #expect(Set(theirs.map { "\($0.partition)" }) == [expected], "\(owner)")
    }
    let id = try #require(made["ada"]?[0])
    let event = try #require(records.first { $0.key == id }).event
    #expect(event["specversion"] == "1.0" && event["id"] == .string("\(id):1") && event["source"] == "task-api")
    #expect(event["type"] == "task.changed" && event["time"] == event["data"]?["updatedAt"])
    let task = try await mesh.call(.get, "/tasks/\(id)", owner: "ada").body
    for member in try #require(task.members) { #expect(event["data"]?[member.name] == member.value, "\(member.name)") }
    await mesh.discard()
  }

  @Test(arguments: clients) func whatAnotherProgramProducesReachesTheListeners(client: String) async throws {
    let mesh = try await Mesh.start()
    let listener = try await Listener(mesh, owner: "ada")
    let id = try #require(try await mesh.create("Mine", owner: "ada")["id"]?.string)
    _ = try await listener.event("the task", "task") { $0.task["id"] == .string(id) }
    let record = try #require(try mesh.records(of: "task-events").first)
    let later = String(decoding: record.event.bytes, as: UTF8.self)
      .replacingOccurrences(of: "\"Mine\"", with: "\"Theirs\"")
      .replacingOccurrences(of: "\"version\":1", with: "\"version\":2")
    let file = mesh.data + "/produced.json"
    try Data(later.utf8).write(to: URL(fileURLWithPath: file))
    if client == "kcat" {
      let output = try shell(
        "kcat -b \(mesh.broker) -P -t task-events -p \(record.partition) -k \(id) \(file)")
      #expect(output == "")
    } else {
      let output = try mesh.python(
        """
        from confluent_kafka import Producer
        producer = Producer({'bootstrap.servers': sys.argv[1]})
        producer.produce('task-events', key=sys.argv[2], value=open(sys.argv[4]).read(), partition=int(sys.argv[3]))
        print(producer.flush(10), end='')
        """, id, "\(record.partition)", file)
      #expect(output == "0")
    }
    let event = try await listener.event("the task as it was produced", "task") { $0.task["title"] == "Theirs" }
    #expect(event.task["version"] == 2)
    await listener.close()
    await mesh.discard()
  }

  @Test func confluentKafkaReadsWhatTaskAPIWrote() async throws {
    let mesh = try await Mesh.start()
    var ids: Set<String> = []
    for number in 0..<10 {
      ids.insert(try #require(try await mesh.create("\(number)", owner: "o\(number)")["id"]?.string))
    }
    let output = try mesh.python(
      """
      import json, time
      from confluent_kafka import Consumer
      consumer = Consumer({'bootstrap.servers': sys.argv[1], 'group.id': 'g', 'auto.offset.reset': 'earliest'})
      consumer.subscribe(['task-events'])
      read, end = {}, time.time() + 30
      while len(read) < 10 and time.time() < end:
          message = consumer.poll(0.5)
          if message and not message.error(): read[message.key().decode()] = json.loads(message.value())['data']['id']
      consumer.close()
      print(' '.join(key for key, id in read.items() if key == id), end='')
      """)
    #expect(Set(output.split(separator: " ").map(String.init)) == ids)
    await mesh.discard()
  }
}

extension Mesh {
  /// Runs a script with the Python that `ops/test` has made; `sys.argv[1]` is the broker.
  func python(_ script: String, _ arguments: String...) throws -> String {
    let venv = ProcessInfo.processInfo.environment["TASKMESH_TEST_VENV"] ?? Self.root + "/.build/venv"
    let file = data + "/script-\(UUID().uuidString).py"
    try Data("import sys\n\(script)\n".utf8).write(to: URL(fileURLWithPath: file))
    let words = arguments.map { "'\($0)'" }.joined(separator: " ")
    return try shell("'\(venv)/bin/python' '\(file)' \(broker) \(words)")
  }
}
