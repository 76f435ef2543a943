import Foundation
import JSON

/// A record of a topic as kcat prints it.
struct TopicRecord: Sendable {
  let partition: Int
  let key: String
  /// The CloudEvent; null for a tombstone and for what is no JSON.
  let event: JSONValue

  /// The task or the reminder in it.
  var data: JSONValue { event["data"] ?? .null }
}

extension Mesh {
  var broker: String { "127.0.0.1:\(9092 + portOffset)" }

  /// All that a topic holds now, read by kcat; of one partition, if given.
  func records(of topic: String, partition: Int? = nil) throws -> [TopicRecord] {
    let only = partition.map { "-p \($0)" } ?? ""
    // The wait is for records after the end, of which none are wanted.
    let text = try shell(
      "kcat -b \(broker) -X fetch.wait.max.ms=10 -C -t \(topic) \(only) -o beginning -e -q -f '%p\\t%k\\t%s\\n'")
    return try text.split(separator: "\n").map { line in
      let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let partition = Int(parts[0]) else {
        throw NeverHeld(description: "kcat printed no record: \(line)")
      }
      return TopicRecord(
        partition: partition, key: String(parts[1]),
        event: (try? JSONValue(parsing: Array(parts[2].utf8))) ?? .null)
    }
  }

  /// A secret of this mesh.
  func secret(_ name: String) throws -> String {
    let secrets = try JSONValue(parsing: [UInt8](Data(contentsOf: URL(fileURLWithPath: data + "/secrets.json"))))
    guard let secret = secrets[name]?.string else { throw NeverHeld(description: "no secret \(name)") }
    return secret
  }
}

extension Mesh {
  /// Ends a daemon by kill −9 and returns when its process is gone.
  func killDaemon(_ daemon: String) async throws {
    let pid = try shell("pgrep -P \(supervisor) -f '/\(daemon)$'").trimmingCharacters(in: .whitespacesAndNewlines)
    guard Int(pid) != nil else { throw NeverHeld(description: "one process \(daemon), but pgrep said \(pid)") }
    _ = try shell("kill -9 \(pid)")
    try await until("\(daemon) ends") { try shell("kill -0 \(pid) 2>&1") != "" }
  }
}
